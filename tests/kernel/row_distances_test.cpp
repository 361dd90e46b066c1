#include <selfsame/kernel/cpu/row_distances.hpp>
#include "loss/reference.hpp"

using namespace selfsame;
using namespace selfsame::test;

TEMPLATE_TEST_CASE("squared distances are those of the labels' rows", "[kernel]",
                   SELFSAME_TEST_DEVICES) {
  using D = TestType;
  const Index rows = GENERATE(0, 1, 2, 300), width = GENERATE(1, 5, 33);
  CAPTURE(rows, width);
  const Strided<D> x(noise(rows, width, 1)), to(noise(3, width, 2));
  std::vector<Index> labels;
  for (Index i = 0; i < rows; ++i) labels.push_back(i % 3);
  std::vector<double> squares(static_cast<std::size_t>(rows), NAN);
  squared_distances(D{}, x.in(), to.in(), view<D>(std::as_const(labels)), view<D>(squares));
  for (Index i = 0; i < rows; ++i)
    CHECK(squares[static_cast<std::size_t>(i)] ==
          Approx((x.rounded().row(i) - to.rounded().row(i % 3)).squaredNorm()).epsilon(1e-13));
}

TEMPLATE_TEST_CASE("a nearer row is taken, and rows that are too far are not looked at", "[kernel]",
                   SELFSAME_TEST_DEVICES) {
  using D = TestType;
  const Index rows = 400, width = 6;
  Dense m = noise(rows, width, 3);
  for (Index i = 0; i < rows; ++i) m(i, 0) += 20.0 * static_cast<double>(i % 4);
  const Strided<D> x(m);
  std::vector<double> squares(400, NAN), wanted(400, INFINITY);
  std::vector<Index> nearest(400, -1), names(400, -1);
  for (Index k = 0; k < 9; ++k) {
    std::vector<Real<D>> c;
    for (Index j = 0; j < width; ++j) c.push_back(static_cast<Real<D>>(x.rounded()(5 * k, j)));
    std::vector<double> apart;
    for (Index j = 0; j < k; ++j)
      apart.push_back((x.rounded().row(5 * k) - x.rounded().row(5 * j)).squaredNorm());
    take_nearer(D{}, x.in(), c.data(), k, apart.data(), view<D>(squares), view<D>(nearest));
    for (Index i = 0; i < rows; ++i) {
      const auto n = static_cast<std::size_t>(i);
      const double square = (x.rounded().row(i) - x.rounded().row(5 * k)).squaredNorm();
      if (square < wanted[n]) wanted[n] = square, names[n] = k;
      REQUIRE(squares[n] == Approx(wanted[n]).epsilon(1e-12).margin(1e-12));
    }
    CHECK(nearest == names);
  }
  // What is far from all is skipped: a wrong distance there would otherwise be seen.
  std::vector<double> far(9, 1e9);
  const std::vector<double> before = squares;
  take_nearer(D{}, x.in(), std::vector<Real<D>>(6, Real<D>(0)).data(), Index{9}, far.data(),
              view<D>(squares), view<D>(nearest));
  CHECK(squares == before);
}

TEMPLATE_TEST_CASE("a survey has lengths and ranges, and shows what is not finite", "[kernel]",
                   SELFSAME_TEST_DEVICES) {
  using D = TestType;
  const Index rows = GENERATE(1, 2, 1500), width = GENERATE(1, 13);
  CAPTURE(rows, width);
  Strided<D> x(noise(rows, width, 4));
  Workspace scratch;
  std::vector<double> squares(static_cast<std::size_t>(rows)),
      low(static_cast<std::size_t>(width), INFINITY), high(low.size(), -INFINITY);
  const auto survey = [&](const D& device) {
    survey_rows(device, scratch, x.in(), view<D>(squares), view<D>(low), view<D>(high));
  };
  survey(D{});
  for (Index i = 0; i < rows; ++i)
    CHECK(squares[static_cast<std::size_t>(i)] ==
          Approx(x.rounded().row(i).squaredNorm()).epsilon(1e-13));
  for (Index c = 0; c < width; ++c) {
    CHECK(low[static_cast<std::size_t>(c)] == x.rounded().col(c).minCoeff());
    CHECK(high[static_cast<std::size_t>(c)] == x.rounded().col(c).maxCoeff());
  }
  const std::vector<double> once = squares;
  survey(D{3});
  CHECK(squares == once);
  x.value[0] = Activation<D>(NAN);
  survey(D{});
  CHECK(std::isnan(squares[0]));
}

TEMPLATE_TEST_CASE("Rows from another origin are the difference in double, rounded once",
                   "[kernel]", SELFSAME_TEST_DEVICES) {
  using D = TestType;
  using R = Real<D>;
  const Index rows = GENERATE(0, 1, 700), width = GENERATE(1, 5, 33);
  const bool unit = GENERATE(false, true);
  CAPTURE(rows, width, unit);
  const Strided<D> x(noise(rows, width, 1));
  const Dense in = x.rounded();
  const std::vector<double> origin(static_cast<std::size_t>(width), 0.3);
  std::vector<double> squares(static_cast<std::size_t>(rows), NAN);
  RowMajor<R> y(rows, width);
  const auto call = [&](const D& device) {
    rows_from(device, x.in(), origin.data(), 4.0, unit,
              MatrixView<R, BasicCpu<R>>(y.data(), rows, width), view<D>(squares));
  };
  call(D{});
  for (Index i = 0; i < rows; ++i) {
    const double length = unit ? in.row(i).norm() : 1;
    for (Index c = 0; c < width; ++c)
      REQUIRE(static_cast<double>(y(i, c)) ==
              Approx((in(i, c) / length - 0.3) * 4).epsilon(1e-6).margin(1e-6));
    CHECK(squares[static_cast<std::size_t>(i)] ==
          Approx(y.row(i).template cast<double>().squaredNorm()).epsilon(1e-13));
  }
  const RowMajor<R> once = y;
  call(D{3});
  CHECK(y == once);
}
