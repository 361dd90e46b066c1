#include <selfsame/train/observer.hpp>

#include "support/catch.hpp"

using namespace selfsame;

TEST_CASE("Observer: who returns nothing goes on, who returns a Flow is heard", "[train]") {
  int calls = 0;
  auto silent = [&](const Progress&, const Report<Cpu>&) { ++calls; };
  auto stops = [&](const Progress&, const Report<Cpu>&) { return Flow::stop; };
  CHECK(tell<Cpu>(silent, {}, {}) == Flow::go_on);
  CHECK(calls == 1);
  CHECK(tell<Cpu>(stops, {}, {}) == Flow::stop);
}
