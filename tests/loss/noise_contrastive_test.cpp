#include <selfsame/loss/noise_contrastive.hpp>
#include <selfsame/testing/virtual_ranks.hpp>

#include "loss/bank_reference.hpp"

using namespace selfsame;
using namespace selfsame::test;
using Catch::Matchers::ContainsSubstring;

namespace {

using F64 = BasicCpu<double>;
struct Result {
  double value;
  Dense gradient;
};
template <class D = F64>
Result run(const Dense& f, const Dense& bank, const Lists& lists, double log_mean,
           double temperature) {
  Strided<D> anchors(f), rows(bank);
  const double value = bank_nce(D{}, anchors.differentiable(), rows.in(), own_negatives<D>(lists),
                                static_cast<Real<D>>(log_mean), {.temperature = temperature});
  REQUIRE(anchors.untouched());
  return {value, anchors.slope()};
}
template <class D = F64>
Result run(const Dense& f, const Dense& bank, const std::vector<Index>& own,
           const std::vector<Index>& shared, double log_mean, double temperature) {
  Strided<D> anchors(f), rows(bank);
  const double value = bank_nce(
      D{}, anchors.differentiable(), rows.in(), SharedNegatives<D>{view<D>(own), view<D>(shared)},
      static_cast<Real<D>>(log_mean), NoiseContrastive{.temperature = temperature});
  REQUIRE(anchors.untouched());
  return {value, anchors.slope()};
}
template <class D = F64>
double mean_of(const Dense& f, const Dense& bank, const Lists& lists, double temperature) {
  Strided<D> anchors(f), rows(bank);
  return bank_log_mean(D{}, anchors.in(), rows.in(), own_negatives<D>(lists),
                       {.temperature = temperature});
}

}  // namespace

TEMPLATE_TEST_CASE("NCE agrees with the formula, lists of one's own or shared", "[loss]",
                   SELFSAME_TEST_DEVICES) {
  using D = TestType;
  const auto [batch, k, width] = GENERATE(
      table<Index, Index, Index>({{1, 1, 2}, {2, 2, 5}, {7, 33, 16}, {101, 200, 9}, {5, 700, 64}}));
  const double temperature = GENERATE(0.07, 1.0), log_mean = GENERATE(-3.0, 2.0);
  CAPTURE(batch, k, width, temperature, log_mean);
  Strided<D> f(unit(noise(batch, width, 1))), bank(unit(noise(60, width, 2)));
  const auto own = every_third(batch, 60);
  const Lists lists = lists_of(own, k, 60, 3);
  const double bound = epsilon<D> * (64 + 32 / temperature);
  const Result mine = run<D>(f.rounded(), bank.rounded(), lists, log_mean, temperature);
  const Reference wanted = naive_bank(f.rounded(), bank.rounded(), lists, temperature, &log_mean);
  CHECK(std::abs(mine.value - wanted.value) <= bound * (1 + wanted.value));
  CHECK((mine.gradient - wanted.rows).norm() <= 8 * bound * wanted.rows.norm());
  std::vector<Index> shared;
  for (Index j = 1; j <= k; ++j) shared.push_back(lists(0, j));
  const Result common = run<D>(f.rounded(), bank.rounded(), own, shared, log_mean, temperature);
  const Lists all = shared_as_lists(own, shared);
  const Reference both = naive_bank(f.rounded(), bank.rounded(), all, temperature, &log_mean);
  CHECK(std::abs(common.value - both.value) <= bound * (1 + both.value));
  CHECK((common.gradient - both.rows).norm() <= 8 * bound * both.rows.norm());
  CHECK(mean_of<D>(f.rounded(), bank.rounded(), lists, temperature) ==
        Approx(naive_log_mean(f.rounded(), bank.rounded(), lists, temperature))
            .epsilon(bound)
            .margin(bound));
  CHECK(static_cast<double>(bank_log_mean(
            D{}, f.in(), bank.in(),
            SharedNegatives<D>{view<D>(std::as_const(own)), view<D>(std::as_const(shared))},
            NoiseContrastive{.temperature = temperature})) ==
        Approx(naive_log_mean(f.rounded(), bank.rounded(), all, temperature))
            .epsilon(bound)
            .margin(bound));
}

