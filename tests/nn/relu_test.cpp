#include <selfsame/nn/relu.hpp>

#include "nn/layer_checks.hpp"

using namespace selfsame;
using namespace selfsame::testing;

TEST_CASE("ReLU: the gradient agrees with central differences, on every device", "[nn]") {
  check_whole(ReLU{}, {3, 2, 2, 5});
}

TEST_CASE("ReLU: nothing passes at zero and below", "[nn]") {
  LayerRun<Cpu, ReLU> run({}, {1, 1, 1, 3});
  run.x = {-1, 0, 2};
  run.dy = {5, 5, 5};
  run.value();
  run.backward();
  CHECK(run.y == std::vector<float>{0, 0, 2});
  CHECK(run.dx == std::vector<float>{0, 0, 5});
}
