#include <selfsame/nn/linear.hpp>

#include "nn/layer_checks.hpp"

using namespace selfsame;
using namespace selfsame::testing;

TEST_CASE("Linear: gradients agree with central differences, on every device", "[nn]") {
  check_whole(Linear{.outputs = 3}, {4, 1, 1, 5});
  check_whole(Linear{.outputs = 1}, {1, 1, 1, 1});
  check_whole(Linear{.outputs = 17, .bias = Bias::no}, {3, 2, 3, 19});
}

TEST_CASE("Linear: y = x W^T + b", "[nn]") {
  LayerRun<BasicCpu<double>, Linear> run({.outputs = 2}, {2, 1, 1, 3});
  run.value();
  for (Index r = 0; r < 2; ++r)
    for (Index o = 0; o < 2; ++o) {
      double y = run.weights.parameters[1][o];
      for (Index c = 0; c < 3; ++c)
        y += run.x[static_cast<std::size_t>(3 * r + c)] * run.weights.parameters[0][3 * o + c];
      CHECK(run.y[static_cast<std::size_t>(2 * r + o)] == Approx(y));
    }
}

TEST_CASE("Linear: no rows give no rows, and no gradient", "[nn]") {
  LayerRun<Cpu, Linear> run({.outputs = 2}, {0, 1, 1, 3});
  CHECK(run.value() == 0);
  run.backward();
  CHECK(largest(std::span<const float>(run.gradient())) == 0);
}
