#include <selfsame/kernel/cpu/gumbel.hpp>

#include "loss/bank_reference.hpp"

using namespace selfsame;
using namespace selfsame::test;

namespace {

using F64 = BasicCpu<double>;

Dense naive_sample(const Dense& l, const Dense& u, double temperature) {
  Dense y = l;
  for (Index i = 0; i < l.rows(); ++i) {
    for (Index k = 0; k < l.cols(); ++k) {
      const double clamped = std::min(std::max(u(i, k), 1e-20), 1 - 1e-7);
      y(i, k) = (l(i, k) - std::log(-std::log(clamped))) / temperature;
    }
    const Eigen::VectorXd row = y.row(i);
    y.row(i) = (row.array() - log_sum_exp(row)).exp();
  }
  return y;
}
Dense uniforms(Index rows, Index cols, unsigned seed) {
  std::mt19937 bits(seed);
  Dense u(rows, cols);
  for (Index i = 0; i < rows; ++i)
    for (Index k = 0; k < cols; ++k) u(i, k) = (static_cast<double>(bits() % 1023) + 1) / 1024;
  return u;
}
template <class D = F64>
Dense sample(const Dense& l, const Dense& u, double temperature, int threads = 1) {
  Strided<D> logits(l), noise(u), y(Dense::Zero(l.rows(), l.cols()));
  Workspace scratch;
  gumbel_softmax(D{.threads = threads}, scratch, logits.in(), noise.in(),
                 static_cast<Real<D>>(temperature), y.differentiable().gradient);
  REQUIRE((logits.untouched() && y.untouched()));
  return y.slope();
}
template <class D = F64>
Dense pulled(const Dense& y, const Dense& slope, double temperature, Write write = Write::overwrite,
             double before = NAN) {
  Strided<D> soft(y), a(slope), to(y);
  to.differentiable().gradient(0, 0) = 0;
  for (Index i = 0; i < y.rows(); ++i)
    for (Index k = 0; k < y.cols(); ++k)
      to.differentiable().gradient(i, k) = static_cast<Activation<D>>(before);
  gumbel_softmax_gradient(D{}, soft.in(), a.in(), static_cast<Real<D>>(temperature),
                          to.differentiable().gradient, write);
  REQUIRE(to.untouched());
  return to.slope();
}
Dense counted(const Dense& l, const std::vector<Random>& images, double temperature) {
  Strided<F64> logits(l), y(l);
  Workspace scratch;
  gumbel_softmax(F64{}, scratch, logits.in(), view<F64>(images), temperature,
                 y.differentiable().gradient);
  return y.slope();
}
template <class D = F64>
Dense one_hot(const Dense& y) {
  Strided<D> soft(y), hard(y);
  Workspace scratch;
  one_hot_of_largest(D{}, scratch, soft.in(), hard.differentiable().gradient);
  REQUIRE(hard.untouched());
  return hard.slope();
}

}  // namespace

TEMPLATE_TEST_CASE("A Gumbel sample and its gradient agree with the formulas in double", "[kernel]",
                   SELFSAME_TEST_DEVICES) {
  using D = TestType;
  const auto [rows, words] =
      GENERATE(table<Index, Index>({{0, 4}, {1, 1}, {2, 2}, {3, 17}, {700, 33}, {5, 4099}}));
  const double temperature = GENERATE(1.0 / 16, 1.0);
  CAPTURE(rows, words, temperature);
  const Dense l = Strided<D>(2 * noise(rows, words, 1)).rounded(), u = uniforms(rows, words, 2),
              pull = Strided<D>(noise(rows, words, 3)).rounded();
  const Dense y = sample<D>(l, u, temperature), wanted = naive_sample(l, u, temperature);
  if (rows == 0) return;
  CHECK((y - wanted).cwiseAbs().maxCoeff() < 64 * epsilon<D> / temperature);
  Dense slope = y;
  for (Index i = 0; i < rows; ++i)
    slope.row(i) =
        y.row(i).cwiseProduct((pull.row(i).array() - y.row(i).dot(pull.row(i))).matrix()) /
        temperature;
  const double bound = 64 * epsilon<D> * (slope.cwiseAbs().maxCoeff() + 1 / temperature);
  CHECK((pulled<D>(y, pull, temperature) - slope).cwiseAbs().maxCoeff() < bound);
  CHECK((pulled<D>(y, pull, temperature, Write::add, 2) - slope)
            .array()
            .isApprox(Dense::Constant(rows, words, 2).array(), bound + 1e-6));
}

TEST_CASE("A Gumbel sample's gradient agrees with central differences", "[kernel]") {
  const double temperature = GENERATE(0.25, 1.0, 4.0);
  const Dense l = noise(3, 6, 1), u = uniforms(3, 6, 2), pull = noise(3, 6, 3);
  CHECK(difference_error(
            [&](const Dense& x) { return sample(x, u, temperature).cwiseProduct(pull).sum(); }, l,
            pulled(sample(l, u, temperature), pull, temperature)) < 1e-6);
}

TEST_CASE("A Gumbel sample has the golden numbers, soft and straight through", "[kernel]") {
  Dense l(1, 4), u(1, 4), pull(1, 4), wanted(1, 4), slope(1, 4);
  for (Index k = 0; k < 4; ++k) {
    l(0, k) = std::sin(static_cast<double>(1 + k));
    u(0, k) = .2 * static_cast<double>(k + 1);
    pull(0, k) = std::cos(static_cast<double>(k));
  }
  wanted << .1098006260, .3879716419, .2685905906, .2336371415;
  slope << .2247947213, .4375946494, -.2108421598, -.4515472109;
  const Dense y = sample(l, u, .5);
  CHECK((y - wanted).cwiseAbs().maxCoeff() < 1e-10);
  CHECK(y.cwiseProduct(pull).sum() == Approx(-.02364954289).epsilon(1e-9));
  CHECK((pulled(y, pull, .5) - slope).cwiseAbs().maxCoeff() < 1e-10);
  const Dense hard = one_hot(y);  // its slope at the one-hot is the same
  CHECK(hard.cwiseProduct(pull).sum() == Approx(.5403023059).epsilon(1e-10));
}

