#include <selfsame/kernel/cpu/parallel.hpp>

#include "devices.hpp"

#include <atomic>

using namespace selfsame;

TEST_CASE("each task runs once, in a thread that has scratch", "[kernel]") {
  for (const int threads : {-1, 1, 2, 7})
    for (const Index tasks : {0, 1, 5, 100}) {
      CAPTURE(threads, tasks);
      const Cpu device{.threads = threads};
      std::vector<std::atomic<int>> runs(static_cast<std::size_t>(tasks));
      std::atomic<bool> outside = false;
      parallel(device, tasks, [&](Index task, Index thread) {
        ++runs[static_cast<std::size_t>(task)];
        if (thread < 0 || thread >= workers(device, tasks)) outside = true;
      });
      CHECK(!outside);
      for (const auto& r : runs) CHECK(r == 1);
    }
}

TEST_CASE("pieces cover a size and do not depend on the threads", "[kernel]") {
  for (const int threads : {1, 3})
    for (const Index size : {0, 1, 10, 11}) {
      std::vector<std::atomic<int>> seen(static_cast<std::size_t>(size));
      std::atomic<bool> uneven = false;
      parallel_pieces(Cpu{.threads = threads}, size, 5, [&](Index first, Index count) {
        if (first % 5 != 0 || count != std::min<Index>(5, size - first)) uneven = true;
        for (Index i = first; i < first + count; ++i) ++seen[static_cast<std::size_t>(i)];
      });
      CHECK(!uneven);
      for (const auto& s : seen) CHECK(s == 1);
    }
  CHECK(pieces(10, 5) == 2);
  CHECK(pieces(11, 5) == 3);
  CHECK(pieces(0, 5) == 0);
}
