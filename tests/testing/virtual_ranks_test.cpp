#include <selfsame/testing/virtual_ranks.hpp>

#include <atomic>
#include <cmath>

#include "support/catch.hpp"

using namespace selfsame;
using selfsame::testing::VirtualRanks;

TEST_CASE("The largest number of virtual ranks is NaN where one of them is, whichever rank has it",
          "[testing]") {
  const Index odd = GENERATE(0, 1, 2);
  std::vector<double> largest(3);
  VirtualRanks(3).run([&](Communicator& ranks) {
    double x = ranks.rank() == odd ? NAN : static_cast<double>(ranks.rank());
    ranks.max(&x, 1, Number::real64);
    largest[static_cast<std::size_t>(ranks.rank())] = x;
  });
  for (const double x : largest) CHECK(std::isnan(x));
}

TEST_CASE("VirtualRanks: every rank runs once, in a thread of its own", "[testing]") {
  for (const Index k : {1, 2, 5}) {
    std::vector<int> calls(static_cast<std::size_t>(k));
    VirtualRanks(k).run([&](Communicator& ranks) {
      CHECK(ranks.size() == k);
      ++calls[static_cast<std::size_t>(ranks.rank())];
    });
    CHECK(calls == std::vector<int>(static_cast<std::size_t>(k), 1));
  }
  CHECK_THROWS_AS(VirtualRanks(0), std::invalid_argument);
}

TEST_CASE("VirtualRanks: sums run in rank order, so that all ranks get the same bits",
          "[testing]") {
  const float given[3] = {1e8f, 1, -1e8f};
  float sums[3] = {}, tops[3] = {};
  Index counts[3] = {};
  VirtualRanks(3).run([&](Communicator& ranks) {
    const auto me = static_cast<std::size_t>(ranks.rank());
    sums[me] = tops[me] = given[me];
    counts[me] = ranks.rank() + (Index{1} << 60);
    ranks.sum(&sums[me], 1, Number::real32);
    ranks.max(&tops[me], 1, Number::real32);
    ranks.sum(&counts[me], 1, Number::integer);
    ranks.sum(nullptr, 0, Number::real64);
  });
  for (std::size_t r = 0; r < 3; ++r) {
    CHECK(sums[r] == (given[0] + given[1]) + given[2]);
    CHECK(tops[r] == 1e8f);
    CHECK(counts[r] == 3 + (Index{3} << 60));
  }
}

TEST_CASE("VirtualRanks: a broadcast takes the root's numbers", "[testing]") {
  VirtualRanks(4).run([](Communicator& ranks) {
    double x[2] = {static_cast<double>(ranks.rank()), 7};
    ranks.broadcast(x, 2, Number::real64, 2);
    if (x[0] != 2 || x[1] != 7) throw std::runtime_error("not the root's");
  });
}

TEST_CASE(
    "VirtualRanks: rows of unequal ranks are gathered in rank order, a rank without rows among "
    "them",
    "[testing]") {
  using D = BasicCpu<double>;
  const Index rows[3] = {2, 0, 3}, width = 2;
  VirtualRanks(3).run([&](Communicator& ranks) {
    const Index mine = rows[ranks.rank()];
    std::vector<double> own;
    for (Index i = 0; i < mine * width; ++i)
      own.push_back(static_cast<double>(100 * ranks.rank() + i));
    Workspace workspace;
    const Gathered<D> g = gather(D{}, ranks, workspace, In<D>(own.data(), mine, width));
    bool right =
        g.all.rows == 5 && g.all.cols == width && g.first_row == (ranks.rank() == 0 ? 0 : 2);
    for (Index i = 0; i < 4; ++i) right = right && g.all.data[i] == static_cast<double>(i);
    for (Index i = 0; i < 6; ++i)
      right = right && g.all.data[4 + i] == static_cast<double>(200 + i);
    if (!right) throw std::runtime_error("gathered in another order");
  });
}

TEST_CASE("VirtualRanks: gather_adjoint is the adjoint of gather", "[testing]") {
  // <gather(x), y> = <x, gather_adjoint(y)>, both summed over ranks, for counts 3, 0, 1, 4
  const Index counts[4] = {3, 0, 1, 4};
  double left = 0, right = 0;
  VirtualRanks(4).run([&](Communicator& ranks) {
    const Index mine = counts[ranks.rank()];
    std::vector<double> x, y, all(8), back(static_cast<std::size_t>(mine));
    for (Index i = 0; i < mine; ++i)
      x.push_back(std::sin(static_cast<double>(1 + 10 * ranks.rank() + i)));
    for (Index i = 0; i < 8; ++i) y.push_back(std::cos(static_cast<double>(5 * ranks.rank() + i)));
    ranks.gather(x.data(), all.data(), counts, Number::real64);
    ranks.gather_adjoint(y.data(), back.data(), counts, Number::real64);
    double both[2] = {0, 0};
    for (std::size_t i = 0; i < 8; ++i) both[0] += all[i] * y[i];
    for (std::size_t i = 0; i < x.size(); ++i) both[1] += x[i] * back[i];
    ranks.sum(both, 2, Number::real64);
    if (ranks.rank() == 3) left = both[0], right = both[1];
  });
  CHECK(std::abs(left) > 0.01);
  CHECK(std::abs(left - right) < 1e-14);
}

TEST_CASE("VirtualRanks: the typed functions reach them", "[testing]") {
  using D = BasicCpu<double>;
  VirtualRanks(2).run([](Communicator& ranks) {
    std::vector<double> v{1, static_cast<double>(ranks.rank())};
    sum(D{}, ranks, view<D>(v));
    max(D{}, ranks, view<D>(v));
    broadcast(D{}, ranks, view<D>(v), 1);
    if (v != std::vector<double>{2, 1}) throw std::runtime_error("not summed");
  });
}

TEST_CASE("VirtualRanks: what a rank throws comes out, and the others do not hang", "[testing]") {
  std::atomic<int> after{0};
  VirtualRanks ranks(4);
  const auto f = [&](Communicator& one) {
    double x = 1;
    one.sum(&x, 1, Number::real64);
    if (one.rank() == 2) throw std::runtime_error("rank 2 has no data");
    one.sum(&x, 1, Number::real64);
    ++after;
  };
  CHECK_THROWS_WITH(ranks.run(f), "rank 2 has no data");
  CHECK(after == 0);
  bool again = true;  // and the ranks can be used again
  ranks.run([&](Communicator& one) {
    double x = 1;
    one.sum(&x, 1, Number::real64);
    if (x != 4) throw std::runtime_error("not summed");
    if (one.rank() == 0) again = true;
  });
  CHECK(again);
}

TEST_CASE("VirtualRanks: a rank that makes fewer or other calls is an error and no hang",
          "[testing]") {
  const auto fewer = [](Communicator& one) {
    double x = 1;
    if (one.rank() == 0) one.sum(&x, 1, Number::real64);
  };
  CHECK_THROWS_AS(VirtualRanks(3).run(fewer), std::logic_error);
  const auto other = [](Communicator& one) {
    double x[2] = {1, 1};
    one.sum(x, one.rank() == 0 ? 1 : 2, Number::real64);
  };
  CHECK_THROWS_AS(VirtualRanks(2).run(other), std::logic_error);
  const auto kinds = [](Communicator& one) {
    double x = 1;
    one.rank() == 0 ? one.sum(&x, 1, Number::real64) : one.max(&x, 1, Number::real64);
  };
  CHECK_THROWS_AS(VirtualRanks(2).run(kinds), std::logic_error);
}
