#include <selfsame/memory/no_memory.hpp>

#include "support/catch.hpp"

using namespace selfsame;

TEST_CASE("Without a memory nothing is reserved and nothing remembered", "[memory]") {
  Store<Cpu> store;
  auto state = NoMemory{}.start(store, Setup{}, 128);
  CHECK(store.begin() == store.end());
  std::vector<float> keys(8, 1);
  NoMemory{}.push(Pass<Cpu>{}, state, In<Cpu>(keys.data(), 2, 4));
  CHECK(NoMemory{}.rows(state).rows == 0);
}
