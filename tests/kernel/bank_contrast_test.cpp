#include <selfsame/kernel/cpu/bank_contrast.hpp>

#include "loss/bank_reference.hpp"

using namespace selfsame;
using namespace selfsame::test;

namespace {

template <class D>
IndexRows<D> indices(const Lists& lists) {
  return {lists.data(), lists.rows(), lists.cols()};
}
// A float's scores are known to epsilon / temperature.
template <class D>
double rounding(double temperature) {
  return epsilon<D> * (64 + 32 / temperature);
}

}  // namespace

TEMPLATE_TEST_CASE("Rows of a bank: both forms agree with the formulas in double", "[kernel]",
                   SELFSAME_TEST_DEVICES) {
  using D = TestType;
  const auto [batch, k, width] = GENERATE(table<Index, Index, Index>({{0, 3, 4},
                                                                      {1, 0, 5},
                                                                      {1, 1, 1},
                                                                      {2, 2, 3},
                                                                      {3, 31, 16},
                                                                      {5, 32, 17},
                                                                      {7, 33, 128},
                                                                      {3, 100, 130},
                                                                      {40, 65, 300},
                                                                      {2, 2500, 20}}));
  const double temperature = GENERATE(0.07, 1.0);
  CAPTURE(batch, k, width, temperature);
  const Index rows = 50;
  Strided<D> f(unit(noise(batch, width, 1))), g(unit(noise(batch, width, 1))),
      bank(unit(noise(rows, width, 2)));
  const Lists lists = lists_of(every_third(batch, rows), k, rows, 3);
  Workspace scratch;
  const auto t = static_cast<Real<D>>(temperature);
  const Real<D> factor = batch > 0 ? 1 / static_cast<Real<D>>(batch) : 1;
  const auto n = static_cast<double>(std::max<Index>(batch, 1));

  const double softmax =
      bank_info_nce_sum(D{}, scratch, f.differentiable(), bank.in(), indices<D>(lists), t, factor) /
      n;
  Reference wanted = naive_bank(f.rounded(), bank.rounded(), lists, temperature);
  CHECK(std::abs(softmax - wanted.value) <= rounding<D>(temperature) * (1 + wanted.value));
  CHECK(((f.slope() - wanted.rows).norm() <=
         4 * rounding<D>(temperature) * (wanted.rows.norm() + 1e-3 / temperature)));
  CHECK((f.untouched() && bank.untouched()));

  const double log_mean = 1.5;
  const double nce = bank_nce_sum(D{}, scratch, g.differentiable(), bank.in(), indices<D>(lists),
                                  static_cast<Real<D>>(log_mean), t, factor) /
                     n;
  if (k == 0) {  // without noise all is true
    CHECK(nce == 0);
    return;
  }
  wanted = naive_bank(g.rounded(), bank.rounded(), lists, temperature, &log_mean);
  CHECK(std::abs(nce - wanted.value) <= rounding<D>(temperature) * (1 + wanted.value));
  CHECK(((g.slope() - wanted.rows).norm() <= 4 * rounding<D>(temperature) * wanted.rows.norm()));
  CHECK(g.untouched());
}

TEMPLATE_TEST_CASE("Rows of a bank: log-sum-exp of each anchor's scores", "[kernel]",
                   SELFSAME_TEST_DEVICES) {
  using D = TestType;
  const Index k = GENERATE(0, 1, 37, 1000);
  Strided<D> f(unit(noise(6, 11, 1))), bank(3 * unit(noise(30, 11, 2)));
  const Lists lists = lists_of(every_third(6, 30), k, 30, 4);
  std::vector<Real<D>> to(6);
  Workspace scratch;
  bank_log_sum_exp(D{}, scratch, f.in(), bank.in(), indices<D>(lists), Real<D>(0.1), view<D>(to));
  for (Index i = 0; i < 6; ++i)
    CHECK(static_cast<double>(to[static_cast<std::size_t>(i)]) ==
          Approx(log_sum_exp(scores_of(f.rounded(), bank.rounded(), lists, i, 0.1)))
              .epsilon(200 * epsilon<D>));
}

