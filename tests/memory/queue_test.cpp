#include <selfsame/memory/queue.hpp>

#include <selfsame/testing/virtual_ranks.hpp>

#include "support/catch.hpp"

#include <numeric>

using namespace selfsame;

namespace {

// A queue of one number a key: the keys' running numbers.
struct Numbered {
  Queue queue;
  Store<Cpu> store;
  Queue::State<Cpu> state;
  Cpu device;
  Workspace scratch;
  float next = 0;

  explicit Numbered(Index capacity, Communicator& communicator = single_process())
      : queue{.capacity = capacity}, state(queue.start(store, Setup{}, 1)), ranks(&communicator) {}
  void push(Index n) {
    std::vector<float> keys(static_cast<std::size_t>(n));
    std::iota(keys.begin(), keys.end(), next);
    next += static_cast<float>(n);
    put(keys);
  }
  void put(const std::vector<float>& keys) {
    const Pass<Cpu> pass{.device = &device, .workspace = &scratch, .ranks = ranks};
    queue.push(pass, state, In<Cpu>(keys.data(), static_cast<Index>(keys.size()), 1));
  }
  std::vector<float> slots() const { return {state.keys.data, state.keys.data + queue.capacity}; }
  Communicator* ranks;
};

}  // namespace

TEST_CASE("Queue: a ring of 8 after five steps of two keys holds the last eight", "[memory]") {
  Numbered q(8);
  for (int step = 0; step < 5; ++step) q.push(2);
  CHECK(q.slots() == std::vector<float>{8, 9, 2, 3, 4, 5, 6, 7});
  CHECK(q.state.position[0] == 2);
}

TEST_CASE("Queue: keys that do not fit before the end go on at the beginning", "[memory]") {
  Numbered q(5);
  for (int step = 0; step < 4; ++step) q.push(2);
  CHECK(q.slots() == std::vector<float>{5, 6, 7, 3, 4});
  CHECK(q.state.position[0] == 3);
  q.push(12);  // more than there are places: the last five stay
  std::vector<float> sorted = q.slots();
  std::sort(sorted.begin(), sorted.end());
  CHECK(sorted == std::vector<float>{15, 16, 17, 18, 19});
}

TEST_CASE("Queue: batches of any sizes leave the last keys in the order of their arrival",
          "[memory]") {
  Numbered q(7);
  Index pushed = 0;
  for (const Index n : {3, 0, 1, 5, 2, 7, 4}) {
    q.push(n);
    pushed += n;
    CHECK(q.state.position[0] == pushed % 7);
    for (Index back = 1; back <= std::min<Index>(pushed, 7); ++back)
      CHECK(q.slots()[static_cast<std::size_t>((pushed - back) % 7)] ==
            static_cast<float>(pushed - back));
  }
}

TEST_CASE("Queue: it begins as noise of unit length, the same for the same seed", "[memory]") {
  const Queue queue{.capacity = 50};
  Store<Cpu> a, b, c;
  const In<Cpu> noise = queue.rows(queue.start(a, Setup{.image = {}, .seed = 3}, 16));
  const In<Cpu> again = queue.rows(queue.start(b, Setup{.image = {}, .seed = 3}, 16));
  const In<Cpu> other = queue.rows(queue.start(c, Setup{.image = {}, .seed = 4}, 16));
  double mean = 0;
  for (Index r = 0; r < 50; ++r) {
    double square = 0;
    for (Index k = 0; k < 16; ++k) {
      square += std::pow(static_cast<double>(noise(r, k)), 2);
      mean += static_cast<double>(noise(r, k)) / 800;
    }
    CHECK(square == Approx(1).epsilon(1e-5));
  }
  CHECK(std::abs(mean) < 0.05);
  CHECK(std::equal(noise.data, noise.data + 800, again.data));
  CHECK_FALSE(std::equal(noise.data, noise.data + 800, other.data));
}

TEST_CASE("Queue: every rank holds the keys of all, in rank order", "[memory]") {
  std::vector<std::vector<float>> slots(3);
  testing::VirtualRanks(3).run([&](Communicator& rank) {
    Numbered q(9, rank);
    const float r = static_cast<float>(rank.rank());
    q.put({10 * r, 10 * r + 1});
    q.put(rank.rank() == 1 ? std::vector<float>{} : std::vector<float>{100 * r});
    slots[static_cast<std::size_t>(rank.rank())] = q.slots();
  });
  CHECK(std::vector<float>(slots[0].begin(), slots[0].begin() + 8) ==
        std::vector<float>{0, 1, 10, 11, 20, 21, 0, 200});
  CHECK(slots[1] == slots[0]);
  CHECK(slots[2] == slots[0]);
}

TEST_CASE("Queue: keys and place are kept entries of the store", "[memory]") {
  Numbered q(4);
  CHECK(q.store.find("memory.keys")->life == Life::kept);
  CHECK(q.store.find("memory.position")->life == Life::kept);
}

TEST_CASE("Queue: one that begins empty has rows from the push on that fills it", "[memory]") {
  const Queue queue{.capacity = 6};
  Store<Cpu> store;
  auto state = queue.start(store, Setup{}, 2, Begins::empty, "memory.1");
  CHECK(store.find("memory.1.keys") != nullptr);
  const Cpu device;
  Workspace scratch;
  const Pass<Cpu> pass{.device = &device, .workspace = &scratch};
  const std::vector<float> keys(8, 0.5F);
  for (Index rows : {0, 4, 8}) {
    CAPTURE(rows);
    CHECK(queue.rows(state).rows == (rows < 6 ? 0 : 6));
    queue.push(pass, state, In<Cpu>(keys.data(), 4, 2));
  }
}

TEST_CASE("Queue: before its epoch nothing is pushed", "[memory]") {
  const Queue queue{.capacity = 6, .from_epoch = 2};
  Store<Cpu> store;
  auto state = queue.start(store, Setup{}, 2, Begins::empty);
  const Cpu device;
  Workspace scratch;
  Pass<Cpu> pass{.device = &device, .workspace = &scratch};
  const std::vector<float> keys(8, 0.5F);
  for (const Index epoch : {0, 1, 2}) {
    pass.progress.epoch = epoch;
    queue.push(pass, state, In<Cpu>(keys.data(), 4, 2));
    CHECK(state.filled[0] == (epoch < 2 ? 0 : 4));
  }
}
