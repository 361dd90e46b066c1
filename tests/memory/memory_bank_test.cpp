#include <selfsame/memory/memory_bank.hpp>
#include <selfsame/testing/virtual_ranks.hpp>

#include "loss/bank_reference.hpp"

#include <selfsame/core/fields.hpp>

using namespace selfsame;
using namespace selfsame::test;

namespace {

using F64 = BasicCpu<double>;

struct Step {
  F64 device;
  Workspace scratch;
  Pass<F64> pass;
  explicit Step(std::uint64_t seed = 1, Index step = 0) {
    pass.device = &device;
    pass.workspace = &scratch;
    pass.seed = seed;
    pass.progress.step = step;
  }
};
std::vector<Draw> draws_of(const std::vector<Index>& samples) {
  std::vector<Draw> draws;
  for (const Index s : samples) draws.push_back({s, 0});
  return draws;
}
Lists picked(const MemoryBank& memory, Step&& step, const std::vector<Index>& samples, Index rows) {
  Lists lists(static_cast<Index>(samples.size()), memory.negatives + 1);
  const auto draws = draws_of(samples);
  memory.pick(step.pass, view<F64>(draws), rows,
              MatrixView<Index, F64>(lists.data(), lists.rows(), lists.cols()));
  return lists;
}
/// chi^2 of counts that should be equal, and whether five standard deviations hold it.
bool uniform(const std::vector<Index>& counts) {
  double total = 0, squares = 0;
  for (const Index c : counts) total += static_cast<double>(c);
  const double wanted = total / static_cast<double>(counts.size());
  for (const Index c : counts) squares += std::pow(static_cast<double>(c) - wanted, 2) / wanted;
  const double free = static_cast<double>(counts.size() - 1);
  return std::abs(squares - free) < 5 * std::sqrt(2 * free);
}

}  // namespace

TEST_CASE("A memory bank reserves rows a sample and view, whose mean square is 1", "[memory]") {
  Store<F64> store;
  const auto state = MemoryBank{}.start(store, 500, 40, 2, 7);
  REQUIRE(state.banks.size() == 2);
  REQUIRE(store.find("memory.bank.0") != nullptr);
  CHECK(store.find("memory.bank.1")->count == 500 * 40);
  CHECK(store.find("memory.log_means")->count == 4);
  CHECK(store.bytes(Life::kept) == (2 * 500 * 40 + 4) * 8);
  for (Index v = 0; v < 2; ++v) {
    const auto bank = as_eigen(MemoryBank{}.rows(state, v));
    CHECK(bank.rowwise().squaredNorm().mean() == Approx(1).epsilon(0.03));
    CHECK(bank.cwiseAbs().maxCoeff() <= std::sqrt(3. / 40));
    CHECK(std::abs(bank.mean()) < 0.005);
  }
  CHECK(as_eigen(state.banks[0]) != as_eigen(state.banks[1]));
  for (Index i = 0; i < 4; ++i) CHECK(state.log_means.data[i] == -INFINITY);
  Store<F64> again, other;
  CHECK(as_eigen(MemoryBank{}.start(again, 500, 40, 2, 7).banks[1]) == as_eigen(state.banks[1]));
  CHECK(as_eigen(MemoryBank{}.start(other, 500, 40, 2, 8).banks[1]) != as_eigen(state.banks[1]));
}

TEST_CASE("Picked rows begin with the own sample, and the others are uniform", "[memory]") {
  const Index rows = 50;
  const std::vector<Index> samples{3, 49, 0, 17};
  for (const Negatives drawn : {Negatives::own, Negatives::own_without_self}) {
    const MemoryBank memory{.negatives = 20000, .drawn = drawn};
    const Lists lists = picked(memory, Step(), samples, rows);
    for (Index i = 0; i < 4; ++i) {
      const Index own = samples[static_cast<std::size_t>(i)];
      CHECK(lists(i, 0) == own);
      std::vector<Index> counts(50, 0);
      for (Index j = 1; j < lists.cols(); ++j) ++counts.at(static_cast<std::size_t>(lists(i, j)));
      if (drawn == Negatives::own_without_self) {
        CHECK(counts[static_cast<std::size_t>(own)] == 0);
        counts.erase(counts.begin() + own);
      }
      CHECK(uniform(counts));
    }
  }
}

