#include <selfsame/loss/cross_entropy.hpp>

#include "loss/reference.hpp"
#include "support/golden.hpp"

using namespace selfsame;
using namespace selfsame::test;
using Catch::Matchers::ContainsSubstring;

namespace {

using F64 = BasicCpu<double>;

double naive_cross_entropy(const Dense& z, const Dense& targets, double temperature) {
  double sum = 0;
  for (Index i = 0; i < z.rows(); ++i) {
    const Eigen::RowVectorXd s = z.row(i).array() / temperature - z.row(i).maxCoeff() / temperature;
    sum -= (targets.row(i).array() * (s.array() - std::log(s.array().exp().sum()))).sum();
  }
  return z.rows() == 0 ? 0 : sum / static_cast<double>(z.rows());
}
Dense naive_gradient(const Dense& z, const Dense& targets, double temperature) {
  Dense g = z;
  for (Index i = 0; i < z.rows(); ++i) {
    Eigen::RowVectorXd p = ((z.row(i).array() - z.row(i).maxCoeff()) / temperature).exp();
    p /= p.sum();
    g.row(i) =
        (targets.row(i).sum() * p - targets.row(i)) / (temperature * static_cast<double>(z.rows()));
  }
  return g;
}
Dense soft(Index rows, Index classes, unsigned seed) {
  Dense t = noise(rows, classes, seed).array().exp();
  for (Index i = 0; i < rows; ++i) t.row(i) /= t.row(i).sum();
  return t;
}
template <class D = F64>
std::pair<double, Dense> run(const Dense& z, const Dense& targets, double temperature = 1) {
  Strided<D> logits(z), t(targets);
  const double value =
      cross_entropy(D{}, logits.differentiable(), t.in(), static_cast<Real<D>>(temperature));
  CHECK(logits.untouched());
  return {value, logits.slope()};
}

}  // namespace

