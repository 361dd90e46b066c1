#include <selfsame/encoder/mlp.hpp>

#include "nn/layer_checks.hpp"

using namespace selfsame;
using namespace selfsame::testing;
using D = BasicCpu<double>;

TEST_CASE("MLP: gradients agree with central differences, on every device", "[encoder]") {
  check_whole(MLP{.hidden = 6, .outputs = 3}, {5, 2, 3, 2});
  check_whole(MLP{.depth = 1, .outputs = 3}, {5, 2, 2, 1});
  check_whole(MLP{.depth = 3, .hidden = 4, .outputs = 3, .normalised = HeadNorm::none},
              {3, 3, 1, 2});
}

TEST_CASE("MLP: it is a Perceptron of the pixels in the order (y, x, channel)", "[encoder]") {
  LayerRun<D, MLP> pixels({.hidden = 6, .outputs = 3}, {5, 2, 3, 2});
  LayerRun<D, Perceptron> flat({.hidden = 6, .outputs = 3}, {5, 1, 1, 12});
  pixels.value(), flat.value();
  CHECK(pixels.y == flat.y);
  CHECK(pixels.out == Shape{5, 1, 1, 3});
}

TEST_CASE("MLP: settle moves its buffers", "[encoder]") {
  LayerRun<D, MLP> run({.hidden = 6, .outputs = 3}, {5, 2, 3, 2});
  const double before = run.weights.buffers[0][0];
  run.value();
  run.update_buffers();
  CHECK(run.weights.buffers[0][0] != before);
}
