#include <selfsame/assigner/k_means.hpp>
#include <selfsame/assigner/whitening.hpp>
#include <selfsame/testing/virtual_ranks.hpp>

#include "loss/reference.hpp"
#include "support/golden.hpp"

using namespace selfsame;
using namespace selfsame::test;
using Catch::Matchers::ContainsSubstring;

namespace {

using F64 = BasicCpu<double>;

template <class D>
WhiteningMap fit(const D& device, In<D> x, const Whitening& numbers) {
  Workspace scratch;
  Pass<D> pass;
  pass.device = &device, pass.workspace = &scratch;
  return numbers.fit(pass, x);
}
/// Rows whose columns differ in mean and spread.
Dense uneven(Index rows, Index cols, unsigned seed) {
  Dense m = noise(rows, cols, seed) * noise(cols, cols, seed + 1);
  for (Index c = 0; c < cols; ++c) m.col(c).array() += 2.0 * static_cast<double>(c) - 3;
  return m;
}
template <class D>
Dense projected(const D& device, const WhiteningMap& map, In<D> x) {
  Workspace scratch;
  RowMajor<double> g;
  map.project(device, scratch, x, g);
  return g;
}

}  // namespace

TEST_CASE("whitening has the golden numbers of a small case", "[assigner]") {
  RowMajor<double> f(8, 4);
  for (Index n = 0; n < 8; ++n)
    for (Index j = 0; j < 4; ++j) f(n, j) = std::sin(static_cast<double>(1 + (n + 1) * (j + 1)));
  const In<F64> rows = view<F64>(f);
  const WhiteningMap map = fit(F64{}, rows, Whitening{.components = 2});
  CHECK(map.variances[0] == Approx(.9052033173).epsilon(1e-9));
  CHECK(map.variances[1] == Approx(.4859070003).epsilon(1e-9));
  const Dense g = projected(F64{}, map, rows);
  CHECK(g(0, 0) == Approx(-1.063958640).epsilon(1e-9));
  CHECK(g(0, 1) == Approx(1.088736181).epsilon(1e-9));
  const Rows<F64> x = whiten(F64{}, rows, Whitening{.components = 2});
  CHECK(x.in()(0, 0) == Approx(-.6989216791).epsilon(1e-9));
  CHECK(x.in()(0, 1) == Approx(.7151982148).epsilon(1e-9));
  CHECK(x.in()(7, 0) == Approx(.8815003961).epsilon(1e-9));
  CHECK(x.in()(7, 1) == Approx(.4721832819).epsilon(1e-9));
}

TEMPLATE_TEST_CASE("whitened rows have mean 0 and covariance I, then unit length", "[assigner]",
                   SELFSAME_TEST_DEVICES) {
  using D = TestType;
  const auto [rows, cols, components] = GENERATE(
      table<Index, Index, Index>({{2, 1, 1}, {3, 9, 2}, {40, 7, 7}, {30, 50, 20}, {1500, 12, 5}}));
  CAPTURE(rows, cols, components);
  const Strided<D> f(uneven(rows, cols, 1));
  const WhiteningMap map = fit(D{}, f.in(), Whitening{.components = components});
  const Dense g = projected(D{}, map, f.in());
  CHECK(g.colwise().mean().cwiseAbs().maxCoeff() < 1e-10);
  const Dense covariance = g.transpose() * g / static_cast<double>(rows);
  CHECK((covariance - Dense::Identity(components, components)).cwiseAbs().maxCoeff() < 1e-8);
  // Variances are the largest ones, in descending order.
  const Dense centred = f.rounded().rowwise() - Eigen::RowVectorXd(f.rounded().colwise().mean());
  const Eigen::VectorXd all = Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(
                                  centred.transpose() * centred / static_cast<double>(rows))
                                  .eigenvalues();
  for (Index i = 0; i < components; ++i)
    CHECK(map.variances[static_cast<std::size_t>(i)] ==
          Approx(all(cols - 1 - i)).epsilon(1e-9).margin(1e-12));
  for (Index i = 0; i < components; ++i) {
    Index largest = 0;
    map.axes.row(i).cwiseAbs().maxCoeff(&largest);
    CHECK(map.axes(i, largest) > 0);
  }
  Strided<D> x(Dense::Zero(rows, components));
  Workspace scratch;
  map.apply(D{}, scratch, f.in(), x.differentiable().gradient);
  CHECK(x.untouched());
  CHECK(worst(x.slope(), g.rowwise().normalized()) < 4 * epsilon<D>);
}

TEST_CASE("scikit-learn whitens alike, up to signs", "[assigner]") {
  const Golden golden = Golden::read("assigner/whitening.txt");
  const std::string kind = GENERATE("tall", "wide");
  CAPTURE(kind);
  const auto& features = golden[kind + "_features"];
  const In<F64> rows{features.values.data(), features.rows, features.cols};
  const WhiteningMap map = fit(F64{}, rows, Whitening{.components = 4});
  for (std::size_t i = 0; i < 4; ++i)
    CHECK(map.variances[i] == Approx(golden[kind + "_variances"].values[i]).epsilon(1e-10));
  const Rows<F64> x = whiten(F64{}, rows, Whitening{.components = 4});
  const auto& theirs = golden[kind + "_unit"];
  for (Index c = 0; c < 4; ++c) {
    const double sign = x.in()(0, c) * theirs.values[static_cast<std::size_t>(c)] > 0 ? 1 : -1;
    for (Index r = 0; r < rows.rows; ++r)
      CHECK(sign * x.in()(r, c) ==
            Approx(theirs.values[static_cast<std::size_t>(4 * r + c)]).epsilon(1e-9).margin(1e-9));
  }
}

