#include <selfsame/nn/sequential.hpp>

#include <selfsame/nn/batch_norm.hpp>
#include <selfsame/nn/conv_norm.hpp>
#include <selfsame/nn/dropout.hpp>
#include <selfsame/nn/pool.hpp>
#include <selfsame/nn/relu.hpp>
#include <selfsame/nn/residual.hpp>

#include "nn/layer_checks.hpp"

using namespace selfsame;
using namespace selfsame::testing;
using D = BasicCpu<double>;

namespace {
const auto net = sequential(Conv2d{.outputs = 4}, BatchNorm{}, ReLU{}, Dropout{0.2},
                            Residual{sequential(ConvNorm{.outputs = 4}, StochasticDepth{0.3})},
                            MaxPool{{2, 2, 2, 0}}, GlobalAverage{}, Linear{.outputs = 3});
using Net = std::remove_const_t<decltype(net)>;
}  // namespace

TEST_CASE("Sequential: gradients agree with central differences, on every device", "[nn]") {
  check_whole(sequential(Linear{.outputs = 3}), {4, 1, 1, 2});
  check_whole(sequential(Linear{.outputs = 6}, ReLU{}, Linear{.outputs = 2}), {4, 1, 1, 3});
  check_whole(net, {4, 6, 4, 2});
}

TEST_CASE("Sequential: segments are named by position, nested ones too", "[nn]") {
  Layout layout = Layout::on<D>();
  net.describe({4, 6, 4, 2}, layout);
  std::vector<std::string> names;
  for (const Segment& s : layout.parameters()) names.push_back(s.name);
  CHECK(names == std::vector<std::string>{"0.weight", "0.bias", "1.weight", "1.bias",
                                          "4.0.conv.weight", "4.0.norm.weight", "4.0.norm.bias",
                                          "7.weight", "7.bias"});
  CHECK(layout.buffers().size() == 4);
}

TEST_CASE("Sequential: update_buffers reaches every layer's own buffers", "[nn]") {
  LayerRun<D, Net> run(net, {4, 6, 4, 2});
  std::vector<double> before(run.weights.buffers.all.begin(), run.weights.buffers.all.end());
  run.value();
  run.update_buffers();
  for (Index k = 0; k < run.weights.buffers.count(); ++k) {
    const auto first =
        static_cast<std::size_t>(run.weights.buffers.segments[static_cast<std::size_t>(k)].offset);
    CHECK(run.weights.buffers[k][0] != before[first]);
  }
}

TEST_CASE("Sequential: no images pass through", "[nn]") {
  LayerRun<Cpu, Net> run(net, {0, 6, 4, 2}, Mode::evaluate);
  CHECK(run.value() == 0);
  run.backward();
  CHECK(largest(std::span<const float>(run.gradient())) == 0);
}
