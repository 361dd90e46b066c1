#include <selfsame/loss/regression.hpp>

#include "loss/row_reference.hpp"

using namespace selfsame;
using namespace selfsame::test;
using Catch::Matchers::ContainsSubstring;

namespace {

constexpr NormalisedRegression loss{};

/// The mean over rows of |p / max(|p|, 1e-6) - t / max(|t|, 1e-6)|^2.
Result naive(const Dense& p, const Dense& t) {
  Result r{0, Dense::Zero(p.rows(), p.cols())};
  for (Index i = 0; i < p.rows(); ++i) {
    const double norm = std::max(p.row(i).norm(), 1e-6);
    const Eigen::RowVectorXd u = p.row(i) / norm, w = t.row(i) / std::max(t.row(i).norm(), 1e-6);
    r.value += (u - w).squaredNorm();
    Eigen::RowVectorXd d = 2 * (u - w);
    if (norm > 1e-6) d -= u.dot(d) * u;
    r.gradient.row(i) = d / norm;
  }
  const double n = static_cast<double>(std::max<Index>(p.rows(), 1));
  return {r.value / n, r.gradient / n};
}
Dense filled(Index rows, Index cols, double (*f)(double), double slope, double shift) {
  Dense m(rows, cols);
  for (Index k = 0; k < rows * cols; ++k)
    m(k / cols, k % cols) = f(shift + slope * static_cast<double>(k));
  return m;
}
double sine(double x) { return std::sin(x); }
double cosine(double x) { return std::cos(x); }
Dense row(std::initializer_list<double> x) {
  Dense m(1, static_cast<Index>(x.size()));
  std::copy(x.begin(), x.end(), m.data());
  return m;
}

}  // namespace