TEST_CASE("Rows of a bank: scores of a thousand are finite, and the largest may come last",
          "[kernel]") {
  using D = Cpu;
  Dense bank(70, 2), f(2, 2);
  for (Index i = 0; i < 70; ++i)
    bank.row(i) << std::cos(0.09 * static_cast<double>(i)), std::sin(0.09 * static_cast<double>(i));
  f << 1, 0, -1, 0;
  Lists lists(2, 70);
  for (Index j = 0; j < 70; ++j) lists(0, j) = 69 - j, lists(1, j) = j;
  Strided<D> rows(f), all(bank);
  Workspace scratch;
  const double value = bank_info_nce_sum(D{}, scratch, rows.differentiable(), all.in(),
                                         indices<D>(lists), 1e-3f, 0.5f) /
                       2;
  const Reference wanted = naive_bank(rows.rounded(), all.rounded(), lists, 1e-3);
  CHECK(value == Approx(wanted.value).epsilon(1e-5));
  CHECK(worst(rows.slope(), wanted.rows) < 1e-2);  // probabilities known to 1e-3 * 1000
  const double nce = bank_nce_sum(D{}, scratch, rows.differentiable(), all.in(), indices<D>(lists),
                                  900.f, 1e-3f, 0.5f) /
                     2;
  const double log_mean = 900;
  CHECK(nce == Approx(naive_bank(rows.rounded(), all.rounded(), lists, 1e-3, &log_mean).value)
                   .epsilon(1e-5));
  CHECK(rows.slope().allFinite());
}

TEST_CASE("Rows of a bank: a loss near zero keeps its digits", "[kernel]") {
  using D = BasicCpu<double>;
  Dense bank(2, 2), f(1, 2);
  bank << 1, 0, -1, 0;
  f << 1, 0;
  Lists lists(1, 2);
  lists << 0, 1;
  Strided<D> rows(f), all(bank);
  Workspace scratch;
  CHECK(bank_info_nce_sum(D{}, scratch, rows.differentiable(), all.in(), indices<D>(lists), 0.05,
                          1.) == Approx(std::log1p(std::exp(-40.))).epsilon(1e-13));
  CHECK(rows.slope()(0, 0) == Approx(-2 * std::exp(-40.) / 0.05).epsilon(1e-12));
  CHECK(bank_nce_sum(D{}, scratch, rows.differentiable(), all.in(), indices<D>(lists), 0., 0.05,
                     1.) == Approx(2 * std::log1p(std::exp(-20.))).epsilon(1e-13));
}

TEST_CASE("Rows of a bank: a NaN or an infinity shows in the value and in its anchors only",
          "[kernel]") {
  using D = Cpu;
  const double bad = GENERATE(static_cast<double>(NAN), static_cast<double>(INFINITY),
                              -static_cast<double>(INFINITY));
  const Index at = GENERATE(0, 7, 60);
  Dense bank = unit(noise(30, 20, 2));
  bank(29, 13) = bad;
  Lists lists = lists_of({1, 4, 7}, 70, 29, 3);  // row 29 is nobody's
  lists(1, at) = 29;
  Strided<D> f(unit(noise(3, 20, 1))), all(bank);
  Workspace scratch;
  const double softmax =
      bank_info_nce_sum(D{}, scratch, f.differentiable(), all.in(), indices<D>(lists), 0.1f, 1.f);
  const auto check_rows = [&] {
    CHECK((f.slope().row(0).allFinite() && f.slope().row(2).allFinite()));
    CHECK(!f.slope().row(1).allFinite());
    if (std::isnan(bad)) CHECK(f.slope().row(1).hasNaN());
  };
  check_rows();
  const double nce =
      bank_nce_sum(D{}, scratch, f.differentiable(), all.in(), indices<D>(lists), 1.f, 0.1f, 1.f);
  check_rows();
  // Also where the score is -infinity and would cost nothing: the gradient is not finite.
  CHECK((std::isnan(softmax) && std::isnan(nce)));
}

