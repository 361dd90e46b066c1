#include <selfsame/nn/conv_norm.hpp>

#include <selfsame/nn/sequential.hpp>

#include "nn/layer_checks.hpp"

using namespace selfsame;
using namespace selfsame::testing;
using D = BasicCpu<double>;

namespace {

// y = conv_norm(x) with x added before the ReLU, as at the end of a residual block.
struct WithAddend {
  ConvNorm layer;

  template <class Dev>
  using Cache = ConvNorm::Cache<Dev>;
  template <class Dev>
  using Statistics = ConvNorm::Statistics<Dev>;
  Shape output(Shape in) const { return layer.output(in); }
  void describe(Shape in, auto& sink) const { layer.describe(in, sink); }
  template <class Dev>
  void forward(const Pass<Dev>& pass, Shape in, In<Dev> x, const Fixed<Dev>& w, Out<Dev> y,
               Cache<Dev>& cache, Statistics<Dev>& statistics) const {
    layer.forward(pass, in, x, w, x, y, cache, statistics);
    kept<Dev> = y;
  }
  template <class Dev>
  void backward(const Pass<Dev>& pass, Shape in, In<Dev> x, const Fixed<Dev>& w,
                const Cache<Dev>& cache, In<Dev> dy, Out<Dev> dx,
                Slice<Real<Dev>, Dev> dtheta) const {
    const Workspace::Scope scope(*pass.workspace);
    Activation<Dev>* const memory = pass.workspace->template take<Activation<Dev>>(in.size());
    const Out<Dev> daddend(memory, in.rows(), in.channels);
    layer.backward(pass, in, x, w, cache, kept<Dev>, dy, dx, Write::overwrite, daddend, dtheta);
    if (dx.data != nullptr)
      for (Index r = 0; r < dx.rows; ++r)
        for (Index c = 0; c < dx.cols; ++c) dx(r, c) += daddend(r, c);
  }
  template <class Dev>
  inline static In<Dev> kept{};
};

const ConvNorm plain{.outputs = 4, .norm = {.activate = Activate::none}};
const ConvNorm active{.outputs = 4};

}  // namespace

TEST_CASE("ConvNorm: gradients agree with central differences, on every device", "[nn]") {
  check_whole(plain, {3, 4, 5, 2});
  check_whole(active, {3, 4, 5, 2});
  check_whole(ConvNorm{.outputs = 3, .window = {3, 3, 2, 1}}, {4, 5, 5, 2});
  check_whole(ConvNorm{.outputs = 3, .window = {1, 1, 1, 0}}, {5, 2, 2, 4});
  check_whole(ConvNorm{.outputs = 2, .window = {1, 1, 2, 0}}, {5, 3, 3, 4});
}
TEST_CASE("ConvNorm: gradients behind an addend agree with central differences, on every device",
          "[nn]") {
  check_whole(WithAddend{plain}, {3, 4, 3, 4});
  check_whole(WithAddend{active}, {3, 4, 3, 4});
}
TEST_CASE("ConvNorm: gradients of groups agree with central differences", "[nn]") {
  CHECK(grouped_error(active, {6, 3, 3, 2}, 3) < 1e-6);
  CHECK(grouped_error(active, {7, 3, 3, 2}, 3) < 1e-6);
  CHECK(grouped_error(WithAddend{active}, {6, 3, 3, 4}, 2) < 1e-6);
}

TEST_CASE("ConvNorm: the fused layer is convolution, then normalisation", "[nn]") {
  for (const Mode mode : {Mode::train, Mode::evaluate})
    for (const bool differentiable : {true, false})
      for (const Index group : {0, 2}) {
        const Shape in{6, 6, 7, 3};
        LayerRun<D, ConvNorm> fused({.outputs = 5}, in, mode);
        const auto parts = sequential(Conv2d{.outputs = 5, .bias = Bias::no},
                                      BatchNorm{.activate = Activate::relu});
        LayerRun<D, Sequential<Conv2d, BatchNorm>> apart(parts, in, mode);
        std::copy(fused.weights.parameters.all.begin(), fused.weights.parameters.all.end(),
                  apart.weights.parameters.all.begin());
        std::copy(fused.weights.buffers.all.begin(), fused.weights.buffers.all.end(),
                  apart.weights.buffers.all.begin());
        fused.pass.needs_backward = apart.pass.needs_backward = differentiable;
        fused.pass.batch_norm_group = apart.pass.batch_norm_group = group;
        fused.value(), apart.value();
        CHECK(difference(fused.y, apart.y) < 1e-13);
        if (differentiable) {
          fused.backward(), apart.backward();
          CHECK(difference(fused.dx, apart.dx) < 1e-12);
          CHECK(difference(fused.gradient(), apart.gradient()) < 1e-12);
        }
        fused.update_buffers(), apart.update_buffers();
        CHECK(difference(std::span<const double>(fused.weights.buffers.all.data, 16),
                         std::span<const double>(apart.weights.buffers.all.data, 16)) < 1e-13);
      }
}

TEST_CASE("ConvNorm: statistics of many chunks of rows are those of all rows", "[nn]") {
  LayerRun<D, ConvNorm> run({.outputs = 3, .norm = {.activate = Activate::none}}, {40, 16, 16, 2});
  run.value();
  for (Index c = 0; c < 3; ++c) {  // y is shift on average
    double mean = 0;
    for (Index r = 0; r < run.out.rows(); ++r) mean += run.y[static_cast<std::size_t>(3 * r + c)];
    CHECK(mean / static_cast<double>(run.out.rows()) == Approx(run.weights.parameters[2][c]));
  }
}
