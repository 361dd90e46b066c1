#include <selfsame/kernel/cpu/detail/k_means/distance_bounds.hpp>
#include <selfsame/kernel/cpu/k_means.hpp>
#include "loss/reference.hpp"

#include <set>

using namespace selfsame;
using namespace selfsame::test;

namespace {

/// Centroids in the device's reals, as they were rounded.
template <class D>
RowMajor<Real<D>> reals(const Dense& m) {
  return m.cast<Real<D>>();
}

/// argmin of |c|^2 / 2 - x . c in double, and by how much it wins, relative to the numbers' size.
struct Winner {
  Index label;
  double lead;
};
Winner naive_nearest(const Dense& c, const Eigen::RowVectorXd& x, Nearness nearness) {
  Eigen::VectorXd score = -(c * x.transpose());
  if (nearness == Nearness::distance) score += c.rowwise().squaredNorm() / 2;
  Index best = 0;
  for (Index k = 1; k < score.size(); ++k)
    if (score(k) < score(best)) best = k;
  double second = INFINITY;
  for (Index k = 0; k < score.size(); ++k)
    if (k != best) second = std::min(second, score(k));
  return {best, (second - score(best)) / (1e-300 + score.cwiseAbs().maxCoeff())};
}

template <class D>
std::vector<Index> once(const D& device, In<D> x, const RowMajor<Real<D>>& c, double bounds,
                        Nearness nearness = Nearness::distance) {
  Workspace scratch;
  NearestCentroids<Real<D>, Activation<D>> nearest(x.rows, c.rows(), x.cols, bounds);
  nearest.move(device, scratch, view<D>(c), nearness);
  std::vector<Index> labels(static_cast<std::size_t>(x.rows), -1);
  nearest.search(device, scratch, x, 0, view<D>(labels));
  return labels;
}

struct LowerIsa {  // for the length of a test
  Isa before = isa_in_use();
  ~LowerIsa() { isa_in_use() = before; }
};

}  // namespace

TEMPLATE_TEST_CASE("the nearest centroid is the naive one", "[kernel]", SELFSAME_TEST_DEVICES) {
  using D = TestType;
  const Index rows = GENERATE(1, 2, 13, 1100);
  const Index clusters = GENERATE(1, 2, 17, 33, 150), width = GENERATE(1, 3, 16);
  const double bounds = GENERATE(0.0, 50.0);
  const Nearness nearness = GENERATE(Nearness::distance, Nearness::dot);
  CAPTURE(rows, clusters, width, bounds, static_cast<int>(nearness));
  const Strided<D> x(noise(rows, width, 1));
  Dense m = noise(clusters, width, 2);
  if (nearness == Nearness::dot) m = unit(m);
  const RowMajor<Real<D>> c = reals<D>(m);
  const std::vector<Index> labels = once(D{}, x.in(), c, bounds, nearness);
  const Dense rounded = x.rounded(), centroids = c.template cast<double>();
  Index wrong = 0;
  for (Index i = 0; i < rows; ++i) {
    const Winner w = naive_nearest(centroids, rounded.row(i), nearness);
    wrong += w.lead > 1e-5 && w.label != labels[static_cast<std::size_t>(i)];
  }
  CHECK(wrong == 0);
}

TEST_CASE("no rows have no labels", "[kernel]") {
  const RowMajor<float> c = noise(3, 2, 1).cast<float>();
  CHECK(once(Cpu{}, In<Cpu>{nullptr, 0, 2}, c, 1).empty());
}

TEMPLATE_TEST_CASE("of equal centroids the first one wins, wherever they lie", "[kernel]",
                   SELFSAME_TEST_DEVICES) {
  using D = TestType;
  const double bounds = GENERATE(0.0, 50.0);
  const Strided<D> x(noise(90, 5, 1));
  Dense m = noise(160, 5, 2);
  for (Index k = 0; k < 40; ++k) m.row(159 - k) = m.row(k), m.row(80 + k) = m.row(k);
  for (const Index y : once(D{}, x.in(), reals<D>(m), bounds)) CHECK(y < 80);
  m.rowwise() = Eigen::RowVectorXd(m.row(0));
  for (const Index y : once(D{}, x.in(), reals<D>(m), bounds)) CHECK(y == 0);
}

