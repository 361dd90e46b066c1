#include <selfsame/kernel/cpu/bank_update.hpp>

#include "loss/bank_reference.hpp"

using namespace selfsame;
using namespace selfsame::test;

namespace {

using F64 = BasicCpu<double>;

template <class D = F64>
Dense updated(const Dense& bank, const std::vector<Index>& which, const Dense& features,
              double momentum, int threads = 1) {
  Strided<D> rows(bank), f(features);
  Workspace scratch;
  update_bank(D{.threads = threads}, scratch, view<D>(which), f.in(),
              static_cast<Real<D>>(1 - momentum),
              Out<D>{rows.value.data(), rows.rows, rows.cols, rows.cols + 3});
  for (Index r = 0; r < rows.rows; ++r) REQUIRE(std::isnan(rows.in().row(r)[rows.cols]));
  return rows.rounded();
}

}  // namespace

TEMPLATE_TEST_CASE("A bank's rows move to the normalised mean, all others stay", "[kernel]",
                   SELFSAME_TEST_DEVICES) {
  using D = TestType;
  const Index width = GENERATE(1, 3, 16, 131);
  const double momentum = GENERATE(0.5, 0.9);
  const Dense bank = unit(noise(40, width, 1)).cast<float>().template cast<double>(),
              f = unit(noise(3, width, 2)).cast<float>().template cast<double>();
  const std::vector<Index> which{7, 39, 0};
  const Dense after = updated<D>(bank, which, f, momentum);
  Dense wanted = bank;
  for (Index i = 0; i < 3; ++i) {
    auto row = wanted.row(which[static_cast<std::size_t>(i)]);
    const Dense v = momentum * row + (1 - momentum) * f.row(i);
    if (v.norm() > 1e-12) row = v / v.norm();
  }
  for (Index r = 0; r < 40; ++r) {
    const bool moved = r == 7 || r == 39 || r == 0;
    if (!moved) CHECK(after.row(r) == bank.row(r));
    if (moved) CHECK(after.row(r).norm() == Approx(1).epsilon(8 * epsilon<D>));
    CHECK((after.row(r) - wanted.row(r)).norm() < 32 * epsilon<D>);
  }
}

TEST_CASE("A bank's row at momentum 1 keeps its direction, at 0 is the feature", "[kernel]") {
  const Dense bank = 3 * noise(4, 5, 1), f = unit(noise(1, 5, 2));
  CHECK((updated(bank, {2}, f, 1).row(2) - bank.row(2).normalized()).norm() < 1e-15);
  CHECK((updated(bank, {2}, f, 0).row(2) - f.row(0)).norm() < 1e-15);
  const Dense units = unit(bank);
  CHECK((updated(units, {2}, units.row(2), 0.5).row(2) - units.row(2)).norm() < 1e-15);
}

TEMPLATE_TEST_CASE("A bank's row and its opposite leave the row bit for bit", "[kernel]",
                   SELFSAME_TEST_DEVICES) {
  const Dense bank = unit(noise(4, 37, 1)).cast<float>().template cast<double>();
  CHECK(updated<TestType>(bank, {3}, -bank.row(3), 0.5) == bank);
}

TEST_CASE("Of a sample that comes more than once the last feature counts", "[kernel]") {
  const Dense bank = unit(noise(9, 5, 1)), f = unit(noise(6, 5, 2));
  const std::vector<Index> which{4, 8, 4, 1, 4, 8};
  const Dense after = updated(bank, which, f, 0.5);
  CHECK((after.row(4) - (bank.row(4) + f.row(4)).normalized()).norm() < 1e-15);
  CHECK((after.row(8) - (bank.row(8) + f.row(5)).normalized()).norm() < 1e-15);
  CHECK((after.row(1) - (bank.row(1) + f.row(3)).normalized()).norm() < 1e-15);
}

TEST_CASE("A bank's update hides no NaN, and does nothing without features", "[kernel]") {
  const Dense bank = unit(noise(9, 5, 1));
  Dense f = unit(noise(2, 5, 2));
  f(1, 3) = NAN;
  const Dense after = updated(bank, {4, 6}, f, 0.5);
  CHECK(after.row(6).hasNaN());
  CHECK((after.row(4).allFinite() && after.row(5) == bank.row(5)));
  CHECK(updated(bank, {}, Dense(0, 5), 0.5) == bank);
}

TEST_CASE("A bank's update has the same bits with one, two, three and seven threads", "[kernel]") {
  const Dense bank = unit(noise(900, 40, 1)), f = unit(noise(1700, 40, 2));
  std::vector<Index> which;
  for (Index i = 0; i < 1700; ++i) which.push_back(i * 7 % 900);
  const Dense one = updated<Cpu>(bank, which, f, 0.5);
  for (const int threads : {2, 3, 7}) CHECK(updated<Cpu>(bank, which, f, 0.5, threads) == one);
}

TEST_CASE("A bank's update has the golden numbers of a small case and of PyTorch", "[kernel]") {
  Dense bank(7, 5), z(3, 5);
  for (Index i = 0; i < 7; ++i)
    for (Index j = 0; j < 5; ++j) bank(i, j) = std::sin(static_cast<double>(1 + 5 * i + j));
  for (Index i = 0; i < 3; ++i)
    for (Index j = 0; j < 5; ++j) z(i, j) = std::sin(.5 + 2 * static_cast<double>(5 * i + j));
  const Dense after = updated(unit(bank), {1, 3, 5}, unit(z), 0.5);
  CHECK(after(1, 0) == Approx(.1219708480).epsilon(1e-9));
  CHECK(after(1, 4) == Approx(.1465985806).epsilon(1e-9));
  CHECK(after(5, 3) == Approx(.1679070650).epsilon(1e-9));
  const Golden golden = Golden::read("loss/bank.txt");
  const auto own = golden["own"].as<Index>();
  const Dense moved = updated(unit(dense(golden["bank"])), own, unit(dense(golden["z"])), 0.5);
  for (std::size_t i = 0; i < own.size(); ++i)
    CHECK((moved.row(own[i]) - dense(golden["moved"]).row(static_cast<Index>(i))).norm() < 1e-13);
}