TEST_CASE("A Gumbel sample agrees with PyTorch", "[kernel]") {
  const Golden golden = Golden::read("loss/dvae.txt");
  const Dense l = dense(golden["logits"]), u = dense(golden["uniforms"]);
  CHECK(worst(sample(l, u, .5), dense(golden["soft"])) < 1e-13);
  CHECK(worst(sample<Cpu>(l, u, .5), dense(golden["soft"])) < 1e-5);
  CHECK(worst(pulled(dense(golden["soft"]), dense(golden["pull"]), .5),
              dense(golden["logits_gradient"])) < 1e-13);
}

TEMPLATE_TEST_CASE("A Gumbel sample is not negative, sums to 1, and is one-hot when cold",
                   "[kernel]", SELFSAME_TEST_DEVICES) {
  using D = TestType;
  const double temperature = GENERATE(1e-3, 1.0, 1e3);
  const Dense y = sample<D>(3 * noise(50, 19, 1), uniforms(50, 19, 2), temperature);
  CHECK(y.minCoeff() >= 0);
  for (Index i = 0; i < 50; ++i) CHECK(y.row(i).sum() == Approx(1).epsilon(64 * epsilon<D>));
  if (temperature < 0.01) CHECK((y - one_hot<D>(y)).cwiseAbs().maxCoeff() < 0.01);
  if (temperature > 100) CHECK((y.array() - 1. / 19).abs().maxCoeff() < 0.01);
}

TEST_CASE("The arg max of Gumbel samples has the softmax's frequencies at any temperature",
          "[kernel]") {
  const Index rows = 20000;
  Dense l(rows, 4);
  for (Index i = 0; i < rows; ++i) l.row(i) << 0, 1, -1, 0.5;
  std::vector<Random> images;
  for (Index i = 0; i < rows; ++i) images.emplace_back(3, Stream::test, 0, Key{{i, 0}, 0, 0});
  const Eigen::VectorXd first = l.row(0), p = (first.array() - log_sum_exp(first)).exp();
  for (const double temperature : {0.1, 5.0}) {
    const Dense hard = one_hot(counted(l, images, temperature));
    for (Index k = 0; k < 4; ++k)
      CHECK(std::abs(hard.col(k).mean() - p(k)) <
            5 * std::sqrt(p(k) * (1 - p(k)) / static_cast<double>(rows)));
  }
}

TEST_CASE("Straight through: exactly one 1 a row, the lowest of the largest", "[kernel]") {
  const Dense hard = one_hot<Cpu>(sample(noise(90, 23, 1), uniforms(90, 23, 2), 0.7));
  for (Index i = 0; i < 90; ++i)
    CHECK(((hard.row(i).array() == 1).count() == 1 && (hard.row(i).array() == 0).count() == 22));
  Dense ties(2, 5);
  ties << .1, .3, .3, .3, 0, .2, .2, .2, .2, .2;
  CHECK((one_hot(ties)(0, 1) == 1 && one_hot(ties)(1, 0) == 1));
}

TEST_CASE("Counted Gumbel noise belongs to the image and its position, not to the batch",
          "[kernel]") {
  const Dense l = noise(6, 5, 1);  // two images of three positions
  const auto random = [](Index sample) {
    return Random(1, Stream::test, 0, Key{{sample, 0}, 0, 0});
  };
  const Dense both = counted(l, {random(8), random(9)}, 1);
  CHECK(counted(l.bottomRows(3), {random(9)}, 1) == both.bottomRows(3));
  CHECK(counted(l.bottomRows(3), {random(8)}, 1) != both.bottomRows(3));
  Dense u(6, 5);
  for (Index r = 0; r < 6; ++r)
    for (Index k = 0; k < 5; ++k) u(r, k) = random(8 + r / 3).uniform(r % 3 * 5 + k);
  CHECK(sample(l, u, 1) == both);
}

TEST_CASE("Gumbel noise is finite for uniforms of 0 and 1, and hides no NaN", "[kernel]") {
  Dense u(1, 3);
  u << 0, 1, .5;
  const Dense y = sample(Dense::Zero(1, 3), u, 1);
  CHECK(y.allFinite());
  CHECK(std::log(y(0, 1) / y(0, 0)) ==
        Approx(-std::log(-std::log(1 - 1e-7)) + std::log(-std::log(1e-20))).epsilon(1e-12));
  u(0, 2) = NAN;
  CHECK(sample(Dense::Zero(1, 3), u, 1).hasNaN());
  Dense l = Dense::Zero(3, 3);
  l(1, 2) = NAN;
  const Dense some = sample(l, Dense::Constant(3, 3, .5), 1);
  CHECK(some.row(1).array().isNaN().all());
  CHECK((some.row(0).allFinite() && some.row(2).allFinite()));
  CHECK(one_hot(some).row(1).array().isNaN().all());
  CHECK(pulled(some, Dense::Ones(3, 3), 1).row(1).hasNaN());
}

TEST_CASE("A Gumbel sample has the same bits with one, two, three and seven threads", "[kernel]") {
  const Dense l = noise(700, 33, 1), u = uniforms(700, 33, 2);
  const Dense one = sample<Cpu>(l, u, 0.5);
  for (const int threads : {2, 3, 7}) CHECK(sample<Cpu>(l, u, 0.5, threads) == one);
}