TEST_CASE("NCE: the gradient agrees with central differences, log(Z / n) being a constant",
          "[loss]") {
  const double temperature = GENERATE(0.1, 1.0, 1000.0);
  const Dense f = unit(noise(4, 5, 1)), bank = unit(noise(20, 5, 2));
  const auto own = every_third(4, 20);
  const Lists lists = lists_of(own, 6, 20, 3);
  const std::vector<Index> shared{3, 9, 1, 1};
  const double log_mean = mean_of(f, bank, lists, temperature);
  const double tenfold = temperature > 1 ? 1000 : 1;  // small slopes at 1000
  CHECK(difference_error(
            [&](const Dense& x) {
              return tenfold * run(x, bank, lists, log_mean, temperature).value;
            },
            f, tenfold * run(f, bank, lists, log_mean, temperature).gradient) < 1e-6);
  CHECK(difference_error(
            [&](const Dense& x) {
              return tenfold * run(x, bank, own, shared, log_mean, temperature).value;
            },
            f, tenfold * run(f, bank, own, shared, log_mean, temperature).gradient) < 1e-6);
}

TEST_CASE("NCE's first step with equal scores is log(1 + k) + k log(1 + 1 / k) at any temperature",
          "[loss]") {
  const double temperature = GENERATE(0.07, 5.0);
  const Index rows = GENERATE(9, 50);
  const Dense bank = Dense::Constant(rows, 4, 0.5), f = unit(noise(2, 4, 1));
  for (const auto& [k, wanted] : {std::pair<Index, double>{1, 2 * std::log(2.)},
                                  {4096, 9.317888227},
                                  {16384, 10.704091045}}) {
    Dense same(2, 4);
    same << f.row(0), f.row(0);
    const Lists lists = lists_of({1, 2}, k, rows, 1);
    const double log_mean = mean_of(same, bank, lists, temperature);
    CHECK(run(same, bank, lists, log_mean, temperature).value == Approx(wanted).epsilon(1e-9));
    std::vector<Index> shared(static_cast<std::size_t>(k), 3);
    CHECK(run(same, bank, {1, 2}, shared, log_mean, temperature).value ==
          Approx(wanted).epsilon(1e-9));
  }
}

TEST_CASE("NCE has the golden number of four directions", "[loss]") {
  Dense bank(4, 2), z(1, 2);
  bank << 1, 0, 0, 1, -1, 0, 0, -1;
  z << 3, 4;
  Lists lists(1, 3);
  lists << 0, 1, 2;
  const auto r = run(z / 5, bank, lists, std::log(4. / 4), .5);  // Z = 4, n = 4
  CHECK(r.value == Approx(1.857807015).epsilon(1e-9));
  const Dense slope = through_unit(z, r.gradient);
  CHECK(slope(0, 0) == Approx(-.266517613).epsilon(1e-8));
  CHECK(slope(0, 1) == Approx(.199888209).epsilon(1e-8));
  CHECK(std::abs(slope.row(0).dot(z.row(0))) < 1e-15);
}

TEST_CASE("NCE agrees with PyTorch's logistic loss, and so does log(Z / n)", "[loss]") {
  const Golden golden = Golden::read("loss/bank.txt");
  const Dense z = dense(golden["z"]), bank = unit(dense(golden["bank"])), f = unit(z);
  const auto own = golden["own"].as<Index>(), shared = golden["shared"].as<Index>();
  const Lists lists = dense(golden["index"]).cast<Index>();
  const double listed_mean = mean_of(f, bank, lists, .2),
               common_mean = mean_of(f, bank, shared_as_lists(own, shared), .2);
  CHECK(listed_mean == Approx(golden["own_log_mean"].values[0]).epsilon(1e-12));
  CHECK(common_mean == Approx(golden["shared_log_mean"].values[0]).epsilon(1e-12));
  const auto listed = run(f, bank, lists, listed_mean, .2),
             common = run(f, bank, own, shared, common_mean, .2);
  CHECK(listed.value == Approx(golden["own_nce_value"].values[0]).epsilon(1e-12));
  CHECK(worst(through_unit(z, listed.gradient), dense(golden["own_nce_gradient"])) < 1e-11);
  CHECK(common.value == Approx(golden["shared_nce_value"].values[0]).epsilon(1e-12));
  CHECK(worst(through_unit(z, common.gradient), dense(golden["shared_nce_gradient"])) < 1e-11);
}