TEMPLATE_TEST_CASE("Cross-entropy agrees with its formula in double", "[loss]",
                   SELFSAME_TEST_DEVICES) {
  using D = TestType;
  const auto [rows, classes] =
      GENERATE(table<Index, Index>({{1, 1}, {1, 2}, {3, 10}, {257, 7}, {5, 1000}, {3, 20'001}}));
  const double temperature = GENERATE(0.1, 1.0, 20.0);
  CAPTURE(rows, classes, temperature);
  Strided<D> logits(2 * noise(rows, classes, 1)), targets(soft(rows, classes, 2));
  const double value = cross_entropy(D{.threads = 2}, logits.differentiable(), targets.in(),
                                     static_cast<Real<D>>(temperature));
  const double wanted = naive_cross_entropy(logits.rounded(), targets.rounded(), temperature);
  const double rounding = epsilon<D> * (64 + 8 / temperature);
  CHECK(std::abs(value - wanted) < rounding * std::max(1.0, wanted));
  const Dense slope = naive_gradient(logits.rounded(), targets.rounded(), temperature);
  const double scale = std::max(slope.cwiseAbs().maxCoeff(), 1e-3 / static_cast<double>(rows));
  CHECK((logits.slope() - slope).cwiseAbs().maxCoeff() < 4 * rounding * scale);
  CHECK(logits.untouched());
}

TEST_CASE("Cross-entropy: the gradient agrees with central differences", "[loss]") {
  const double temperature = GENERATE(0.2, 1.0, 5.0);
  Dense t = soft(5, 4, 3);
  t.row(2) *= 0.5;  // a row may sum to less than 1
  const Dense z = noise(5, 4, 4);
  const double at = temperature;
  CHECK(difference_error([&](const Dense& x) { return run(x, t, at).first; }, z,
                         run(z, t, at).second) < 1e-6);
}

TEST_CASE("Cross-entropy agrees with PyTorch's", "[loss]") {
  const Golden golden = Golden::read("loss/cross_entropy.txt");
  const auto dense = [&](const std::string& name) {
    const auto& a = golden[name];
    Dense m(a.rows, a.cols);
    std::copy(a.values.begin(), a.values.end(), m.data());
    return m;
  };
  const Dense logits = dense("logits"), labels = dense("labels");
  const auto one_hot = [&](double smoothing) {
    Dense t = Dense::Constant(logits.rows(), logits.cols(),
                              smoothing / static_cast<double>(logits.cols()));
    for (Index i = 0; i < t.rows(); ++i) t(i, static_cast<Index>(labels(0, i))) += 1 - smoothing;
    return t;
  };
  const auto check = [&](const std::string& name, const Dense& targets, double temperature) {
    CAPTURE(name);
    const auto [value, slope] = run(logits, targets, temperature);
    CHECK(value == Approx(dense(name + "_value")(0, 0)).epsilon(1e-12));
    CHECK(worst(slope, dense(name + "_gradient")) < 1e-11);
    const auto [single, single_slope] = run<Cpu>(logits, targets, temperature);
    CHECK(single == Approx(value).epsilon(1e-6));
    CHECK(worst(single_slope, slope) < 1e-5);
  };
  check("hard", one_hot(0), 1);
  check("smooth", one_hot(0.1), 1);
  check("soft", dense("targets"), 1);
  check("cool", dense("targets"), 0.2);
}

TEST_CASE("Cross-entropy of equal logits is the log of the number of classes", "[loss]") {
  const auto [value, slope] = run(Dense::Constant(6, 8, 3.0), Dense::Constant(6, 8, 1.0 / 8));
  CHECK(value == Approx(std::log(8.0)).epsilon(1e-14));
  CHECK(slope.cwiseAbs().maxCoeff() < 1e-16);
}

TEST_CASE(
    "Cross-entropy does not see a constant that is added to a row, and its gradient sums to zero",
    "[loss]") {
  const Dense z = noise(9, 5, 1), t = soft(9, 5, 2);
  Dense moved = z;
  moved.row(4).array() += 300;
  const auto a = run(z, t), b = run(moved, t);
  CHECK(b.first == Approx(a.first).epsilon(1e-12));
  CHECK(worst(b.second, a.second) < 1e-11);
  CHECK(a.second.rowwise().sum().cwiseAbs().maxCoeff() < 1e-16);
}

TEMPLATE_TEST_CASE(
    "Cross-entropy: a row of zero targets has neither loss nor gradient, but counts in the mean",
    "[loss]", SELFSAME_TEST_DEVICES) {
  const Dense z = noise(4, 3, 1);
  Dense t = Dense::Zero(4, 3);
  t(1, 2) = 1;
  const auto [value, slope] = run<TestType>(z, t);
  CHECK(value ==
        Approx(naive_cross_entropy(z.middleRows(1, 1), t.middleRows(1, 1), 1) / 4).epsilon(1e-5));
  for (const Index i : {0, 2, 3}) CHECK(slope.row(i).cwiseAbs().maxCoeff() == 0);
  CHECK(slope.row(1).cwiseAbs().maxCoeff() > 0.01);
}

TEST_CASE("Cross-entropy of no rows is 0, of one class 0 without a gradient", "[loss]") {
  CHECK(run(Dense(0, 4), Dense(0, 4)).first == 0);
  const auto [value, slope] = run(noise(3, 1, 1), Dense::Ones(3, 1));
  CHECK(value == 0);
  CHECK(slope.cwiseAbs().maxCoeff() == 0);
}

TEMPLATE_TEST_CASE(
    "Cross-entropy is finite for logits of a thousand and at temperatures from 0.001 to 1000",
    "[loss]", SELFSAME_TEST_DEVICES) {
  const double temperature = GENERATE(1e-3, 1.0, 1e3);
  Dense z = Dense::Zero(2, 3), t = Dense::Zero(2, 3);
  z << 1000, -1000, 0, 5, 5, 5;
  t << 0, 1, 0, 0, 0, 1;
  const auto [value, slope] = run<TestType>(z, t, temperature);
  CHECK(value == Approx(naive_cross_entropy(z, t, temperature)).epsilon(1e-5));
  CHECK(slope.allFinite());
}

TEMPLATE_TEST_CASE("Cross-entropy of a NaN is NaN, in the value and in its row's gradient only",
                   "[loss]", SELFSAME_TEST_DEVICES) {
  Dense z = noise(4, 20, 1);
  z(2, 17) = NAN;
  const auto [value, slope] = run<TestType>(z, soft(4, 20, 2));
  CHECK(std::isnan(value));
  CHECK(slope.row(2).hasNaN());
  CHECK(slope.topRows(2).allFinite());
  Dense t = soft(4, 20, 2);
  t(1, 3) = NAN;
  CHECK(std::isnan(run<TestType>(noise(4, 20, 1), t).first));
}

TEST_CASE("Cross-entropy writes or adds its gradient times the weight", "[loss]") {
  const Dense z = noise(3, 4, 1), t = soft(3, 4, 2);
  const auto [value, slope] = run(z, t);
  Strided<F64> logits(z), targets(t);
  CHECK(cross_entropy(F64{}, logits.differentiable(-2), targets.in()) == value);
  CHECK(worst(logits.slope(), -2 * slope) < 1e-14);
  CHECK(cross_entropy(F64{}, logits.differentiable().added(5), targets.in()) == value);
  CHECK(worst(logits.slope(), 3 * slope) < 1e-14);
}

TEST_CASE("Cross-entropy has the same bits with one, two and three threads", "[loss]") {
  const Dense z = noise(5000, 11, 1), t = soft(5000, 11, 2);
  Strided<Cpu> one(z), two(z), three(z), targets(t);
  const float value = cross_entropy(Cpu{.threads = 1}, one.differentiable(), targets.in());
  CHECK(cross_entropy(Cpu{.threads = 2}, two.differentiable(), targets.in()) == value);
  CHECK(cross_entropy(Cpu{.threads = 3}, three.differentiable(), targets.in()) == value);
  CHECK(one.slope() == two.slope());
  CHECK(one.slope() == three.slope());
}

TEST_CASE("Cross-entropy refuses what does not fit and prints both sides", "[loss]") {
  Strided<Cpu> logits(noise(4, 3, 1)), targets(noise(4, 2, 1)), short_one(noise(3, 3, 1));
  const auto message = ContainsSubstring("(4, 3)");
  CHECK_THROWS_WITH(cross_entropy(Cpu{}, logits.differentiable(), targets.in()),
                    message && ContainsSubstring("(4, 2)"));
  CHECK_THROWS_WITH(
      cross_entropy(Cpu{}, Differentiable<Cpu>{logits.in(), short_one.differentiable().gradient},
                    logits.in()),
      message && ContainsSubstring("(3, 3)"));
  CHECK_THROWS_WITH(cross_entropy(Cpu{}, logits.differentiable(), logits.in(), -1.f),
                    ContainsSubstring("must be in [2^-20"));
  CHECK_THROWS_AS(cross_entropy(Cpu{}, logits.differentiable(), logits.in(), 0.f),
                  std::invalid_argument);
}

TEST_CASE("Cross-entropy is a loss of rows", "[loss]") {
  static_assert(RowLoss<CrossEntropy, Cpu> && !PairLoss<CrossEntropy, Cpu>);
  static_assert(!WantsUnitRows<CrossEntropy>);
  CHECK(CrossEntropy{}.temperature == 1);
}
