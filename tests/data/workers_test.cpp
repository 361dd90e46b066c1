#include <selfsame/data/workers.hpp>
#include "support/catch.hpp"

#include <atomic>
#include <stdexcept>
#include <string>

using namespace selfsame;

TEST_CASE("every item of every job is done once, by whoever has time", "[data]") {
  const Index threads = GENERATE(0, 1, 2, 5);
  std::vector<std::atomic<int>> done(100);
  std::atomic<bool> stranger = false;
  Workers workers(threads, [&](Index item, Index worker) {
    ++done[static_cast<std::size_t>(item)];
    if (worker < 0 || worker > threads) stranger = true;
  });
  CHECK(workers.size() == threads);
  for (int job = 1; job <= 50; ++job) {
    workers.start(job % 7 == 0 ? 0 : 100);
    workers.finish();
  }
  for (const auto& count : done) CHECK(count == 43);
  CHECK_FALSE(stranger);
}

TEST_CASE("what an item throws is thrown by finish, of several the first, the next job is sound",
          "[data]") {
  const Index threads = GENERATE(0, 1, 3);
  bool bad = true;
  Workers workers(threads, [&](Index item, Index) {
    if (bad && item >= 3) throw std::runtime_error("item " + std::to_string(item));
  });
  workers.start(20);
  CHECK_THROWS_WITH(workers.finish(), "item 3");
  bad = false;
  workers.start(20);
  CHECK_NOTHROW(workers.finish());
}

TEST_CASE("a cancelled job leaves nothing running", "[data]") {
  std::atomic<int> running = 0, begun = 0;
  Workers workers(2, [&](Index, Index) {
    ++running;
    ++begun;
    std::this_thread::sleep_for(std::chrono::microseconds(100));
    --running;
  });
  for (int job = 0; job < 20; ++job) {
    workers.start(1000);
    workers.cancel();
    CHECK(running == 0);
  }
  CHECK(begun < 20000);
  workers.start(10);
  workers.finish();
}

TEST_CASE("workers may go away in the middle of a job", "[data]") {
  for (int i = 0; i < 20; ++i) {
    Workers workers(
        2, [](Index, Index) { std::this_thread::sleep_for(std::chrono::microseconds(10)); });
    workers.start(10000);
  }
  SUCCEED();
}