TEST_CASE("NCE's softplus form is the ratio form of the released code without its 1e-7", "[loss]") {
  const Dense f = unit(noise(5, 6, 1)), bank = unit(noise(30, 6, 2));
  const Lists lists = lists_of(every_third(5, 30), 12, 30, 3);
  const double n = 30, k = 12, kappa = k / n, log_mean = mean_of(f, bank, lists, 0.2);
  const double z = n * std::exp(log_mean);
  const auto ratio = [&](double small) {
    double value = 0;
    for (Index i = 0; i < 5; ++i) {
      const Eigen::VectorXd e = scores_of(f, bank, lists, i, 0.2).array().exp() / z;
      value -= std::log(e(0) / (e(0) + kappa + small)) / 5;
      for (Index j = 1; j <= 12; ++j) value -= std::log(kappa / (e(j) + kappa + small)) / 5;
    }
    return value;
  };
  const double mine = run(f, bank, lists, log_mean, 0.2).value;
  CHECK(mine == Approx(ratio(0)).epsilon(1e-13));
  CHECK(ratio(1e-7) > mine);
  CHECK(ratio(1e-7) - mine <= 1e-7 * n * (1 + 1 / k) + 1e-12);
  CHECK(mine > 0);
  CHECK(z <= n * std::exp(1 / 0.2));
}

TEST_CASE("NCE's log(Z / n) is fixed by the first step, or follows by a share", "[loss]") {
  Strided<F64> f(unit(noise(5, 6, 1))), bank(unit(noise(30, 6, 2)));
  const Lists lists = lists_of(every_third(5, 30), 12, 30, 3);
  const auto next = [&](double keep, double before) {
    return bank_log_mean(F64{}, f.in(), bank.in(), own_negatives<F64>(lists),
                         {.temperature = 0.2, .keep = keep}, before);
  };
  const double first = next(1, -INFINITY);
  CHECK(next(1, 1.25) == 1.25);
  CHECK(next(0.99, -INFINITY) == first);
  CHECK(next(0.99, 1.25) ==
        Approx(std::log(0.99 * std::exp(1.25) + 0.01 * std::exp(first))).epsilon(1e-14));
  CHECK(next(0, 1.25) == Approx(first).epsilon(1e-14));
  CHECK(next(0.5, -800) == Approx(first + std::log(0.5)).epsilon(1e-14));
  f.value[0] = NAN;  // what is fixed does not see later scores
  CHECK(next(1, 1.25) == 1.25);
  CHECK(std::isnan(next(0.99, 1.25)));
}

TEST_CASE("NCE of no anchors is 0, and finite at temperatures from 0.001 to 1000 and for zero rows",
          "[loss]") {
  CHECK(run(Dense(0, 5), noise(3, 5, 2), Lists(0, 4), 0, 0.1).value == 0);
  const double temperature = GENERATE(1e-3, 1.0, 1e3);
  Dense f = unit(noise(3, 5, 1));
  f.row(1).setZero();
  const Dense bank = unit(noise(9, 5, 2));
  const Lists lists = lists_of({1, 2, 3}, 40, 9, 1);
  const double log_mean = naive_log_mean(f, bank, lists, temperature);
  CHECK(mean_of<Cpu>(f, bank, lists, temperature) == Approx(log_mean).epsilon(1e-4).margin(1e-6));
  const auto r = run<Cpu>(f, bank, lists, log_mean, temperature);
  const Reference wanted = naive_bank(f, bank, lists, temperature, &log_mean);
  CHECK(r.value == Approx(wanted.value).epsilon(1e-3));
  CHECK(worst(r.gradient, wanted.rows) < (temperature < 0.1 ? 1e-2 : 1e-3));
}

