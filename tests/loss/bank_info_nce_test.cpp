#include <selfsame/loss/bank_info_nce.hpp>
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
Result run(const Dense& f, const Dense& bank, const Lists& lists, double temperature) {
  Strided<D> anchors(f), rows(bank);
  const double value = bank_info_nce(D{}, anchors.differentiable(), rows.in(),
                                     own_negatives<D>(lists), {.temperature = temperature});
  REQUIRE(anchors.untouched());
  return {value, anchors.slope()};
}
template <class D = F64>
Result run(const Dense& f, const Dense& bank, const std::vector<Index>& own,
           const std::vector<Index>& shared, double temperature) {
  Strided<D> anchors(f), rows(bank);
  const double value = bank_info_nce(D{}, anchors.differentiable(), rows.in(),
                                     SharedNegatives<D>{view<D>(own), view<D>(shared)},
                                     {.temperature = temperature});
  REQUIRE(anchors.untouched());
  return {value, anchors.slope()};
}

}  // namespace

TEMPLATE_TEST_CASE("InfoNCE against a bank agrees with the formula, lists of one's own or shared",
                   "[loss]", SELFSAME_TEST_DEVICES) {
  using D = TestType;
  const auto [batch, k, width] = GENERATE(
      table<Index, Index, Index>({{1, 1, 2}, {2, 2, 5}, {7, 33, 16}, {101, 200, 9}, {5, 700, 64}}));
  const double temperature = GENERATE(0.07, 1.0);
  CAPTURE(batch, k, width, temperature);
  Strided<D> f(unit(noise(batch, width, 1))), bank(unit(noise(60, width, 2)));
  const auto own = every_third(batch, 60);
  const Lists lists = lists_of(own, k, 60, 3);
  const double bound = epsilon<D> * (64 + 32 / temperature);
  const Result mine = run<D>(f.rounded(), bank.rounded(), lists, temperature);
  const Reference wanted = naive_bank(f.rounded(), bank.rounded(), lists, temperature);
  CHECK(std::abs(mine.value - wanted.value) <= bound * (1 + wanted.value));
  CHECK((mine.gradient - wanted.rows).norm() <= 8 * bound * (wanted.rows.norm() + 1e-2));
  std::vector<Index> shared;
  for (Index j = 1; j <= k; ++j) shared.push_back(lists(0, j));
  const Result common = run<D>(f.rounded(), bank.rounded(), own, shared, temperature);
  const Reference both =
      naive_bank(f.rounded(), bank.rounded(), shared_as_lists(own, shared), temperature);
  CHECK(std::abs(common.value - both.value) <= bound * (1 + both.value));
  CHECK((common.gradient - both.rows).norm() <= 8 * bound * (both.rows.norm() + 1e-2));
}

TEST_CASE("InfoNCE against a bank: the gradient agrees with central differences", "[loss]") {
  const double temperature = GENERATE(0.1, 1.0, 1000.0);
  const Dense f = unit(noise(4, 5, 1)), bank = unit(noise(20, 5, 2));
  const auto own = every_third(4, 20);
  const Lists lists = lists_of(own, 6, 20, 3);
  const std::vector<Index> shared{3, 9, 1, 1};
  const double tenfold = temperature > 1 ? 1000 : 1;  // small slopes at 1000
  CHECK(difference_error(
            [&](const Dense& x) { return tenfold * run(x, bank, lists, temperature).value; }, f,
            tenfold * run(f, bank, lists, temperature).gradient) < 1e-6);
  CHECK(difference_error(
            [&](const Dense& x) { return tenfold * run(x, bank, own, shared, temperature).value; },
            f, tenfold * run(f, bank, own, shared, temperature).gradient) < 1e-6);
}

TEST_CASE("InfoNCE of equal scores is log(k + 1), without a gradient where rows are equal",
          "[loss]") {
  for (const Index k : {1, 5, 300}) {
    const Dense bank = Dense::Constant(9, 4, 0.5);
    const auto r = run(unit(noise(3, 4, 1)), bank, lists_of({1, 2, 3}, k, 9, 1), 0.07);
    CHECK(r.value == Approx(std::log(static_cast<double>(k + 1))).epsilon(1e-13));
    CHECK(r.gradient.cwiseAbs().maxCoeff() < 1e-13);
    Dense across = Dense::Zero(9, 4);  // rows differ, scores do not
    for (Index i = 0; i < 9; ++i) across(i, 1 + i % 3) = 1;
    Dense f = Dense::Zero(3, 4);
    f.col(0).setOnes();
    const auto s = run(f, across, {1, 2, 3}, std::vector<Index>(static_cast<std::size_t>(k), 5), 1);
    CHECK(s.value == Approx(std::log(static_cast<double>(k + 1))).epsilon(1e-13));
  }
}

