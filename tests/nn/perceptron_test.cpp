#include <selfsame/nn/perceptron.hpp>

#include <selfsame/nn/sequential.hpp>

#include "nn/layer_checks.hpp"

using namespace selfsame;
using namespace selfsame::testing;
using D = BasicCpu<double>;

TEST_CASE("Perceptron: gradients agree with central differences, on every device", "[nn]") {
  for (const HeadNorm normalised : {HeadNorm::none, HeadNorm::hidden, HeadNorm::all})
    for (const Index depth : {1, 2, 3})
      for (const Shift shift : {Shift::learned, Shift::none}) {
        CAPTURE(static_cast<int>(normalised), depth, static_cast<int>(shift));
        check_whole(Perceptron{.depth = depth,
                               .hidden = 7,
                               .outputs = 3,
                               .normalised = normalised,
                               .last_shift = shift},
                    {6, 1, 1, 4});
      }
}

TEST_CASE("Perceptron: it is the Sequential that its names say", "[nn]") {
  const Shape in{5, 1, 1, 4};
  LayerRun<D, Perceptron> one({.depth = 3, .hidden = 6, .outputs = 2}, in);
  const auto layers =
      sequential(Linear{.outputs = 6, .bias = Bias::no}, BatchNorm{}, ReLU{},
                 Linear{.outputs = 6, .bias = Bias::no}, BatchNorm{}, ReLU{}, Linear{.outputs = 2});
  LayerRun<D, std::remove_const_t<decltype(layers)>> other(layers, in);
  REQUIRE(one.weights.parameters.count() == other.weights.parameters.count());
  for (Index k = 0; k < one.weights.parameters.count(); ++k) {
    const auto i = static_cast<std::size_t>(k);
    CHECK(one.weights.parameters.segments[i].name == other.weights.parameters.segments[i].name);
    CHECK(one.weights.parameters.segments[i].extents ==
          other.weights.parameters.segments[i].extents);
  }
  one.value(), other.value();
  one.backward(), other.backward();
  one.update_buffers(), other.update_buffers();
  CHECK(difference(one.y, other.y) < 1e-13);
  CHECK(difference(one.dx, other.dx) < 1e-12);
  CHECK(difference(one.gradient(), other.gradient()) < 1e-12);
  for (Index k = 0; k < one.weights.buffers.count(); ++k)
    CHECK(one.weights.buffers[k][1] == Approx(other.weights.buffers[k][1]));
}