TEST_CASE("NCE on 2 and 4 ranks is that of one rank, and log(Z / n) is of all ranks", "[loss]") {
  const RowMajor<double> f = unit(noise(8, 5, 1)), bank = unit(noise(30, 5, 2));
  const auto own = every_third(8, 30);
  const Lists lists = lists_of(own, 9, 30, 3);
  const std::vector<Index> shared{4, 11, 29, 1, 7};
  struct All {
    double value, log_mean;
    Dense gradient;
  };
  const auto on_ranks = [&](Index count, bool common) {
    All all{NAN, NAN, Dense::Constant(8, 5, NAN)};
    testing::VirtualRanks(count).run([&](Communicator& ranks) {
      const F64 device;
      Workspace scratch;
      Pass<F64> pass;
      pass.device = &device, pass.workspace = &scratch, pass.ranks = &ranks;
      const Index each = 8 / count, first = ranks.rank() * each;
      const Differentiable<F64> differentiable{
          In<F64>(view<F64>(f)).row_range(first, each),
          Out<F64>(view<F64>(all.gradient)).row_range(first, each)};
      const NoiseContrastive loss{.temperature = 0.2};
      const auto both = [&](const auto& picks) {
        const In<F64> rows = view<F64>(bank);
        const double at = loss.log_mean<F64>(pass, differentiable.value, rows, picks, -INFINITY);
        const double value = loss(pass, differentiable, rows, picks, at);
        if (ranks.rank() == count - 1) all.value = value, all.log_mean = at;
      };
      if (common)
        both(SharedNegatives<F64>{Vector<const Index, F64>(view<F64>(own)).part(first, each),
                                  view<F64>(shared)});
      else
        both(OwnNegatives<F64>{{lists.row(first).data(), each, lists.cols()}});
    });
    return all;
  };
  for (const bool common : {false, true}) {
    const All one = on_ranks(1, common);
    const Lists used = common ? shared_as_lists(own, shared) : lists;
    CHECK(one.log_mean == Approx(naive_log_mean(f, bank, used, 0.2)).epsilon(1e-13));
    CHECK(one.value == Approx(naive_bank(f, bank, used, 0.2, &one.log_mean).value).epsilon(1e-13));
    for (const Index count : {2, 4}) {
      const All parts = on_ranks(count, common);
      CHECK(parts.value == Approx(one.value).epsilon(1e-13));
      CHECK(parts.log_mean == Approx(one.log_mean).epsilon(1e-13));
      CHECK(worst(parts.gradient, one.gradient) < 1e-12);
    }
  }
}

TEST_CASE("NCE refuses what does not fit and prints both sides", "[loss]") {
  Strided<Cpu> f(noise(3, 4, 1)), bank(noise(7, 5, 2)), two(noise(2, 4, 1));
  const Lists lists = Lists::Zero(3, 5);
  CHECK_THROWS_WITH(bank_nce(Cpu{}, f.differentiable(), bank.in(), own_negatives<Cpu>(lists), 0.f),
                    ContainsSubstring("(3, 4)") && ContainsSubstring("(7, 5)"));
  CHECK_THROWS_WITH(bank_log_mean(Cpu{}, f.in(), bank.in(), own_negatives<Cpu>(lists)),
                    ContainsSubstring("(3, 4)") && ContainsSubstring("(7, 5)"));
  CHECK_THROWS_WITH(bank_nce(Cpu{}, Differentiable<Cpu>{f.in(), two.differentiable().gradient},
                             bank.in(), own_negatives<Cpu>(lists), 0.f),
                    ContainsSubstring("(3, 4)") && ContainsSubstring("(2, 4)"));
}

TEST_CASE("NCE asks for unit rows at CMC's epsilon and temperature, and keeps Z", "[loss]") {
  static_assert(WantsUnitRows<NoiseContrastive>);
  CHECK(NoiseContrastive{}.normalised().epsilon == 1e-12);
  CHECK(NoiseContrastive{}.temperature == 0.07);
  CHECK(NoiseContrastive{}.keep == 1);
}