TEST_CASE("variances below the floor are raised to it", "[assigner]") {
  RowMajor<double> f = noise(50, 3, 1);
  f.col(1) *= 1e-7;
  f.col(2).setZero();
  const double floor = GENERATE(1e-10, 1e-4);
  CAPTURE(floor);
  const WhiteningMap map =
      fit(F64{}, In<F64>(view<F64>(f)), Whitening{.components = 3, .floor = floor});
  for (Index i = 0; i < 3; ++i)
    CHECK(map.axes.row(i).norm() ==
          Approx(1 / std::sqrt(std::max(map.variances[static_cast<std::size_t>(i)],
                                        floor * map.variances[0]))));
  CHECK(map.axes.allFinite());
}

TEST_CASE("clusters of whitened rows do not depend on rotation, shift and scale", "[assigner]") {
  const RowMajor<double> f = uneven(120, 6, 3);
  const Dense turn = rotation(6, 4);
  const RowMajor<double> other = (0.01 * f * turn).rowwise() + Eigen::RowVectorXd(noise(1, 6, 5));
  const KMeans numbers{.clusters = 6};
  const auto labels = [&](const RowMajor<double>& m) {
    const Rows<F64> x = whiten(F64{}, In<F64>(view<F64>(m)), Whitening{.components = 4});
    return k_means(F64{}, x.in(), numbers, 7).labels;
  };
  CHECK(labels(other) == labels(f));
}

TEST_CASE("equal rows are degenerate and become zeros", "[assigner]") {
  const RowMajor<float> f = RowMajor<float>::Constant(9, 4, 0.3f);
  CHECK(fit(Cpu{}, In<Cpu>(view<Cpu>(f)), Whitening{.components = 2}).status ==
        ClusterStatus::degenerate);
  const Rows<Cpu> x = whiten(Cpu{}, In<Cpu>(view<Cpu>(f)), Whitening{.components = 2});
  for (const float v : x.data) CHECK(v == 0);
}

TEST_CASE("blocks, threads and ranks fit the same whitening", "[assigner]") {
  const Index rows = GENERATE(90, 20), cols = rows == 90 ? 8 : 33;
  CAPTURE(rows, cols);
  const RowMajor<double> f = uneven(rows, cols, 6);
  const In<F64> all = view<F64>(f);
  const Whitening numbers{.components = 5};
  const WhiteningMap one = fit(F64{}, all, numbers);
  for (const int threads : {2, 3, 7}) CHECK(fit(F64{threads}, all, numbers).axes == one.axes);
  for (const Index count : {2, 4}) {
    std::vector<WhiteningMap> maps(static_cast<std::size_t>(count));
    testing::VirtualRanks(count).run([&](Communicator& ranks) {
      const F64 device;
      Workspace scratch;
      Pass<F64> pass;
      pass.device = &device, pass.workspace = &scratch, pass.ranks = &ranks;
      const Index first = rows * ranks.rank() / count, end = rows * (ranks.rank() + 1) / count;
      maps[static_cast<std::size_t>(ranks.rank())] = numbers.fit_blocks(pass, [&](auto&& g) {
        for (Index i = first; i < end; i += 7) g(all.row_range(i, std::min<Index>(7, end - i)));
      });
    });
    for (const WhiteningMap& map : maps) {
      CHECK(map.axes == maps[0].axes);
      CHECK(worst(map.axes, one.axes) < 1e-9);
      CHECK(worst(Eigen::Map<const Dense>(map.mean.data(), 1, cols),
                  Eigen::Map<const Dense>(one.mean.data(), 1, cols)) < 1e-13);
    }
  }
}

TEST_CASE("errors of whitening state both sides", "[assigner]") {
  RowMajor<double> f = noise(5, 8, 1);
  const In<F64> rows = view<F64>(f);
  CHECK_THROWS_WITH(whiten(F64{}, rows, Whitening{.components = 5}),
                    "selfsame: components are 5, features are (5, 8); at most min(width, rows - 1) "
                    "= 4 can be had");
  CHECK_NOTHROW(whiten(F64{}, rows, Whitening{.components = 4}));
  const WhiteningMap map = fit(F64{}, rows, Whitening{.components = 2});
  Workspace scratch;
  Rows<F64> x(5, 3);
  CHECK_THROWS_WITH(map.apply(F64{}, scratch, rows, x.out()),
                    ContainsSubstring("whitened are (5, 3), components are 2"));
  CHECK_THROWS_WITH(projected(F64{}, map, rows.col_range(0, 7)),
                    ContainsSubstring("fitted to width 8"));
  f(2, 2) = NAN;
  CHECK_THROWS_WITH(whiten(F64{}, rows, Whitening{.components = 2}),
                    ContainsSubstring("row 2 of the features is not finite"));
}

TEST_CASE("A common offset of all rows changes no whitened number", "[assigner]") {
  RowMajor<double> f = uneven(200, 6, 3);
  for (double& v : f.reshaped())
    v = std::round(v * 64) / 64;  // a float holds 1e5 in steps of 1/128
  const auto whitened = [&](double offset) -> Dense {
    const RowMajor<float> moved = (f.array() + offset).matrix().cast<float>();
    return as_eigen(whiten(Cpu{}, In<Cpu>(view<Cpu>(moved)), Whitening{.components = 4}).in())
        .cast<double>();
  };
  CHECK(worst(whitened(1e5), whitened(0)) < 1e-6);
}
