#include <selfsame/nn/trained_network.hpp>

#include <selfsame/encoder/mlp.hpp>

#include "support/catch.hpp"
#include "support/formula_network.hpp"

using namespace selfsame;
using namespace selfsame::testing;

TEST_CASE("TrainedNetwork: it calls the network in evaluation mode, in chunks too", "[nn]") {
  const auto net = chain(MLP{.hidden = 6, .outputs = 3});
  const FormulaImages<Cpu> x({7, 2, 2, 1});
  FormulaNetwork<Cpu, std::remove_const_t<decltype(net)>> n(net, x.shape);
  FixedTraceOf<Cpu, std::remove_const_t<decltype(net)>> trace;
  net.forward(n.pass().as(Mode::evaluate, selfsame::Copy::online), x.all(), Fixed<Cpu>(n.weights),
              trace);
  TrainedNetwork<Cpu, std::remove_const_t<decltype(net)>> product(net, n.weights);
  CHECK(product.output(x.shape) == Shape{7, 1, 1, 3});
  for (const Index chunk : {0, 3}) {
    std::vector<float> rows(21, std::nanf(""));
    product.embed(n.pass(chunk), x.all(), {rows.data(), 7, 3});
    CHECK(rows == copy_rows<Cpu>(trace.value()));
  }
}

TEST_CASE("TrainedNetwork: rows of another shape are refused with both shapes", "[nn]") {
  const auto net = chain(MLP{.hidden = 6, .outputs = 3});
  const FormulaImages<Cpu> x({2, 2, 2, 1});
  FormulaNetwork<Cpu, std::remove_const_t<decltype(net)>> n(net, x.shape);
  TrainedNetwork<Cpu, std::remove_const_t<decltype(net)>> product(net, n.weights);
  std::vector<float> rows(8);
  CHECK_THROWS_WITH(
      product.embed(n.pass(), x.all(), {rows.data(), 2, 4}),
      Catch::Matchers::ContainsSubstring("(2, 3)") && Catch::Matchers::ContainsSubstring("(2, 4)"));
}

TEST_CASE(
    "TrainedNetwork: images of another size, which need other weights, are refused with both "
    "counts",
    "[nn]") {
  const auto net = chain(MLP{.hidden = 6, .outputs = 3});
  FormulaNetwork<Cpu, std::remove_const_t<decltype(net)>> n(net, {2, 2, 2, 1});
  TrainedNetwork<Cpu, std::remove_const_t<decltype(net)>> product(net, n.weights);
  const FormulaImages<Cpu> larger({2, 3, 2, 1});
  std::vector<float> rows(6);
  CHECK_THROWS_WITH(
      product.embed(n.pass(), larger.all(), {rows.data(), 2, 3}),
      Catch::Matchers::ContainsSubstring("36") && Catch::Matchers::ContainsSubstring("24"));
}
