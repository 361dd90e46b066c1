// compile-options: -march=x86-64-v3 -Og
// A sum whose order follows the address of its numbers has other last bits in another run: Eigen's reductions peel
// until they reach an aligned packet, which shows where packets are wider than what malloc aligns to.
#include <selfsame/assigner/k_means.hpp>
#include <selfsame/assigner/pseudo_labels.hpp>
#include <selfsame/assigner/sinkhorn.hpp>
#include <selfsame/assigner/whitening.hpp>
#include <selfsame/loss/barlow_twins.hpp>
#include <selfsame/loss/consistency.hpp>
#include <selfsame/loss/cross_entropy.hpp>
#include <selfsame/loss/distillation.hpp>
#include <selfsame/loss/kl_to_uniform.hpp>
#include <selfsame/loss/nt_xent.hpp>
#include <selfsame/loss/reconstruction.hpp>
#include <selfsame/loss/regression.hpp>
#include <selfsame/loss/vicreg.hpp>

#include <functional>
#include <span>

#include "support/catch.hpp"

using namespace selfsame;

namespace {

using F64 = BasicCpu<double>;
constexpr Index rows = 60, cols = 23;

/// Three matrices in places that begin `offset` numbers behind an aligned one, the third for a result.
struct Places {
  explicit Places(Index offset) {
    for (int k = 0; k < 3; ++k) {
      memory[k].assign(rows * cols + 32, 0.0);  // aligned to 64 bytes
      at[k] = memory[k].data() + offset;
    }
    for (Index i = 0; i < rows * cols; ++i) {
      at[0][i] = std::sin(static_cast<double>(i * i)) + 0.3;
      at[1][i] = std::cos(static_cast<double>(3 * i * i)) - 0.1;
    }
    pass.device = &device;
    pass.workspace = &scratch;
  }
  In<F64> in(int k) const { return {at[k], rows, cols}; }
  Out<F64> out() const { return {at[2], rows, cols}; }
  Live<F64> live() const { return {in(0), out()}; }

  Buffer<double> memory[3];
  double* at[3];
  F64 device;
  Workspace scratch;
  Pass<F64> pass;
};

/// What a call returns and writes, as numbers to compare.
using Call = std::function<std::vector<double>(Places&)>;
std::vector<double> numbers(double value, In<F64> m) {
  std::vector<double> all{value};
  for (Index r = 0; r < m.rows; ++r) all.insert(all.end(), m.row(r), m.row(r) + m.cols);
  return all;
}
template <class L>
Call of_rows(const L& loss) {
  return [loss](Places& p) { return numbers(loss(p.pass, p.live(), p.in(1)), p.out()); };
}
template <class L>
Call of_views(const L& loss) {
  return [loss](Places& p) {
    std::vector<double> other(static_cast<std::size_t>(rows * cols));
    const Live<F64> views[] = {p.live(), {p.in(1), {other.data(), rows, cols}}};
    return numbers(loss(p.pass, std::span<const Live<F64>>(views)), p.out());
  };
}
void check_addresses(const Call& call) {
  Places aligned(0);
  const std::vector<double> wanted = call(aligned);
  std::vector<std::vector<char>> between;  // what a call allocates moves, too
  for (std::size_t time = 1; time <= 32; ++time) {
    const auto offset = static_cast<Index>(time % 16);
    CAPTURE(time, offset);
    for (const std::size_t size : {8 * std::size_t{cols}, 37 * time % 200 + 1})
      between.emplace_back(size);  // the first takes what the last call freed
    Places moved(offset);
    CHECK(call(moved) == wanted);
  }
}

}  // namespace

TEST_CASE("Assigners give the same bits wherever their rows lie", "[flags]") {
  check_addresses([](Places& p) {
    const WhiteningMap map = Whitening{.components = 7}.fit(p.pass, p.in(0));
    std::vector<double> all = map.mean;
    all.insert(all.end(), map.variances.begin(), map.variances.end());
    all.insert(all.end(), map.axes.data(), map.axes.data() + map.axes.size());
    map.apply(p.device, p.scratch, p.in(0), Out<F64>{p.at[2], rows, 7});
    const std::vector<double> more = numbers(0, {p.at[2], rows, 7});
    all.insert(all.end(), more.begin(), more.end());
    return all;
  });
  check_addresses([](Places& p) {
    const auto c = k_means(p.device, p.in(0), KMeans{.clusters = 5}, 1);
    std::vector<double> all(c.labels.begin(), c.labels.end());
    const std::vector<double> more = numbers(c.objective, c.centroids());
    all.insert(all.end(), more.begin(), more.end());
    return all;
  });
  check_addresses([](Places& p) {
    const double residual = Sinkhorn{}.assign(p.pass, p.in(0), p.out());
    return numbers(residual, p.out());
  });
  check_addresses([](Places& p) {
    std::vector<Index> labels(rows);
    Threshold{.threshold = 0.1}.assign(p.pass, p.in(0), view<F64>(labels));
    return std::vector<double>(labels.begin(), labels.end());
  });
}

TEST_CASE("Losses give the same bits wherever their rows lie", "[flags]") {
  check_addresses([](Places& p) { return numbers(nt_xent(p.device, p.live(), 0.5), p.out()); });
  check_addresses(of_rows(CrossEntropy{.smoothing = 0.1}));
  check_addresses(of_rows(NormalisedRegression{}));
  check_addresses(of_rows(SoftDistillation{}));
  check_addresses(of_rows(SquaredConsistency{.threshold = 0.05}));
  check_addresses(of_rows(MeanSquared{}));
  check_addresses(of_views(VICReg{}));
  check_addresses(of_views(BarlowTwins{}));
  check_addresses(
      [](Places& p) { return numbers(KlToUniform{}(p.pass, p.live(), rows), p.out()); });
}
