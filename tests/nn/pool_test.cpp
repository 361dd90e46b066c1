#include <selfsame/nn/pool.hpp>

#include "nn/layer_checks.hpp"

using namespace selfsame;
using namespace selfsame::testing;

TEST_CASE("MaxPool: the gradient agrees with central differences, on every device", "[nn]") {
  check_whole(MaxPool{}, {2, 6, 5, 3});
  check_whole(MaxPool{{2, 2, 2, 0}}, {2, 4, 4, 2});
  check_whole(MaxPool{{1, 1, 1, 0}}, {1, 2, 2, 1});
}
TEST_CASE("AveragePool: the gradient agrees with central differences, on every device", "[nn]") {
  check_whole(AveragePool{}, {2, 4, 6, 3});
  check_whole(AveragePool{{3, 3, 2, 1}}, {2, 5, 5, 2});
}
TEST_CASE("GlobalAverage: the gradient agrees with central differences, on every device", "[nn]") {
  check_whole(GlobalAverage{}, {3, 4, 5, 3});
  check_whole(GridAverage{.grid = 2}, {2, 5, 4, 3});
  check_whole(GridAverage{.grid = 3}, {2, 5, 7, 2});
}

TEST_CASE("MaxPool: padding never wins, and the first of equal values takes the gradient", "[nn]") {
  LayerRun<Cpu, MaxPool> run({}, {1, 2, 2, 1});
  run.x = {-3, -1, -1, -2};
  run.dy = {1};
  run.value();
  run.backward();
  CHECK(run.y == std::vector<float>{-1});
  CHECK(run.dx == std::vector<float>{0, 1, 0, 0});
}

TEST_CASE("AveragePool: a constant stays what it is, but at padding, which counts as zeros",
          "[nn]") {
  LayerRun<Cpu, AveragePool> run({{2, 2, 2, 1}}, {1, 2, 2, 1});
  run.x = {4, 4, 4, 4};
  run.value();
  CHECK(run.y == std::vector<float>{1, 1, 1, 1});
  LayerRun<Cpu, AveragePool> inside({{2, 2, 2, 0}}, {1, 4, 4, 1});
  std::fill(inside.x.begin(), inside.x.end(), 3.f);
  inside.value();
  CHECK(inside.y == std::vector<float>{3, 3, 3, 3});
}

TEST_CASE("GridAverage: regions overlap where the grid does not divide, as adaptive pooling has it",
          "[nn]") {
  LayerRun<Cpu, GridAverage> run({.grid = 2}, {1, 1, 3, 1});
  run.x = {1, 2, 6};
  run.value();  // columns [0, 2) and [1, 3), the one row twice
  CHECK(run.y == std::vector<float>{1.5f, 4, 1.5f, 4});
}
