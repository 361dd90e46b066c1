#include <selfsame/kernel/cpu/kl_to_uniform.hpp>

#include "loss/bank_reference.hpp"

using namespace selfsame;
using namespace selfsame::test;

namespace {

using F64 = BasicCpu<double>;
struct Result {
  double value;
  Dense gradient;
};
template <class D = F64>
Result run(const Dense& l, int threads = 1) {
  Strided<D> logits(l);
  Workspace scratch;
  const double value =
      kl_to_uniform_sum(D{.threads = threads}, scratch, logits.differentiable(), Real<D>(1));
  REQUIRE(logits.untouched());
  return {value, logits.slope()};
}
Result naive(const Dense& l) {
  Result r{0, l};
  for (Index i = 0; i < l.rows(); ++i) {
    const Eigen::VectorXd row = l.row(i), log_q = row.array() - log_sum_exp(row);
    const Eigen::VectorXd q = log_q.array().exp();
    r.value += std::log(static_cast<double>(l.cols())) + q.dot(log_q);
    r.gradient.row(i) = q.array() * (log_q.array() - q.dot(log_q));
  }
  return r;
}

}  // namespace

TEMPLATE_TEST_CASE("KL to uniform and its gradient agree with the formulas in double", "[kernel]",
                   SELFSAME_TEST_DEVICES) {
  using D = TestType;
  const auto [rows, words] =
      GENERATE(table<Index, Index>({{0, 4}, {1, 1}, {2, 2}, {3, 17}, {900, 33}, {5, 8192}}));
  const double scale = GENERATE(0.1, 3.0, 100.0);
  CAPTURE(rows, words, scale);
  const Dense l = Strided<D>(scale * noise(rows, words, 1)).rounded();
  const Result mine = run<D>(l), wanted = naive(l);
  const double bound = 32 * epsilon<D> * (8 + scale);
  CHECK(std::abs(mine.value - wanted.value) <= bound * static_cast<double>(rows));
  if (rows > 0) CHECK((mine.gradient - wanted.gradient).cwiseAbs().maxCoeff() <= bound);
}

TEST_CASE("KL to uniform: the gradient agrees with central differences", "[kernel]") {
  const Dense l = noise(3, 6, 1);
  CHECK(difference_error([](const Dense& x) { return run(x).value; }, l, run(l).gradient) < 1e-6);
}

TEST_CASE("KL to uniform has the golden numbers, and PyTorch's", "[kernel]") {
  Dense l(1, 4), slope(1, 4);
  for (Index k = 0; k < 4; ++k) l(0, k) = std::sin(static_cast<double>(1 + k));
  slope << .07804377869, .1097363749, -.08682070273, -.1009594508;
  CHECK(run(l).value == Approx(.1517769235).epsilon(1e-9));
  CHECK((run(l).gradient - slope).cwiseAbs().maxCoeff() < 1e-10);
  const Golden golden = Golden::read("loss/dvae.txt");
  const Result r = run(dense(golden["logits"]));
  CHECK(r.value == Approx(golden["kl_value"].values[0]).epsilon(1e-12));
  CHECK(worst(r.gradient, dense(golden["kl_gradient"])) < 1e-12);
}

TEMPLATE_TEST_CASE(
    "KL to uniform is 0 for equal logits only, at most log V, its gradient sums to 0", "[kernel]",
    SELFSAME_TEST_DEVICES) {
  using D = TestType;
  const Result equal = run<D>(Dense::Constant(4, 8192, 0.7));
  CHECK(std::abs(equal.value) < 64 * epsilon<D>);
  CHECK(equal.gradient.cwiseAbs().maxCoeff() < epsilon<D>);
  CHECK(run<D>(noise(1, 5, 1)).value > 1e-3);
  Dense sure = Dense::Zero(1, 8192);
  sure(0, 77) = 1000;
  CHECK(run<D>(sure).value == Approx(9.0109).epsilon(1e-5));
  CHECK(run<D>(sure).gradient.cwiseAbs().maxCoeff() == 0);
  const Result some = run<D>(2 * noise(9, 301, 1));
  for (Index i = 0; i < 9; ++i) CHECK(std::abs(some.gradient.row(i).sum()) < 64 * epsilon<D>);
}

TEST_CASE("KL to uniform: a class that cannot be costs nothing, a NaN shows", "[kernel]") {
  Dense l = noise(3, 20, 1);
  l(1, 4) = -INFINITY;
  Dense far = l;
  far(1, 4) = -1e5;
  CHECK(run(l).value == Approx(run(far).value).epsilon(1e-14));
  CHECK(run(l).gradient == run(far).gradient);
  for (const double bad : {static_cast<double>(NAN), static_cast<double>(INFINITY)}) {
    for (const Index at : {0, 17}) {
      Dense wrong = l;
      wrong(2, at) = bad;
      CHECK(std::isnan(run<Cpu>(wrong).value));
      CHECK(run<Cpu>(wrong).gradient.row(2).hasNaN());
      CHECK(run<Cpu>(wrong).gradient.topRows(2).allFinite());
    }
  }
  l.row(0).setConstant(-INFINITY);
  CHECK(std::isnan(run(l).value));
}

TEST_CASE("KL to uniform writes or adds its gradient times factor and weight", "[kernel]") {
  const Dense l = noise(3, 20, 1);
  const Result r = run(l);
  Strided<F64> logits(l);
  Workspace scratch;
  CHECK(kl_to_uniform_sum(F64{}, scratch, logits.differentiable(-2), 0.5) == r.value);
  CHECK(worst(logits.slope(), -r.gradient) < 1e-14);
  CHECK(kl_to_uniform_sum(F64{}, scratch, logits.differentiable().added(4), 0.5) == r.value);
  CHECK(worst(logits.slope(), r.gradient) < 1e-14);
}

TEST_CASE("KL to uniform has the same bits with one, two, three and seven threads", "[kernel]") {
  const Dense l = noise(3000, 33, 1);
  const Result one = run<Cpu>(l);
  for (const int threads : {2, 3, 7}) {
    CHECK(run<Cpu>(l, threads).value == one.value);
    CHECK(run<Cpu>(l, threads).gradient == one.gradient);
  }
}
