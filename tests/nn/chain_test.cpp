#include <selfsame/nn/chain.hpp>

#include <selfsame/encoder/resnet.hpp>
#include <selfsame/head/projector.hpp>
#include <selfsame/nn/conv_norm.hpp>
#include <selfsame/nn/dropout.hpp>
#include <selfsame/nn/pool.hpp>
#include <selfsame/nn/relu.hpp>
#include <selfsame/nn/residual.hpp>
#include <selfsame/nn/sequential.hpp>

#include "support/catch.hpp"
#include "support/formula_network.hpp"

using namespace selfsame;
using namespace selfsame::testing;
using D = BasicCpu<double>;

namespace {

// An encoder that draws; with and without batch norm.
template <class Norm>
struct Drawing {
  using plays = role::Encoder;
  Norm norm{};
  auto layer() const {
    return sequential(
        Conv2d{.outputs = 6}, norm, ReLU{}, Dropout{0.3},
        Residual{sequential(Conv2d{.outputs = 6}, norm, ReLU{}, StochasticDepth{0.4})},
        GlobalAverage{});
  }
};
struct NoNorm : ReLU {};
using Plain = Drawing<NoNorm>;
using Normed = Drawing<BatchNorm>;
struct DrawingHead {
  using plays = role::Head;
  auto layer() const {
    return sequential(Linear{.outputs = 8}, BatchNorm{}, Dropout{0.5}, Linear{.outputs = 4});
  }
};
const Projector no_norm{.hidden = 7, .outputs = 4, .normalised = HeadNorm::none};
const Projector all_norm{.hidden = 7, .outputs = 4};
const Shape in{9, 6, 6, 2};

template <class Dev, class Net>
std::vector<Real<Dev>> gradient_of(FormulaNetwork<Dev, Net>& n, const Pass<Dev>& pass,
                                   const FormulaImages<Dev>& x, double* value = nullptr) {
  TraceOf<Dev, Net> trace;
  n.clear();
  n.net.forward(pass, x.all(), n.weights, trace);
  put_objective<Dev>(trace.differentiable());
  if (value != nullptr) *value = objective<Dev>(trace.value());
  n.net.backward(trace, n.weights);
  return n.gradient();
}
template <class Dev, class Net>
std::vector<Real<Dev>> settled(const Net& net, const FormulaImages<Dev>& x, Index chunk,
                               Index group) {
  FormulaNetwork<Dev, Net> n(net, x.shape);
  TraceOf<Dev, Net> trace;
  net.forward(n.pass(chunk, group), x.all(), n.weights, trace);
  net.update_buffers(trace, n.weights.buffers);
  return n.buffers();
}
template <class Net>
FormulaNetwork<D, Net> network(const Net& net, Shape shape = in) {
  return FormulaNetwork<D, Net>(net, shape);
}

}  // namespace

TEST_CASE(
    "Chain: gradients of a whole network agree with central differences, in chunks and groups too",
    "[nn]") {
  const FormulaImages<D> x(in);
  const auto check = [&](const auto& net, Mode mode, Index chunk, Index group) {
    CAPTURE(static_cast<int>(mode), chunk, group);
    auto n = network(net);
    Pass<D> pass = n.pass(chunk, group);
    pass.mode = mode;
    const auto gradient = gradient_of(n, pass, x);
    TraceOf<D, std::remove_cvref_t<decltype(net)>> trace;
    const auto value = [&] {
      net.forward(pass, x.all(), n.weights, trace);
      return objective<D>(trace.value());
    };
    CHECK(largest(std::span<const double>(gradient)) > 0.1);
    CHECK(gradient_error<D>(n.weights.parameters, gradient, value) < 1e-6);
  };
  for (const Mode mode : {Mode::train, Mode::evaluate})
    for (const auto& [chunk, group] : {std::pair<Index, Index>{0, 0}, {4, 0}, {0, 3}, {1, 0}}) {
      check(chain(Plain{}, no_norm), mode, chunk, group);
      if (chunk != 1) check(chain(Normed{}, all_norm), mode, chunk, group);
    }
  check(chain(ResNet{.depth = 8, .width = 0.25, .stem = Stem::small, .last_scale = ScaleStart::one},
              all_norm),
        Mode::train, 0, 0);
}

TEST_CASE("Chain: without batch norm the gradient in chunks is the whole one's, dropout included",
          "[nn]") {
  const FormulaImages<D> x(in);
  const FormulaImages<Cpu> single(in);
  auto n = network(chain(Plain{}, no_norm));
  FormulaNetwork<Cpu, decltype(n.net)> f(n.net, in);
  double whole_value = 0, value = 0;
  const auto whole = gradient_of(n, n.pass(), x, &whole_value);
  const auto whole_single = gradient_of(f, f.pass(), single);
  for (const Index chunk : {1, 2, 3, 4, 8, 9, 100}) {
    CAPTURE(chunk);
    CHECK(difference(gradient_of(n, n.pass(chunk), x, &value), whole) < 1e-12);
    CHECK(std::abs(value - whole_value) < 1e-12 * std::abs(whole_value));
    CHECK(difference(gradient_of(f, f.pass(chunk), single), whole_single) < 1e-6);
  }
}

