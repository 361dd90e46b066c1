#include <selfsame/nn/residual.hpp>

#include <selfsame/nn/batch_norm.hpp>
#include <selfsame/nn/conv2d.hpp>
#include <selfsame/nn/dropout.hpp>
#include <selfsame/nn/sequential.hpp>

#include "nn/layer_checks.hpp"

using namespace selfsame;
using namespace selfsame::testing;

TEST_CASE("Residual: gradients agree with central differences, on every device", "[nn]") {
  check_whole(Residual{Linear{.outputs = 4}}, {3, 1, 2, 4});
  check_whole(Residual{sequential(BatchNorm{.activate = Activate::relu}, Conv2d{.outputs = 3},
                                  StochasticDepth{0.4})},
              {5, 3, 3, 3});
}

TEST_CASE("Residual: a branch of zeros is the identity, forward and backward", "[nn]") {
  LayerRun<Cpu, Residual<Linear>> run({{.outputs = 3}}, {2, 1, 1, 3});
  std::fill(run.weights.parameters.all.begin(), run.weights.parameters.all.end(), 0.f);
  run.value();
  run.backward();
  CHECK(run.y == run.x);
  CHECK(run.dx == run.dy);
}

TEST_CASE("Residual: a branch that changes the shape is refused with both shapes", "[nn]") {
  CHECK_THROWS_WITH((Residual{Linear{.outputs = 3}}.output({2, 1, 1, 4})),
                    Catch::Matchers::ContainsSubstring("channels 4") &&
                        Catch::Matchers::ContainsSubstring("channels 3"));
}

TEST_CASE("Residual: update_buffers reaches the branch's buffers", "[nn]") {
  LayerRun<Cpu, Residual<BatchNorm>> run({}, {4, 1, 1, 2});
  const float before = run.weights.buffers[0][0];
  run.value();
  run.update_buffers();
  CHECK(run.weights.buffers[0][0] != before);
}
