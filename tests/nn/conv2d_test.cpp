#include <selfsame/nn/conv2d.hpp>

#include "nn/layer_checks.hpp"

using namespace selfsame;
using namespace selfsame::testing;

TEST_CASE("Conv2d: gradients agree with central differences, on every device", "[nn]") {
  check_whole(Conv2d{.outputs = 3}, {2, 5, 4, 2});
  check_whole(Conv2d{.outputs = 4, .window = {3, 3, 2, 1}, .bias = Bias::no}, {3, 7, 6, 3});
  check_whole(Conv2d{.outputs = 5, .window = {1, 1, 1, 0}}, {2, 3, 3, 4});
  check_whole(Conv2d{.outputs = 5, .window = {1, 1, 2, 0}, .bias = Bias::no}, {2, 5, 5, 4});
  check_whole(Conv2d{.outputs = 2, .window = {7, 7, 2, 3}}, {1, 9, 9, 1});
  check_whole(Conv2d{.outputs = 1, .window = {2, 3, 1, 0}}, {1, 2, 3, 1});
}

TEST_CASE("Conv2d: the kernel is not flipped, weights are (outputs, height, width, channels)",
          "[nn]") {
  LayerRun<BasicCpu<double>, Conv2d> run({.outputs = 1, .window = {2, 3, 1, 0}}, {1, 2, 3, 1});
  double y = run.weights.parameters[1][0];
  for (Index tap = 0; tap < 6; ++tap)
    y += run.weights.parameters[0][tap] * run.x[static_cast<std::size_t>(tap)];
  run.value();
  REQUIRE(run.y.size() == 1);
  CHECK(run.y[0] == Approx(y));
}

TEST_CASE("Conv2d: a window that does not fit is refused with both sizes", "[nn]") {
  CHECK_THROWS_WITH(
      (Conv2d{.outputs = 1, .window = {5, 5, 1, 0}}.output({1, 4, 4, 1})),
      Catch::Matchers::ContainsSubstring("5 x 5") && Catch::Matchers::ContainsSubstring("4 x 4"));
}
