#include <selfsame/kernel/cpu/shared_bank_contrast.hpp>

#include "loss/bank_reference.hpp"

using namespace selfsame;
using namespace selfsame::test;

namespace {

// Anchor i's own row is row i of `own`; the negatives stand behind them in one bank of the reference.
struct Both {
  Dense bank;
  Lists lists;
};
Both as_lists(const Dense& own, const Dense& negatives) {
  Both both{Dense(own.rows() + negatives.rows(), own.cols()),
            Lists(own.rows(), negatives.rows() + 1)};
  both.bank << own, negatives;
  for (Index i = 0; i < own.rows(); ++i)
    for (Index j = 0; j <= negatives.rows(); ++j)
      both.lists(i, j) = j == 0 ? i : own.rows() + j - 1;
  return both;
}

}  // namespace

TEMPLATE_TEST_CASE("Shared negatives: value and gradient agree with the formula in double",
                   "[kernel]", SELFSAME_TEST_DEVICES) {
  using D = TestType;
  const auto [batch, k, width] = GENERATE(table<Index, Index, Index>(
      {{0, 3, 4}, {1, 1, 1}, {2, 2, 3}, {5, 193, 17}, {13, 481, 30}, {300, 7, 5}, {3, 1500, 128}}));
  CAPTURE(batch, k, width);
  Strided<D> f(unit(noise(batch, width, 1))), own(unit(noise(batch, width, 2))),
      negatives(unit(noise(k, width, 3)));
  Workspace scratch;
  const double log_mean = 1.25, temperature = 0.125;
  const Real<D> factor = batch > 0 ? 1 / static_cast<Real<D>>(batch) : 1;
  const double value = shared_nce_sum(D{}, scratch, f.differentiable(), own.in(), negatives.in(),
                                      static_cast<Real<D>>(log_mean), Real<D>(0.125), factor) /
                       static_cast<double>(std::max<Index>(batch, 1));
  const Both both = as_lists(own.rounded(), negatives.rounded());
  const Reference wanted = naive_bank(f.rounded(), both.bank, both.lists, temperature, &log_mean);
  CHECK(std::abs(value - wanted.value) <= 200 * epsilon<D> * (1 + wanted.value));
  CHECK((f.slope() - wanted.rows).norm() <= 500 * epsilon<D> * wanted.rows.norm());
  CHECK((f.untouched() && own.untouched() && negatives.untouched()));
  std::vector<Real<D>> sums(static_cast<std::size_t>(batch));
  shared_log_sum_exp(D{}, scratch, f.in(), own.in(), negatives.in(), Real<D>(0.125), view<D>(sums));
  for (Index i = 0; i < batch; ++i)
    CHECK(static_cast<double>(sums[static_cast<std::size_t>(i)]) ==
          Approx(log_sum_exp(scores_of(f.rounded(), both.bank, both.lists, i, temperature)))
              .epsilon(200 * epsilon<D>));
}

TEST_CASE("Shared negatives: the gradient is weighted, written or added", "[kernel]") {
  using D = BasicCpu<double>;
  const Dense z = unit(noise(4, 6, 1));
  Strided<D> f(z), g(z), own(unit(noise(4, 6, 2))), negatives(unit(noise(9, 6, 3)));
  Workspace scratch;
  const auto run = [&](Differentiable<D> differentiable) {
    return shared_nce_sum(D{}, scratch, differentiable, own.in(), negatives.in(), 1., 0.2, 0.25);
  };
  const double value = run(f.differentiable());
  CHECK(run(g.differentiable(-2)) == value);
  CHECK(worst(g.slope(), -2 * f.slope()) < 1e-13);
  CHECK(run(g.differentiable().added(5)) == value);
  CHECK(worst(g.slope(), 3 * f.slope()) < 1e-13);
}

TEST_CASE("Shared negatives: without any, nothing is lost and nothing pulls", "[kernel]") {
  using D = BasicCpu<double>;
  Strided<D> f(unit(noise(4, 6, 1))), own(unit(noise(4, 6, 2)));
  Workspace scratch;
  CHECK(shared_nce_sum(D{}, scratch, f.differentiable(), own.in(), In<D>{nullptr, 0, 6}, 1., 0.2,
                       1.) == 0);
  CHECK(f.slope().cwiseAbs().maxCoeff() == 0);
}

TEST_CASE("Shared negatives: a NaN shows in the value", "[kernel]") {
  Dense bank = unit(noise(40, 6, 3));
  bank(33, 2) = NAN;
  Strided<Cpu> f(unit(noise(4, 6, 1))), own(unit(noise(4, 6, 2))), negatives(bank);
  Workspace scratch;
  CHECK(std::isnan(shared_nce_sum(Cpu{}, scratch, f.differentiable(), own.in(), negatives.in(), 1.f,
                                  0.2f, 1.f)));
  Dense anchors = unit(noise(4, 6, 1));
  anchors(2, 1) = NAN;
  Strided<Cpu> g(anchors);
  CHECK(std::isnan(
      shared_nce_sum(Cpu{}, scratch, g.differentiable(), own.in(), own.in(), 1.f, 0.2f, 1.f)));
  CHECK((g.slope().row(2).hasNaN() && g.slope().row(1).allFinite()));
}

TEST_CASE("Shared negatives: the same bits with one, two, three and seven threads", "[kernel]") {
  const Dense z = unit(noise(167, 40, 1));
  Strided<Cpu> own(unit(noise(167, 40, 2))), negatives(unit(noise(700, 40, 3))), one(z);
  Workspace scratch;
  const double value = shared_nce_sum(Cpu{}, scratch, one.differentiable(), own.in(),
                                      negatives.in(), 1.f, 0.1f, 1.f);
  for (const int threads : {2, 3, 7}) {
    Strided<Cpu> other(z);
    Workspace mine;
    CHECK(shared_nce_sum(Cpu{.threads = threads}, mine, other.differentiable(), own.in(),
                         negatives.in(), 1.f, 0.1f, 1.f) == value);
    CHECK(other.slope() == one.slope());
  }
}