TEST_CASE("InfoNCE against a bank has the golden number of four directions", "[loss]") {
  Dense bank(4, 2), z(1, 2);
  bank << 1, 0, 0, 1, -1, 0, 0, -1;
  z << 3, 4;
  Lists lists(1, 3);
  lists << 0, 1, 2;
  const auto r = run(z / 5, bank, lists, .5);
  CHECK(r.value == Approx(.948774437).epsilon(1e-9));
  const Dense slope = through_unit(z, r.gradient);
  CHECK(slope(0, 0) == Approx(-.276775703).epsilon(1e-8));
  CHECK(slope(0, 1) == Approx(.207581777).epsilon(1e-8));
  CHECK(std::abs(slope.row(0).dot(z.row(0))) < 1e-15);
}

TEST_CASE("InfoNCE against a bank agrees with PyTorch and with lightly's memory bank", "[loss]") {
  const Golden golden = Golden::read("loss/bank.txt");
  const Dense z = dense(golden["z"]), bank = unit(dense(golden["bank"]));
  const auto own = golden["own"].as<Index>(), shared = golden["shared"].as<Index>();
  const Lists lists = dense(golden["index"]).cast<Index>();
  const auto listed = run(unit(z), bank, lists, .2), common = run(unit(z), bank, own, shared, .2);
  CHECK(listed.value == Approx(golden["own_softmax_value"].values[0]).epsilon(1e-12));
  CHECK(worst(through_unit(z, listed.gradient), dense(golden["own_softmax_gradient"])) < 1e-11);
  CHECK(common.value == Approx(golden["shared_softmax_value"].values[0]).epsilon(1e-12));
  CHECK(worst(through_unit(z, common.gradient), dense(golden["shared_softmax_gradient"])) < 1e-11);
  CHECK(common.value == Approx(golden["lightly_value"].values[0]).epsilon(1e-12));
  CHECK(worst(through_unit(z, common.gradient), dense(golden["lightly_gradient"])) < 1e-11);
}

TEST_CASE("InfoNCE against a bank: an own sample among the negatives is one of them", "[loss]") {
  const Dense f = unit(noise(1, 5, 1)), bank = unit(noise(3, 5, 2));
  Lists lists(1, 3);
  lists << 2, 2, 2;
  const auto r = run(f, bank, lists, 0.1);
  CHECK(r.value == Approx(std::log(3.)).epsilon(1e-13));
  CHECK(r.gradient.cwiseAbs().maxCoeff() < 1e-13);
}

TEST_CASE("InfoNCE against a bank of no anchors is 0, without negatives 0 without a gradient",
          "[loss]") {
  CHECK(run(Dense(0, 5), noise(3, 5, 2), Lists(0, 4), 0.1).value == 0);
  const auto r = run(unit(noise(3, 5, 1)), unit(noise(9, 5, 2)), lists_of({1, 2, 3}, 0, 9, 1), 0.1);
  CHECK(r.value == 0);
  CHECK(r.gradient.cwiseAbs().maxCoeff() == 0);
}

TEST_CASE("InfoNCE against a bank is finite at temperatures from 0.001 to 1000 and for zero rows",
          "[loss]") {
  const double temperature = GENERATE(1e-3, 1.0, 1e3);
  Dense f = unit(noise(3, 5, 1));
  f.row(1).setZero();
  const Dense bank = unit(noise(9, 5, 2));
  const Lists lists = lists_of({1, 2, 3}, 40, 9, 1);
  const auto r = run<Cpu>(f, bank, lists, temperature);
  const Reference wanted = naive_bank(f, bank, lists, temperature);
  CHECK(r.value == Approx(wanted.value).epsilon(1e-4));
  CHECK(worst(r.gradient, wanted.rows) < (temperature < 0.1 ? 1e-2 : 1e-4));
}