TEST_CASE("Rows of a bank: more than a thousand terms of noise do not overflow", "[kernel]") {
  using D = BasicCpu<double>;
  const Dense bank = Dense::Ones(1, 1), f = Dense::Ones(1, 1);
  const Lists lists = Lists::Zero(1, 5001);
  Strided<D> rows(f), all(bank);
  Workspace scratch;
  const double shift = std::log(5000.);  // t = 1 / 1 - (1 - log k) - log k = 0 for each
  CHECK(bank_nce_sum(D{}, scratch, rows.differentiable(), all.in(), indices<D>(lists), 1 - shift,
                     1., 1.) == Approx(5001 * std::log(2.)).epsilon(1e-13));
  CHECK(rows.slope()(0, 0) == Approx(5000 * 0.5 - 0.5).epsilon(1e-13));
}

TEST_CASE("Rows of a bank: the same bits with one, two, three and seven threads", "[kernel]") {
  const Dense f = unit(noise(67, 40, 1)), bank = unit(noise(500, 40, 2));
  const Lists lists = lists_of(every_third(67, 500), 333, 500, 3);
  Strided<Cpu> all(bank), one(f);
  Workspace scratch;
  const double value = bank_info_nce_sum(Cpu{}, scratch, one.differentiable(), all.in(),
                                         indices<Cpu>(lists), 0.1f, 1.f);
  const Dense slope = one.slope();
  const double nce = bank_nce_sum(Cpu{}, scratch, one.differentiable(), all.in(),
                                  indices<Cpu>(lists), 2.f, 0.1f, 1.f);
  for (const int threads : {2, 3, 7}) {
    Strided<Cpu> other(f);
    Workspace own;
    const Cpu device{.threads = threads};
    CHECK(bank_info_nce_sum(device, own, other.differentiable(), all.in(), indices<Cpu>(lists),
                            0.1f, 1.f) == value);
    CHECK(other.slope() == slope);
    CHECK(bank_nce_sum(device, own, other.differentiable(), all.in(), indices<Cpu>(lists), 2.f,
                       0.1f, 1.f) == nce);
    CHECK(other.slope() == one.slope());
  }
}

TEST_CASE("Rows of a bank: every instruction set agrees with the formula", "[kernel]") {
  const Isa best = isa_in_use();
  const Lists lists = lists_of(every_third(5, 40), 77, 40, 3);
  for (const Isa isa : {Isa::portable, Isa::avx2, Isa::avx512}) {
    if (isa > best) continue;
    isa_in_use() = isa;
    Strided<Cpu> f(unit(noise(5, 150, 1))), bank(unit(noise(40, 150, 2)));
    Strided<BasicCpu<double>> g(unit(noise(5, 150, 1))), wide(unit(noise(40, 150, 2)));
    Workspace scratch;
    const double value = bank_info_nce_sum(Cpu{}, scratch, f.differentiable(), bank.in(),
                                           indices<Cpu>(lists), 0.1f, 0.2f);
    const Reference wanted = naive_bank(f.rounded(), bank.rounded(), lists, 0.1);
    CHECK(value / 5 == Approx(wanted.value).epsilon(1e-5));
    CHECK(worst(f.slope(), wanted.rows) < 1e-4);
    const double log_mean = 2;
    const double nce = bank_nce_sum(BasicCpu<double>{}, scratch, g.differentiable(), wide.in(),
                                    indices<BasicCpu<double>>(lists), log_mean, 0.1, 0.2);
    const Reference other = naive_bank(g.rounded(), wide.rounded(), lists, 0.1, &log_mean);
    CHECK(nce / 5 == Approx(other.value).epsilon(1e-12));
    CHECK(worst(g.slope(), other.rows) < 1e-12);
  }
  isa_in_use() = best;
}
