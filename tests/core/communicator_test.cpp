#include <selfsame/core/communicator.hpp>
#include <selfsame/testing/virtual_ranks.hpp>

#include "support/catch.hpp"

using namespace selfsame;

TEST_CASE("Numbers know their size", "[core]") {
  CHECK((number_of<float> == Number::real32 && bytes_of(Number::real32) == 4));
  CHECK((number_of<double> == Number::real64 && bytes_of(Number::real64) == 8));
  CHECK((number_of<Index> == Number::integer && bytes_of(Number::integer) == 8));
  CHECK((number_of<std::uint8_t> == Number::byte && bytes_of(Number::byte) == 1));
}

TEST_CASE("One process is all ranks, and its collective calls change nothing", "[core]") {
  CHECK((single_process().rank() == 0 && single_process().size() == 1));
  std::vector<float> v{1, 2, 3}, all(3);
  sum(Cpu{}, single_process(), view<Cpu>(v));
  max(Cpu{}, single_process(), view<Cpu>(v));
  broadcast(Cpu{}, single_process(), view<Cpu>(v));
  CHECK(v == std::vector<float>{1, 2, 3});
  single_process().sum(v.data(), 3, Number::real32);
  single_process().broadcast(v.data(), 3, Number::real32, 0);
  const Index count = 3, none = 0;
  single_process().gather(v.data(), all.data(), &count, Number::real32);
  CHECK(all == v);
  single_process().gather_adjoint(all.data(), v.data(), &count, Number::real32);
  CHECK(v == all);
  single_process().gather(nullptr, nullptr, &none, Number::real32);
}

TEST_CASE("Gathering on one rank is a view, not a copy", "[core]") {
  std::vector<float> v(12, 1);
  Workspace scratch;
  const auto all = gather<Cpu>(Cpu{}, single_process(), scratch, In<Cpu>(v.data(), 4, 3));
  CHECK((all.all.data == v.data() && all.all.rows == 4 && all.first_row == 0));
  CHECK((all.counts.size == 1 && all.counts[0] == 12));
}

TEST_CASE("Gathering brings unequal ranks' rows together in rank order", "[core]") {
  testing::VirtualRanks(3).run([](Communicator& ranks) {
    const Index mine = 2 * ranks.rank();  // none, two, four
    std::vector<float> v(static_cast<std::size_t>(mine * 3), static_cast<float>(ranks.rank()));
    Workspace scratch;
    const auto all = gather<Cpu>(Cpu{}, ranks, scratch, In<Cpu>(v.data(), mine, 3));
    const bool right = all.all.rows == 6 && all.first_row == (ranks.rank() == 2 ? 2 : 0) &&
                       all.all(1, 2) == 1 && all.all(2, 0) == 2 && all.all(5, 2) == 2 &&
                       all.counts[2] == 12;
    if (!right)
      throw std::runtime_error("rank " + std::to_string(ranks.rank()) + " got something else");
  });
}

TEST_CASE("Sums and broadcasts over ranks reach every rank", "[core]") {
  testing::VirtualRanks(4).run([](Communicator& ranks) {
    std::vector<double> v{1, static_cast<double>(ranks.rank())};
    using D = BasicCpu<double>;
    sum(D{}, ranks, view<D>(v));
    if (v != std::vector<double>{4, 6}) throw std::runtime_error("sum");
    v = {static_cast<double>(ranks.rank()), 0};
    max(D{}, ranks, view<D>(v));
    if (v[0] != 3) throw std::runtime_error("max");
    v[0] = static_cast<double>(ranks.rank());
    broadcast(D{}, ranks, view<D>(v), 2);
    if (v[0] != 2) throw std::runtime_error("broadcast");
  });
}