TEMPLATE_TEST_CASE("whole numbers have the same labels on every instruction set", "[kernel]",
                   SELFSAME_TEST_DEVICES) {
  using D = TestType;
  const double bounds = GENERATE(0.0, 50.0);
  const Strided<D> x((noise(700, 6, 1) * 3).array().round());
  const RowMajor<Real<D>> c = reals<D>((noise(200, 6, 2) * 3).array().round());
  const Dense rounded = x.rounded(), centroids = c.template cast<double>();
  const LowerIsa restore;
  const std::vector<Index> labels = once(D{}, x.in(), c, bounds);
  for (Index i = 0; i < 700; ++i)  // ties are many, and exact
    REQUIRE(labels[static_cast<std::size_t>(i)] ==
            naive_nearest(centroids, rounded.row(i), Nearness::distance).label);
  for (const Isa isa : {Isa::portable, Isa::avx2, Isa::avx512}) {
    if (isa > best_isa()) continue;
    isa_in_use() = isa;
    CHECK(once(D{}, x.in(), c, bounds) == labels);
    CHECK(once(D{3}, x.in(), c, bounds) == labels);
  }
}

TEMPLATE_TEST_CASE("bounds change no label and save distances", "[kernel]", SELFSAME_TEST_DEVICES) {
  using D = TestType;
  // Scattered, in lumps, far from the origin, tiny, with equal rows, on the sphere.
  const int kind = GENERATE(range(0, 6));
  const Isa isa = GENERATE(Isa::portable, Isa::avx2, Isa::avx512);
  if (isa > best_isa()) return;
  const LowerIsa restore;
  isa_in_use() = isa;
  CAPTURE(kind, static_cast<int>(isa));
  const Index rows = 3000, clusters = 200, width = 12;
  Dense m = noise(rows, width, 1);
  if (kind > 0) {
    const Dense lumps = noise(30, width, 2) * 8;
    for (Index i = 0; i < rows; ++i) m.row(i) += lumps.row(i % 30);
  }
  if (kind == 2) m.array() += 300;
  if (kind == 3) m *= 1e-15;
  if (kind == 4) m.bottomRows(2000) = Dense(m.topRows(2000)).array().round();
  if (kind == 5) m = unit(m);
  const Nearness nearness = kind == 5 ? Nearness::dot : Nearness::distance;
  const Strided<D> x(m);
  Workspace scratch;
  NearestCentroids<Real<D>, Activation<D>> all(rows, clusters, width, 0),
      some(rows, clusters, width, 50), threads(rows, clusters, width, 3);
  CHECK_FALSE(all.bounded());
  CHECK(some.bounded());
  std::vector<Index> labels(3000, -1), fewer = labels, parts = labels;
  const Dense rounded = x.rounded();
  Dense c = rounded.topRows(clusters);
  double saved = 0;
  for (int turn = 0; turn < 12; ++turn) {
    CAPTURE(turn);
    if (nearness == Nearness::dot) c = unit(c);
    if (turn == 6) c.row(3) = c.row(150) * 1.001;  // as a split does
    const RowMajor<Real<D>> now = reals<D>(c);
    all.move(D{}, scratch, view<D>(now), nearness);
    some.move(D{}, scratch, view<D>(now), nearness);
    threads.move(D{3}, scratch, view<D>(now), nearness);
    CHECK(all.search(D{}, scratch, x.in(), 0, view<D>(labels)) == rows * clusters);
    const Index computed = some.search(D{}, scratch, x.in(), 0, view<D>(fewer));
    for (Index first = 0; first < rows; first += 700) {  // a stream's blocks
      const Index n = std::min<Index>(700, rows - first);
      threads.search(D{3}, scratch, x.in().row_range(first, n), first,
                     Vector<Index, D>{parts.data() + first, n});
    }
    REQUIRE(fewer == labels);
    REQUIRE(parts == labels);
    saved = 1 - static_cast<double>(computed) / static_cast<double>(rows * clusters);
    Dense sums = Dense::Zero(clusters, width);
    Eigen::VectorXd counts = Eigen::VectorXd::Zero(clusters);
    for (Index i = 0; i < rows; ++i) {
      sums.row(labels[static_cast<std::size_t>(i)]) += rounded.row(i);
      ++counts(labels[static_cast<std::size_t>(i)]);
    }
    for (Index k = 0; k < clusters; ++k)
      if (counts(k) > 0) c.row(k) = sums.row(k) / counts(k);
  }
  CHECK(saved > (kind == 0 ? 0.1 : 0.5));
}