TEMPLATE_TEST_CASE("Normalised regression agrees with its formula in double", "[loss]",
                   SELFSAME_TEST_DEVICES) {
  const auto [rows, width] = GENERATE(table<Index, Index>(
      {{0, 4}, {1, 1}, {1, 2}, {2, 3}, {7, 16}, {33, 37}, {257, 70}, {3, 20'001}}));
  CAPTURE(rows, width);
  check_value<TestType>(loss, naive, noise(rows, width, 1), noise(rows, width, 2),
                        64 * epsilon<TestType>);
}

TEST_CASE("Normalised regression: the gradient agrees with central differences", "[loss]") {
  check_differences(loss, noise(5, 6, 1), noise(5, 6, 2));
  // below the epsilon the Jacobian is I / epsilon
  const Dense tiny = 1e-8 * noise(1, 4, 1), target = noise(1, 4, 5);
  check_differences(loss, tiny, target, 1e-9);
}

TEST_CASE("Normalised regression has the golden numbers of both directions", "[loss]") {
  const Dense p1 = filled(3, 4, sine, 1, 1), p2 = filled(3, 4, cosine, 1, 1);
  const Dense t1 = filled(3, 4, sine, 3, 2), t2 = filled(3, 4, cosine, 2, 2);
  const Result one = run(loss, p1, t2), two = run(loss, p2, t1);
  CHECK(one.value == Approx(2.027891508753).epsilon(1e-12));
  CHECK(two.value == Approx(1.989263241899).epsilon(1e-12));
  CHECK(one.value + two.value == Approx(4.017154750652).epsilon(1e-12));
  CHECK(one.gradient(0, 0) == Approx(.05139998749).epsilon(1e-9));
  CHECK(one.gradient(2, 3) == Approx(-.2548392737).epsilon(1e-9));
  CHECK(two.gradient(0, 0) == Approx(-.1884097349).epsilon(1e-9));
  CHECK(two.gradient(1, 1) == Approx(.3023101005).epsilon(1e-9));
  const double each[] = {2.771362218, 2.242716912, 1.069595396};
  for (Index i = 0; i < 3; ++i)
    CHECK(run(loss, p1.row(i), t2.row(i)).value == Approx(each[i]).epsilon(1e-9));
  // which view is which does not matter
  CHECK(two.value + one.value == run(loss, p2, t1).value + run(loss, p1, t2).value);
}

TEST_CASE("Normalised regression has the golden numbers of single rows and of the epsilon",
          "[loss]") {
  const Result plain = run(loss, row({3, 4}), row({0, 5}));
  CHECK(plain.value == Approx(.4).epsilon(1e-14));
  CHECK(worst(plain.gradient, row({.192, -.144})) < 1e-14);
  const Result low = run(loss, row({3e-7, 4e-7}), row({0, 5}));
  CHECK(low.value == Approx(.45).epsilon(1e-14));
  CHECK(worst(low.gradient, row({6e5, -1.2e6})) < 1e-14);
  const Result target = run(loss, row({3, 4}), row({3e-7, 4e-7}));
  CHECK(target.value == Approx(.25).epsilon(1e-14));
  CHECK(target.gradient.cwiseAbs().maxCoeff() < 1e-16);
  const Result zero = run(loss, row({0, 0}), row({0, 5}));  // section 3
  CHECK(zero.value == 1);
  CHECK(worst(zero.gradient, row({0, -2e6})) < 1e-14);
  const Result no_target = run(loss, row({3, 4}), row({0, 0}));
  CHECK(no_target.value == Approx(1).epsilon(1e-14));
  CHECK(no_target.gradient.cwiseAbs().maxCoeff() == 0);
  const Result none = run(loss, row({0, 0}), row({0, 0}));
  CHECK(none.value == 0);
  CHECK(none.gradient.cwiseAbs().maxCoeff() == 0);
}

TEST_CASE("Normalised regression agrees with lightly's and solo-learn's", "[loss]") {
  const Golden golden = Golden::read("loss/regression.txt");
  const Dense p = dense(golden, "predictions"), t = dense(golden, "targets");
  const Result mine = run(loss, p, t);
  // solo-learn has our convention, lightly -mean cos: ours is 2 more than twice theirs
  CHECK(mine.value == Approx(dense(golden, "solo_value")(0, 0)).epsilon(1e-12));
  CHECK(mine.value == Approx(2 + 2 * dense(golden, "lightly_value")(0, 0)).epsilon(1e-12));
  CHECK(worst(mine.gradient, dense(golden, "solo_gradient")) < 1e-11);
  CHECK(worst(mine.gradient, 2 * dense(golden, "lightly_gradient")) < 1e-11);
  const Result single = run<Cpu>(loss, p, t);
  CHECK(single.value == Approx(mine.value).epsilon(1e-6));
  CHECK(worst(single.gradient, mine.gradient) < 1e-5);
}

TEST_CASE("Normalised regression of equal, orthogonal and opposite rows is 0, 2 and 4", "[loss]") {
  const Dense t = noise(6, 8, 3);
  const Result equal = run(loss, 7 * t, t), opposite = run(loss, -3 * t, t);
  CHECK(std::abs(equal.value) < 1e-30);
  CHECK(equal.gradient.cwiseAbs().maxCoeff() < 1e-16);
  CHECK(opposite.value == Approx(4).epsilon(1e-14));
  CHECK(opposite.gradient.cwiseAbs().maxCoeff() < 1e-15);
  const Result orthogonal = run(loss, row({0, 3, 0}), row({2, 0, 0}));
  CHECK(orthogonal.value == 2);
  CHECK(worst(orthogonal.gradient, row({-2. / 3, 0, 0})) < 1e-15);
  const Result constant = run(loss, Dense::Constant(9, 5, .3), Dense::Constant(9, 5, .3));
  CHECK(constant.value == 0);
  CHECK(constant.gradient.cwiseAbs().maxCoeff() < 1e-15);
}

TEMPLATE_TEST_CASE("Normalised regression keeps the digits of a small distance", "[loss]",
                   SELFSAME_TEST_DEVICES) {
  // sin(x)^2 + (1 - cos(x))^2 of the angle x: 2 - 2 cos in float is 0 here, and 1e-6 in truth
  const auto x = static_cast<double>(1e-3f);
  const Result r = run<TestType>(loss, row({1, x, 0}), row({1, 0, 0}));
  CHECK(r.value == Approx(2 - 2 * std::cos(std::atan(x))).epsilon(2e-4));
  CHECK(r.gradient(0, 1) == Approx(2e-3).epsilon(2e-4));
}

TEST_CASE("Normalised regression: gradients are tangent, and scales do not matter", "[loss]") {
  const Dense p = noise(7, 5, 1), t = noise(7, 5, 2);
  const Result r = run(loss, p, t), longer = run(loss, 4 * p, t), other = run(loss, p, 1e3 * t);
  for (Index i = 0; i < 7; ++i) CHECK(std::abs(p.row(i).dot(r.gradient.row(i))) < 1e-15);
  CHECK(longer.value == Approx(r.value).epsilon(1e-14));
  CHECK(worst(4 * longer.gradient, r.gradient) < 1e-13);
  CHECK(other.value == Approx(r.value).epsilon(1e-14));
  CHECK(worst(other.gradient, r.gradient) < 1e-13);
  // as a distance it is symmetric
  CHECK(run(loss, t, p).value == Approx(r.value).epsilon(1e-14));
}

TEST_CASE("Normalised regression is the mean of its rows, whatever their order", "[loss]") {
  const Dense p = noise(5, 4, 1), t = noise(5, 4, 2);
  const Result all = run(loss, p, t);
  const Result back = run(loss, p.colwise().reverse(), t.colwise().reverse());
  double mean = 0;
  for (Index i = 0; i < 5; ++i) {
    const Result one = run(loss, p.row(i), t.row(i));
    mean += one.value / 5;
    CHECK(worst(all.gradient.row(i), one.gradient / 5) < 1e-13);
  }
  CHECK(all.value == Approx(mean).epsilon(1e-14));
  CHECK(back.value == Approx(all.value).epsilon(1e-14));
  CHECK(worst(back.gradient.colwise().reverse(), all.gradient) < 1e-15);
  CHECK(run(loss, Dense(0, 4), Dense(0, 4)).value == 0);
  CHECK(run(loss, Dense(3, 0), Dense(3, 0)).value == 0);
}

TEMPLATE_TEST_CASE("Normalised regression of a NaN is NaN, in the value and in its row only",
                   "[loss]", SELFSAME_TEST_DEVICES) {
  const double bad = GENERATE(double{NAN}, double{INFINITY});
  Dense p = noise(4, 20, 1), t = noise(4, 20, 2);
  p(2, 17) = bad;
  const Result r = run<TestType>(loss, p, t);
  CHECK(std::isnan(r.value));
  CHECK(r.gradient.row(2).hasNaN());
  CHECK(r.gradient.topRows(2).allFinite());
  CHECK(r.gradient.row(3).allFinite());
  t(1, 3) = bad;
  CHECK(run<TestType>(loss, noise(4, 20, 1), t).gradient.row(1).hasNaN());
}

TEST_CASE("Normalised regression of long and of short rows does not overflow", "[loss]") {
  const Dense p = noise(3, 8, 1), t = noise(3, 8, 2);
  const Result plain = run<Cpu>(loss, p, t), large = run<Cpu>(loss, 1e25 * p, 1e30 * t);
  CHECK(large.value == Approx(plain.value).epsilon(1e-6));
  CHECK(worst(1e25 * large.gradient, plain.gradient) < 1e-5);
}

TEST_CASE("Normalised regression obeys the weight, the threads and the ranks", "[loss]") {
  check_weight_and_add(loss, noise(6, 7, 1), noise(6, 7, 2));
  check_threads(loss, noise(2000, 37, 1), noise(2000, 37, 2));
  check_row_ranks(loss, noise(12, 5, 1), noise(12, 5, 2));
}

TEST_CASE("Normalised regression of a trainer of one's own is the policy's", "[loss]") {
  static_assert(RowLoss<NormalisedRegression, Cpu> && !PairLoss<NormalisedRegression, Cpu>);
  static_assert(!WantsUnitRows<NormalisedRegression>);  // it has an epsilon of its own
  CHECK(NormalisedRegression{}.epsilon == 1e-6);
  Strided<F64> p(noise(4, 3, 1)), t(noise(4, 3, 2)), narrow(noise(4, 2, 1));
  CHECK(normalised_regression(F64{}, p.differentiable(), t.in()) ==
        run(loss, p.rounded(), t.rounded()).value);
  const double far = normalised_regression(F64{}, p.differentiable(), t.in(),
                                           NormalisedRegression{.epsilon = 100});
  CHECK(far == Approx((p.rounded() - t.rounded()).squaredNorm() / 4e4));
  CHECK_THROWS_WITH(normalised_regression(F64{}, p.differentiable(), narrow.in()),
                    ContainsSubstring("(4, 3)") && ContainsSubstring("(4, 2)"));
  CHECK_THROWS_WITH(
      normalised_regression(F64{}, Differentiable<F64>{p.in(), narrow.differentiable().gradient},
                            t.in()),
      ContainsSubstring("(4, 3)") && ContainsSubstring("(4, 2)"));
}

TEST_CASE(
    "Normalised regression of a row whose square overflows is NaN and not the length of the other",
    "[loss]") {
  Dense p = noise(3, 4, 1), t = noise(3, 4, 2);
  (GENERATE(true, false) ? p : t)(1, 2) = 1e200;
  const Result r = run(NormalisedRegression{}, p, t);
  CHECK(std::isnan(r.value));
  CHECK(r.gradient.row(1).hasNaN());
  CHECK(r.gradient.row(0).allFinite());
}
