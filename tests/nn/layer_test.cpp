#include <selfsame/nn/layer.hpp>

#include <selfsame/encoder/mlp.hpp>
#include <selfsame/encoder/resnet.hpp>
#include <selfsame/nn/dropout.hpp>
#include <selfsame/nn/perceptron.hpp>
#include <selfsame/nn/residual.hpp>
#include <selfsame/nn/sequential.hpp>

#include <selfsame/nn/conv_norm.hpp>
#include <selfsame/testing/layer_run.hpp>

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

// How often something that is not finite among inputs, weights or gradients of outputs is hidden, and how often
// it touches what does not depend on it: what two large finite numbers in its place do not change, unless a ReLU
// stands behind.
struct Faults {
  Index hidden = 0, touched = 0;
};
template <class L>
Faults faults_of(const L& layer, Shape in, Mode mode) {
  testing::LayerRun<Cpu, L> run(layer, in, mode);
  Faults faults;
  const auto vary = [&](float& x, auto&& outputs) {
    const float before = x;
    const auto with = [&](float value) {
      x = value;
      const auto y = outputs();
      x = before;
      return y;
    };
    const auto base = outputs(), up = with(1e4f), down = with(-1e4f), nan = with(NAN),
               above = with(INFINITY), below = with(-INFINITY);
    for (std::size_t i = 0; i < base.size(); ++i) {
      const bool depends = up[i] != base[i] || down[i] != base[i];
      faults.hidden += depends && std::isfinite(nan[i]);
      faults.hidden += depends && std::isfinite(above[i]) && std::isfinite(below[i]);
      faults.touched += !depends && nan[i] != base[i];
    }
  };
  const auto forward = [&] {
    run.value();
    return run.y;
  };
  const auto backward = [&] {
    run.backward();
    return run.dx;
  };
  const auto some = [](const auto& v) { return std::max<std::size_t>(1, v.size() / 17); };
  for (std::size_t i = 0; i < run.x.size(); i += some(run.x)) vary(run.x[i], forward);
  for (Index k = 0; k < run.weights.parameters.count(); ++k)
    vary(run.weights.parameters[k][0], forward);
  run.value();
  for (std::size_t i = 0; i < run.dy.size(); i += some(run.dy)) vary(run.dy[i], backward);
  return faults;
}
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

TEST_CASE("Layer: what depends on a NaN or an infinity is not finite, in either mode", "[nn]") {
  for (const Mode mode : {Mode::train, Mode::evaluate}) {
    CAPTURE(static_cast<int>(mode));
    const Shape images{3, 5, 4, 3}, rows{6, 1, 1, 7};
    const auto local = [&](const auto& layer, Shape in) {
      const Faults f = faults_of(layer, in, mode);
      CHECK(f.hidden == 0);
      CHECK(f.touched == 0);
    };
    local(Linear{.outputs = 5}, rows);
    local(ReLU{}, rows);
    local(Dropout{.rate = 0.5}, rows);
    local(StochasticDepth{.rate = 0.5}, rows);
    local(Conv2d{.outputs = 5}, images);
    local(MaxPool{}, images);
    local(AveragePool{}, images);
    local(GridAverage{.grid = 2}, images);
    local(Residual{Conv2d{.outputs = 3}}, images);
    local(BatchNorm{}, rows);
    CHECK(faults_of(BatchNorm{.activate = Activate::relu}, rows, mode).hidden == 0);
    CHECK(faults_of(ConvNorm{.outputs = 5}, images, mode).hidden == 0);
    CHECK(faults_of(Perceptron{.hidden = 6, .outputs = 5}, rows, mode).hidden == 0);
  }
}