TEST_CASE(
    "Chain: with batch norm a chunk is a group of the norm, and its statistics settle in order",
    "[nn]") {
  const FormulaImages<D> x(in);
  auto n = network(chain(Normed{}, all_norm));
  const auto whole = gradient_of(n, n.pass(), x), chunks = gradient_of(n, n.pass(3), x),
             groups = gradient_of(n, n.pass(0, 3), x);
  CHECK(difference(chunks, groups) < 1e-12);
  CHECK(difference(chunks, whole) > 1e-3);
  CHECK(difference(gradient_of(n, n.pass(6, 3), x), groups) < 1e-12);
  const auto net = n.net;
  const auto after = settled<D>(net, x, 3, 0), grouped = settled<D>(net, x, 0, 3);
  CHECK(difference(after, grouped) < 1e-12);
  CHECK(difference(after, n.buffers()) > 1e-3);
  CHECK(difference(after, settled<D>(net, x, 0, 0)) > 1e-4);
}

TEST_CASE("Chain: a pass in chunks settles once, though backward runs each chunk again", "[nn]") {
  const FormulaImages<D> x(in);
  auto n = network(chain(Normed{}, all_norm));
  TraceOf<D, decltype(n.net)> trace;
  n.net.forward(n.pass(3), x.all(), n.weights, trace);
  CHECK(trace.chunks == 3);
  put_objective<D>(trace.differentiable());
  n.net.backward(trace, n.weights);
  CHECK(trace.chunks == 3);
  n.net.update_buffers(trace, n.weights.buffers);
  CHECK(n.buffers() == settled<D>(n.net, x, 3, 0));
}

TEST_CASE("Chain: any stretch of a chain gives the bits of the whole", "[nn]") {
  const FormulaImages<D> x(in);
  auto n = network(chain(Normed{}, DrawingHead{}));
  const auto first = n.net.first<1>();
  const auto rest = n.net.rest<1>();
  TraceOf<D, decltype(n.net)> whole;
  TraceOf<D, std::remove_const_t<decltype(first)>> below;
  TraceOf<D, std::remove_const_t<decltype(rest)>> above;
  for (const Index chunk : {0, 4}) {
    n.clear();
    n.net.forward(n.pass(chunk), x.all(), n.weights, whole);
    first.forward(n.pass(chunk), x.all(), n.weights, below);
    CHECK(copy_rows<D>(below.value()) == copy_rows<D>(whole.value<0>()));
    if (chunk != 0) continue;  // a pass from joined rows is never cut
    rest.forward(n.pass(chunk), joined(below), n.weights, above);
    CHECK(copy_rows<D>(above.value()) == copy_rows<D>(whole.value()));

    put_objective<D>(whole.differentiable());
    n.net.backward(whole, n.weights);
    const auto expected = n.gradient();
    n.clear();
    put_objective<D>(above.differentiable());
    rest.backward(above, n.weights);
    first.backward(below, n.weights);
    CHECK(n.gradient() == expected);
  }
}

TEST_CASE("Chain: gradients arrive at any joint and add up", "[nn]") {
  const FormulaImages<D> x(in);
  auto n = network(chain(Plain{}, no_norm));
  TraceOf<D, decltype(n.net)> trace;
  const auto value = [&] {
    n.net.forward(n.pass(2), x.all(), n.weights, trace);
    return objective<D>(trace.value()) + objective<D>(trace.value<0>());
  };
  value();
  put_objective<D>(trace.differentiable());
  put_objective<D>(trace.differentiable<0>());
  n.clear();
  n.net.backward(trace, n.weights);
  const auto gradient = n.gradient();
  CHECK(gradient_error<D>(n.weights.parameters, gradient, value) < 1e-6);
}

TEST_CASE("Chain: masks travel with images: a part of the batch draws the same", "[nn]") {
  const FormulaImages<D> x(in);
  auto n = network(chain(Plain{}, no_norm));
  TraceOf<D, decltype(n.net)> whole, part;
  n.net.forward(n.pass(), x.all(), n.weights, whole);
  n.net.forward(n.pass(), x.all().range(4, 3), n.weights, part);
  CHECK(copy_rows<D>(part.value()) == copy_rows<D>(whole.value().row_range(4, 3)));
  Pass<D> target = n.pass().as(Mode::train, selfsame::Copy::target),
          online = n.pass().as(Mode::train, selfsame::Copy::online);
  n.net.forward(online, x.all(), n.weights, whole);
  n.net.forward(target, x.all(), n.weights, part);
  CHECK(copy_rows<D>(whole.value()) != copy_rows<D>(part.value()));
}

TEST_CASE("Chain: evaluation is deterministic, whatever the seed, the batch and the chunk",
          "[nn]") {
  const FormulaImages<D> x(in);
  auto n = network(chain(Normed{}, all_norm));
  FixedTraceOf<D, decltype(n.net)> a, b;
  Pass<D> pass = n.pass().as(Mode::evaluate, selfsame::Copy::online), other = pass;
  other.seed = 99;
  other.chunk = 4;
  const Fixed<D> weights = n.weights;
  n.net.forward(pass, x.all(), weights, a);
  n.net.forward(other, x.all(), weights, b);
  CHECK(difference(copy_rows<D>(a.value()), copy_rows<D>(b.value())) < 1e-13);
  n.net.forward(pass, x.all(), weights, b);
  CHECK(copy_rows<D>(a.value()) == copy_rows<D>(b.value()));
  n.net.forward(pass, x.all().range(2, 1), weights, b);
  CHECK(difference(copy_rows<D>(b.value()), copy_rows<D>(a.value().row_range(2, 1))) < 1e-13);
}

TEST_CASE("Chain: no image passes through, and gives no gradient", "[nn]") {
  const FormulaImages<D> x(in.with_images(0));
  auto n = network(chain(Plain{}, no_norm));
  const auto gradient = gradient_of(n, n.pass(), x);
  CHECK(largest(std::span<const double>(gradient)) == 0);
}