TEMPLATE_TEST_CASE("a bound of a distance holds, however rounding falls", "[kernel]", float,
                   double) {
  using R = TestType;
  const Index width = GENERATE(1, 7, 128);
  const double offset = GENERATE(0.0, 100.0), scale = GENERATE(1.0, 1e-3);
  CAPTURE(width, offset, scale);
  const Dense x = (noise(60, width, 1) * scale).array() + offset;
  Dense c = (noise(60, width, 2) * scale).array() + offset;
  for (Index i = 0; i < 30; ++i) c.row(i) = x.row(i) * (1 + 1e-6 * static_cast<double>(i));
  const RowMajor<R> xr = x.cast<R>(), cr = c.cast<R>();
  double largest = 0;
  for (Index k = 0; k < 60; ++k)
    largest = std::max(largest, cr.row(k).template cast<double>().squaredNorm());
  const internal::DistanceBounds<R> limits(width, largest, 0, 0);
  for (Index i = 0; i < 60; ++i) {
    long double square = 0, norm = 0, exact = 0;
    R sum = 0;
    for (Index j = 0; j < width; ++j) {
      const long double a = xr(i, j), b = cr(i, j);
      square += a * a, norm += b * b, exact += (a - b) * (a - b);
      sum += xr(i, j) * cr(i, j);
    }
    Simd<R, 16> q = Simd<R, 16>{} + static_cast<R>(square), low, high;
    const Simd<R, 16> s = Simd<R, 16>{} + (static_cast<R>(norm / 2) - sum);
    limits.upper(q, s, high);
    limits.lower(q, s, low);
    CHECK(static_cast<long double>(low[0]) <= std::sqrt(exact));
    CHECK(static_cast<long double>(high[0]) >= std::sqrt(exact));
  }
}

TEMPLATE_TEST_CASE("the slack of a bound is at least the error that a score may have", "[kernel]",
                   float, double) {
  using R = TestType;
  const double u = static_cast<double>(std::numeric_limits<R>::epsilon()) / 2;
  const double square = GENERATE(1e-4, 1.0, 100.0), largest = GENERATE(0.01, 1.0, 50.0);
  for (const Index width : {1, 128, 4096}) {
    const double error =
        2 * static_cast<double>(width + 2) * u * (largest + square / 2);  // of twice a score
    const internal::DistanceBounds<R> limits(width, largest, 0, 0);
    const double score = largest / 2;
    Simd<R, 16> q = Simd<R, 16>{} + static_cast<R>(square), low, high;
    const Simd<R, 16> s = Simd<R, 16>{} + static_cast<R>(score);
    limits.upper(q, s, high);
    limits.lower(q, s, low);
    const double middle = square + 2 * score;
    CHECK(std::pow(static_cast<double>(high[0]), 2) >= middle + error);
    CHECK(std::pow(static_cast<double>(low[0]), 2) <= middle - error);
    const internal::DistanceBounds<R> sphere(width, 1.01, 1, 0.01);  // |c|^2 within 0.01 of 1
    sphere.upper(q, Simd<R, 16>{}, high);
    sphere.lower(q, Simd<R, 16>{}, low);
    CHECK(std::pow(static_cast<double>(high[0]), 2) >= square + 1.01);
    CHECK(std::pow(static_cast<double>(low[0]), 2) <= square + 0.99);
  }
}

TEMPLATE_TEST_CASE("the square root of vectors is within four units", "[kernel]", float, double) {
  using R = TestType;
  for (const double x : {0.0, 1e-30, 0.25, 1.0, 2.0, 3.0, 1e-5, 12345.678, 1e30}) {
    Simd<R, 16> v = Simd<R, 16>{} + static_cast<R>(x);
    internal::square_root(v);
    CHECK(std::abs(static_cast<double>(v[0]) - std::sqrt(static_cast<double>(static_cast<R>(x)))) <=
          2 * static_cast<double>(std::numeric_limits<R>::epsilon()) * std::sqrt(x));
  }
}

TEST_CASE("groups are of neighbours, and every centroid is in one", "[kernel]") {
  const RowMajor<double> c = noise(203, 4, 1);
  internal::CentroidPanels<double> panels;
  const Index tile = tile_size<double>().cols;
  panels.arrange(MatrixView<const double, BasicCpu<double>>(c.data(), 203, 4), tile, true);
  std::set<Index> seen;
  Index sum = 0;
  for (Index g = 0; g < panels.groups; ++g) sum += panels.members(g);
  for (Index j = 0; j < 203; ++j) seen.insert(panels.order[j]);
  CHECK((sum == 203 && seen.size() == 203 && *seen.rbegin() == 202));
  const auto spread = [&](const auto& group_of) {
    Dense mean = Dense::Zero(panels.groups, 4);
    double all = 0;
    for (Index k = 0; k < 203; ++k)
      mean.row(group_of(k)) += c.row(k) / static_cast<double>(panels.members(group_of(k)));
    for (Index k = 0; k < 203; ++k) all += (c.row(k) - mean.row(group_of(k))).squaredNorm();
    return all;
  };
  CHECK(spread([&](Index k) { return panels.group_of[k]; }) <
        0.6 * spread([&](Index k) { return k / tile; }));
}
