#include <selfsame/kernel/cpu/cluster_sums.hpp>
#include "loss/reference.hpp"

using namespace selfsame;
using namespace selfsame::test;

namespace {

struct Sums {
  std::vector<Index> sums, counts;
};
/// Moves all rows from nowhere to `labels`, or from `before`.
template <class D>
Index move_all(const D& device, In<D> x, const std::vector<Index>& before,
               const std::vector<Index>& labels, FixedPoint at, Sums& s) {
  const auto clusters = static_cast<Index>(s.counts.size());
  return move_members(device, x, view<D>(before), view<D>(labels), at,
                      MatrixView<Index, D>(s.sums.data(), clusters, x.cols), view<D>(s.counts));
}
Sums zeros(Index clusters, Index width) {
  return {std::vector<Index>(static_cast<std::size_t>(clusters * width)),
          std::vector<Index>(static_cast<std::size_t>(clusters))};
}

}  // namespace

TEMPLATE_TEST_CASE("sums of clusters are those of their rows", "[kernel]", SELFSAME_TEST_DEVICES) {
  using D = TestType;
  const Index width = GENERATE(1, 2, 7, 64, 65, 131);
  const Index rows = 50, clusters = 4;
  CAPTURE(width);
  const Strided<D> x(noise(rows, width, 1));
  std::vector<Index> nowhere(50, -1), labels;
  for (Index i = 0; i < rows; ++i) labels.push_back(i * i % 3);  // cluster 2 and 3 are empty
  const FixedPoint at = FixedPoint::of(x.rounded().cwiseAbs().maxCoeff(), rows);
  Sums s = zeros(clusters, width);
  CHECK(move_all(D{}, x.in(), nowhere, labels, at, s) == rows);
  Dense wanted = Dense::Zero(clusters, width);
  std::vector<Index> counts(4);
  for (Index i = 0; i < rows; ++i) {
    wanted.row(labels[static_cast<std::size_t>(i)]) += x.rounded().row(i);
    ++counts[static_cast<std::size_t>(labels[static_cast<std::size_t>(i)])];
  }
  Dense mine(clusters, width);
  for (Index k = 0; k < clusters; ++k)
    for (Index c = 0; c < width; ++c)
      mine(k, c) =
          at.quantum * static_cast<double>(s.sums[static_cast<std::size_t>(k * width + c)]);
  CHECK(worst(mine, wanted) < 1e-13);
  CHECK(s.counts == counts);
}

TEMPLATE_TEST_CASE("a row that moves leaves no trace, in any order and by any number of threads",
                   "[kernel]", SELFSAME_TEST_DEVICES) {
  using D = TestType;
  const Index rows = 40, width = 150, clusters = 5;
  Dense m = noise(rows, width, 2);
  m.row(3) *= 1e6;
  m.row(4) *= 1e-9;
  const Strided<D> x(m);
  const FixedPoint at = FixedPoint::of(x.rounded().cwiseAbs().maxCoeff(), rows);
  std::vector<Index> nowhere(40, -1), first, second;
  for (Index i = 0; i < rows; ++i) first.push_back(i % 5), second.push_back(i * 7 % 11 % 5);
  Sums moved = zeros(clusters, width), straight = moved;
  move_all(D{}, x.in(), nowhere, first, at, moved);
  const Index changed = move_all(D{3}, x.in(), first, second, at, moved);
  CHECK((changed > 0 && changed < rows));
  for (Index i = rows - 1; i >= 0; --i) {
    const auto n = static_cast<std::size_t>(i);
    move_members(D{}, x.in().row_range(i, 1), Vector<const Index, D>{nowhere.data(), 1},
                 Vector<const Index, D>{&second[n], 1}, at,
                 MatrixView<Index, D>(straight.sums.data(), clusters, width),
                 view<D>(straight.counts));
  }
  CHECK(moved.sums == straight.sums);
  CHECK(moved.counts == straight.counts);
  move_all(D{2}, x.in(), second, nowhere, at, moved);
  CHECK(moved.sums == zeros(clusters, width).sums);
  CHECK(moved.counts == zeros(clusters, width).counts);
}

TEST_CASE("the largest sums fit, and the scale is a power of two", "[kernel]") {
  for (const double largest : {1e-300, 3e-5, 0.5, 1.0, 7.0, 1e30, 1e300})
    for (const Index rows : {Index{1}, Index{1000}, Index{1} << 40}) {
      CAPTURE(largest, rows);
      const FixedPoint at = FixedPoint::of(largest, rows);
      int power = 0;
      CHECK(std::frexp(at.scale, &power) == 0.5);
      CHECK(at.scale * at.quantum == 1);
      CHECK(largest * at.scale <= 0x1p50);
      CHECK(largest * at.scale * static_cast<double>(rows) < 0x1p63);
    }
  CHECK(FixedPoint::of(1, 1000000).scale >= 0x1p40);
  CHECK(FixedPoint::of(0, 5).scale == 1);
}

TEST_CASE("whole numbers are summed exactly", "[kernel]") {
  const RowMajor<float> x = (noise(64, 3, 3) * 1000).array().round().cast<float>();
  const FixedPoint at = FixedPoint::of(x.cwiseAbs().maxCoeff(), 64);
  Sums s = zeros(1, 3);
  move_all(Cpu{}, In<Cpu>(view<Cpu>(x)), std::vector<Index>(64, -1), std::vector<Index>(64, 0), at,
           s);
  for (Index c = 0; c < 3; ++c)
    CHECK(at.quantum * static_cast<double>(s.sums[static_cast<std::size_t>(c)]) ==
          x.col(c).cast<double>().sum());
}
