#include <selfsame/nn/trace.hpp>

#include <selfsame/encoder/resnet.hpp>
#include <selfsame/head/projector.hpp>

#include "support/catch.hpp"
#include "support/formula_network.hpp"

using namespace selfsame;
using namespace selfsame::testing;
using D = BasicCpu<double>;

namespace {
const auto net =
    chain(ResNet{.depth = 8, .width = 0.25, .stem = Stem::small, .last_scale = ScaleStart::one},
          Projector{.hidden = 7, .outputs = 4});
using Net = std::remove_const_t<decltype(net)>;
using Below = FirstOf<Net, 1>;
using Above = RestOf<Net, 1>;
}  // namespace

TEST_CASE(
    "Trace: two resolutions joined before a batch-normalised head agree with central differences",
    "[nn]") {
  const FormulaImages<D> large({6, 8, 8, 2}, "large", 0), small({4, 5, 5, 2}, "small", 1);
  FormulaNetwork<D, Net> n(net, large.shape);
  const auto below = net.first<1>();
  const auto above = net.rest<1>();
  std::vector<TraceOf<D, Below>> trunks(2);
  TraceOf<D, Above> top;
  for (const Index chunk : {0, 3}) {
    CAPTURE(chunk);
    const auto value = [&] {
      below.forward(n.pass(chunk), large.all(), n.weights, trunks[0]);
      below.forward(n.pass(chunk), small.all(), n.weights, trunks[1]);
      above.forward(n.pass(chunk), joined(trunks), n.weights, top);
      return objective<D>(top.value());
    };
    value();
    CHECK(trunks[0].chunks == (chunk == 0 ? 1 : 2));
    CHECK(top.chunks == 1);  // the head sees all rows
    CHECK(top.value().rows == 10);
    n.clear();
    put_objective<D>(top.differentiable());
    above.backward(top, n.weights);
    for (auto& t : trunks) below.backward(t, n.weights);
    const auto gradient = n.gradient();
    CHECK(gradient_error<D>(n.weights.parameters, gradient, value) < 1e-6);
  }
}

TEST_CASE("Trace: joined rows lie in order, and take their keys along", "[nn]") {
  const FormulaImages<D> a({2, 5, 5, 2}, "a", 0), b({3, 5, 5, 2}, "b", 1);
  FormulaNetwork<D, Net> n(net, a.shape);
  TraceOf<D, Below> first, second;
  TraceOf<D, Above> top;
  net.first<1>().forward(n.pass(), a.all(), n.weights, first);
  net.first<1>().forward(n.pass(), b.all(), n.weights, second);
  net.rest<1>().forward(n.pass(), joined(first, second), n.weights, top);
  REQUIRE(top.start.rows.rows == 5);
  CHECK(copy_rows<D>(top.start.rows.row_range(0, 2)) == copy_rows<D>(first.value()));
  CHECK(copy_rows<D>(top.start.rows.row_range(2, 3)) == copy_rows<D>(second.value()));
  REQUIRE(top.start.keys.size == 5);
  for (Index i = 0; i < 5; ++i)
    CHECK(top.start.keys[i] ==
          (i < 2 ? a.keys[static_cast<std::size_t>(i)] : b.keys[static_cast<std::size_t>(i - 2)]));
}

TEST_CASE("Trace: rows of a fixed trace are constants: nothing is given back", "[nn]") {
  const FormulaImages<D> x({4, 5, 5, 2});
  FormulaNetwork<D, Net> n(net, x.shape);
  FixedTraceOf<D, Below> fixed;
  TraceOf<D, Above> top;
  net.first<1>().forward(n.pass(), x.all(), Fixed<D>(n.weights), fixed);
  net.rest<1>().forward(n.pass(), joined(fixed), n.weights, top);
  CHECK_FALSE(top.start.takes_gradient());
  n.clear();
  put_objective<D>(top.differentiable());
  net.rest<1>().backward(top, n.weights);
  const auto encoder = n.weights.gradient.under("encoder");
  for (Index k = 0; k < encoder.count(); ++k)
    for (const double g : encoder[k]) CHECK_FALSE(g != 0);
  CHECK(largest(std::span<const double>(n.gradient())) > 0);
}

TEST_CASE("Trace: rows of other channels cannot be joined, nor more than sixteen traces", "[nn]") {
  const FormulaImages<D> x({2, 5, 5, 2});
  FormulaNetwork<D, Net> n(net, x.shape);
  TraceOf<D, Below> below;
  TraceOf<D, Net> whole;
  net.first<1>().forward(n.pass(), x.all(), n.weights, below);
  net.forward(n.pass(), x.all(), n.weights, whole);
  TraceOf<D, Above> top;
  CHECK_THROWS_WITH(net.rest<1>().forward(n.pass(), joined(below, whole), n.weights, top),
                    Catch::Matchers::ContainsSubstring("channels 16") &&
                        Catch::Matchers::ContainsSubstring("channels 4"));
  std::vector<TraceOf<D, Below>> many(17);
  CHECK_THROWS_WITH(joined(many), Catch::Matchers::ContainsSubstring("16"));
}
