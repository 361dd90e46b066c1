#include <selfsame/nn/layer.hpp>

#include <selfsame/encoder/mlp.hpp>
#include <selfsame/encoder/resnet.hpp>
#include <selfsame/nn/dropout.hpp>
#include <selfsame/nn/perceptron.hpp>
#include <selfsame/nn/residual.hpp>
#include <selfsame/nn/sequential.hpp>

#include "support/catch.hpp"

using namespace selfsame;

namespace {
struct NoBackward : ReLU {
  void backward() const;
};
template <class D>
constexpr bool all =
    Layer<Linear, D> && Layer<Conv2d, D> && Layer<BatchNorm, D> && Layer<ConvNorm, D> &&
    Layer<ReLU, D> && Layer<MaxPool, D> && Layer<AveragePool, D> && Layer<GlobalAverage, D> &&
    Layer<Dropout, D> && Layer<StochasticDepth, D> && Layer<Residual<Linear>, D> &&
    Layer<Perceptron, D> && Layer<Sequential<Linear, Residual<Dropout>>, D> && Layer<ResNet, D> &&
    Layer<MLP, D>;
}  // namespace

TEST_CASE("Layer: every layer is one, on every device, and what lacks a part is not", "[nn]") {
  STATIC_REQUIRE(all<Cpu>);
  STATIC_REQUIRE(all<BasicCpu<double>>);
  STATIC_REQUIRE(all<BasicCpu<double, float>>);
  STATIC_REQUIRE_FALSE(Layer<NoBackward, Cpu>);
  STATIC_REQUIRE_FALSE(Layer<int, Cpu>);
}

TEST_CASE("each_index: counts at compile time", "[nn]") {
  std::size_t sum = 0;
  each_index<4>([&](auto i) { sum = 10 * sum + std::size_t{i}; });
  CHECK(sum == 123);
}
