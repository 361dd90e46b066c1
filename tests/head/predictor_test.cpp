#include <selfsame/head/predictor.hpp>

#include <selfsame/nn/chain.hpp>

#include "nn/layer_checks.hpp"

using namespace selfsame;
using namespace selfsame::testing;

TEST_CASE("Predictor: as many numbers out as in, and BYOL's count of parameters", "[head]") {
  CHECK(Predictor{}.output({3, 1, 1, 256}) == Shape{3, 1, 1, 256});
  // 256 x 4096, its norm, 4096 x 256 and a bias
  CHECK(chain(Predictor{}).layout<Cpu>({1, 1, 1, 256}).parameter_count() ==
        2 * 256 * 4096 + 2 * 4096 + 256);
}

TEST_CASE("Predictor: gradients agree with central differences, on every device", "[head]") {
  check_whole(Predictor{.hidden = 7}, {6, 1, 1, 5});
  check_whole(Predictor{.depth = 3, .hidden = 4, .normalised = HeadNorm::none}, {5, 1, 1, 3});
}

TEST_CASE("Predictor: settle moves the norm's buffers", "[head]") {
  LayerRun<Cpu, Predictor> run({.hidden = 3}, {4, 1, 1, 2});
  const float before = run.weights.buffers[0][0];
  run.value();
  run.update_buffers();
  CHECK(run.weights.buffers[0][0] != before);
}
