#include <selfsame/encoder/block.hpp>

#include "nn/layer_checks.hpp"

using namespace selfsame;
using namespace selfsame::testing;

TEST_CASE("ResidualBlock: gradients agree with central differences, on every device", "[encoder]") {
  const ResidualBlock basic{.width = 3}, strided{.width = 4, .stride = 2},
      projected{.width = 3, .project = true}, bottleneck{.width = 2, .bottleneck = true},
      wide{.width = 2, .stride = 2, .bottleneck = true};
  for (const Mode mode : {Mode::train, Mode::evaluate}) {
    check_whole(basic, {4, 4, 3, 3}, mode);
    check_whole(strided, {4, 5, 4, 3}, mode);
    check_whole(projected, {4, 4, 3, 3}, mode);
    check_whole(bottleneck, {4, 3, 3, 8}, mode);
    check_whole(wide, {4, 5, 5, 3}, mode);
  }
}
TEST_CASE("ResidualBlock: gradients of groups agree with central differences", "[encoder]") {
  CHECK(grouped_error(ResidualBlock{.width = 4, .stride = 2}, {6, 4, 4, 3}, 3) < 1e-6);
}

TEST_CASE("ResidualBlock: a branch whose last scale is zero passes relu(x) on", "[encoder]") {
  LayerRun<BasicCpu<double>, ResidualBlock> run({.width = 3}, {2, 3, 3, 3});
  const Index last_scale = 4, last_shift = 5;
  for (const Index k : {last_scale, last_shift})
    for (Index i = 0; i < 3; ++i) run.weights.parameters[k][i] = 0;
  run.value();
  for (std::size_t i = 0; i < run.x.size(); ++i) CHECK(run.y[i] == std::max(run.x[i], 0.0));
}

TEST_CASE("ResidualBlock: a shortcut is projected where shapes differ, or where it is asked for",
          "[encoder]") {
  CHECK_FALSE(ResidualBlock{.width = 8}.projects({1, 4, 4, 8}));
  CHECK(ResidualBlock{.width = 8, .project = true}.projects({1, 4, 4, 8}));
  CHECK(ResidualBlock{.width = 8, .stride = 2}.projects({1, 4, 4, 8}));
  CHECK(ResidualBlock{.width = 8}.projects({1, 4, 4, 4}));
  CHECK(ResidualBlock{.width = 8, .bottleneck = true}.projects({1, 4, 4, 8}));
  CHECK_FALSE(ResidualBlock{.width = 8, .bottleneck = true}.projects({1, 4, 4, 32}));
}

TEST_CASE("ResidualBlock: settle reaches every norm, the projection's too", "[encoder]") {
  LayerRun<Cpu, ResidualBlock> run({.width = 2, .stride = 2, .bottleneck = true}, {4, 5, 5, 3});
  std::vector<float> before;
  for (Index k = 0; k < run.weights.buffers.count(); ++k)
    before.push_back(run.weights.buffers[k][0]);
  run.value();
  run.update_buffers();
  REQUIRE(before.size() == 8);
  for (Index k = 0; k < 8; ++k)
    CHECK(run.weights.buffers[k][0] != before[static_cast<std::size_t>(k)]);
}