TEST_CASE("Picked rows are a function of seed, step and sample, of no batch", "[memory]") {
  const MemoryBank memory{.negatives = 30};
  const Lists all = picked(memory, Step(5, 3), {3, 49, 0, 17}, 1000);
  const Lists some = picked(memory, Step(5, 3), {17, 49}, 1000);
  CHECK(some.row(0) == all.row(3));
  CHECK(some.row(1) == all.row(1));
  CHECK(picked(memory, Step(5, 4), {17}, 1000).rightCols(30) != all.row(3).rightCols(30));
  CHECK(picked(memory, Step(6, 3), {17}, 1000).rightCols(30) != all.row(3).rightCols(30));
  CHECK(all.row(0).rightCols(30) != all.row(3).rightCols(30));
}

TEST_CASE("Shared rows are a function of seed and step, and uniform", "[memory]") {
  const MemoryBank memory{.negatives = 20000, .drawn = Negatives::shared};
  const auto shared = [&](Step&& step) {
    std::vector<Index> rows(20000);
    memory.pick(step.pass, 50, view<F64>(rows));
    return rows;
  };
  const std::vector<Index> rows = shared(Step(1, 2));
  CHECK(rows == shared(Step(1, 2)));
  CHECK(rows != shared(Step(1, 3)));
  CHECK(rows != shared(Step(2, 2)));
  std::vector<Index> counts(50, 0);
  for (const Index r : rows) ++counts.at(static_cast<std::size_t>(r));
  CHECK(uniform(counts));
}

TEST_CASE("A bank remembers the features of its samples, those of all ranks in rank order",
          "[memory]") {
  const std::vector<Index> samples{4, 8, 4, 1, 8, 2};
  const RowMajor<double> features = unit(noise(6, 5, 2));
  const MemoryBank memory{.momentum = 0.25};
  const auto pushed = [&](Index count) {
    Dense after;
    testing::VirtualRanks(count).run([&](Communicator& ranks) {
      Store<F64> store;
      auto state = memory.start(store, 9, 5, 2, 3);
      const Dense before = as_eigen(state.banks[0]);
      Step step;
      step.pass.ranks = &ranks;
      const Index each = 6 / count, first = ranks.rank() * each;
      const auto draws = draws_of(samples);
      memory.push(step.pass, state, In<F64>(view<F64>(features)).row_range(first, each),
                  view<F64>(draws).part(first, each), 1);
      if (as_eigen(state.banks[0]) != before) throw std::logic_error("another view moved");
      if (ranks.rank() == count - 1) after = as_eigen(state.banks[1]);
    });
    return after;
  };
  const Dense one = pushed(1);
  Store<F64> store;
  const Dense before = as_eigen(memory.start(store, 9, 5, 2, 3).banks[1]);
  for (const auto& [sample, last] : {std::pair<Index, Index>{4, 2}, {8, 4}, {1, 3}, {2, 5}})
    CHECK((one.row(sample) - (0.25 * before.row(sample) + 0.75 * features.row(last)).normalized())
              .norm() < 1e-15);
  for (const Index r : {0, 3, 5, 6, 7}) CHECK(one.row(r) == before.row(r));
  for (const Index count : {2, 3}) CHECK(pushed(count) == one);
}

TEST_CASE("A memory bank has the paper's numbers, which print", "[memory]") {
  static_assert(std::same_as<MemoryBank::plays, role::Memory>);
  CHECK(MemoryBank{}.momentum == 0.5);
  CHECK(MemoryBank{}.negatives == 16384);
  std::string names;
  const MemoryBank memory;
  fields(memory, [&](std::string_view name, const auto&) { names += std::string(name) + " "; });
  CHECK(names == "momentum negatives drawn ");
}