TEST_CASE("InfoNCE against a bank writes or adds its gradient times the weight", "[loss]") {
  const Dense f = unit(noise(3, 5, 1)), bank = unit(noise(9, 5, 2));
  const Lists lists = lists_of({1, 2, 3}, 40, 9, 1);
  const auto r = run(f, bank, lists, 0.2);
  Strided<F64> anchors(f), rows(bank);
  const auto again = [&](Differentiable<F64> differentiable) {
    return bank_info_nce(F64{}, differentiable, rows.in(), own_negatives<F64>(lists),
                         {.temperature = 0.2});
  };
  CHECK(again(anchors.differentiable(-2)) == r.value);
  CHECK(worst(anchors.slope(), -2 * r.gradient) < 1e-13);
  CHECK(again(anchors.differentiable().added(5)) == r.value);
  CHECK(worst(anchors.slope(), 3 * r.gradient) < 1e-13);
}

TEST_CASE("InfoNCE against a bank on 2 and 4 ranks is that of one rank", "[loss]") {
  const RowMajor<double> f = unit(noise(8, 5, 1)), bank = unit(noise(30, 5, 2));
  const auto own = every_third(8, 30);
  const Lists lists = lists_of(own, 9, 30, 3);
  const std::vector<Index> shared{4, 11, 29, 1, 7};
  const auto on_ranks = [&](Index count, bool common) {
    Result all{NAN, Dense::Constant(8, 5, NAN)};
    testing::VirtualRanks(count).run([&](Communicator& ranks) {
      const F64 device;
      Workspace scratch;
      Pass<F64> pass;
      pass.device = &device, pass.workspace = &scratch, pass.ranks = &ranks;
      const Index each = 8 / count, first = ranks.rank() * each;
      const Differentiable<F64> differentiable{
          In<F64>(view<F64>(f)).row_range(first, each),
          Out<F64>(view<F64>(all.gradient)).row_range(first, each)};
      const MatrixView<const Index, F64> index(lists.row(first).data(), each, lists.cols());
      const BankInfoNCE loss{.temperature = 0.2};
      const double value =
          common ? loss(pass, differentiable, view<F64>(bank),
                        SharedNegatives<F64>{
                            Vector<const Index, F64>(view<F64>(own)).part(first, each),
                            view<F64>(shared)})
                 : loss(pass, differentiable, view<F64>(bank), OwnNegatives<F64>{index});
      if (ranks.rank() == count - 1) all.value = value;
    });
    return all;
  };
  for (const bool common : {false, true}) {
    const Result one = on_ranks(1, common);
    CHECK(one.value ==
          Approx(common ? run(f, bank, own, shared, 0.2).value : run(f, bank, lists, 0.2).value)
              .epsilon(1e-14));
    for (const Index count : {2, 4}) {
      const Result parts = on_ranks(count, common);
      CHECK(parts.value == Approx(one.value).epsilon(1e-13));
      CHECK(worst(parts.gradient, one.gradient) < 1e-12);
    }
  }
}

TEST_CASE("InfoNCE against a bank refuses what does not fit and prints both sides", "[loss]") {
  Strided<Cpu> f(noise(3, 4, 1)), bank(noise(7, 5, 2)), two(noise(2, 4, 1));
  const Lists lists = Lists::Zero(3, 5);
  CHECK_THROWS_WITH(bank_info_nce(Cpu{}, f.differentiable(), bank.in(), own_negatives<Cpu>(lists)),
                    ContainsSubstring("(3, 4)") && ContainsSubstring("(7, 5)"));
  CHECK_THROWS_WITH(bank_info_nce(Cpu{}, Differentiable<Cpu>{f.in(), two.differentiable().gradient},
                                  bank.in(), own_negatives<Cpu>(lists)),
                    ContainsSubstring("(3, 4)") && ContainsSubstring("(2, 4)"));
  CHECK_THROWS_WITH((BankInfoNCE{.temperature = 0}), ContainsSubstring("is not a temperature"));
}

TEST_CASE("InfoNCE against a bank asks for unit rows at CMC's epsilon and temperature", "[loss]") {
  static_assert(WantsUnitRows<BankInfoNCE>);
  CHECK(BankInfoNCE{}.normalised().epsilon == 1e-12);
  CHECK(BankInfoNCE{}.temperature == 0.07);
}
