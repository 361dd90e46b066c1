// Batch norm over ranks: a network on k virtual ranks is the network on one.
#include <selfsame/testing/virtual_ranks.hpp>

#include <selfsame/encoder/resnet.hpp>
#include <selfsame/head/projector.hpp>

#include "support/catch.hpp"
#include "support/formula_network.hpp"

using namespace selfsame;
using namespace selfsame::testing;
using D = BasicCpu<double>;

namespace {

const Shape in{8, 6, 6, 2};
const auto net =
    chain(ResNet{.depth = 8, .width = 0.25, .stem = Stem::small, .last_scale = ScaleStart::one},
          Projector{.hidden = 7, .outputs = 4});
using Net = std::remove_const_t<decltype(net)>;

struct Result {
  double value = 0;
  std::vector<double> gradient, buffers;
};

// One rank's share of images; the objective knows where its rows stand among all.
Result run(Communicator& ranks, Index first, Index count, Index chunk = 0) {
  const FormulaImages<D> x(in);
  FormulaNetwork<D, Net> n(net, in);
  Pass<D> pass = n.pass(chunk);
  pass.ranks = &ranks;
  TraceOf<D, Net> trace;
  net.forward(pass, x.all().range(first, count), n.weights, trace);
  const Differentiable<D> rows = trace.differentiable();
  Result result;
  for (Index r = 0; r < rows.value.rows; ++r)
    for (Index c = 0; c < rows.value.cols; ++c) {
      result.value += coefficient(first + r, c) * rows.value(r, c);
      rows.put(r, c, coefficient(first + r, c));
    }
  net.backward(trace, n.weights);
  net.update_buffers(trace, n.weights.buffers);
  ranks.sum(&result.value, 1, Number::real64);
  sum(n.device, ranks, n.weights.gradient.all);
  result.gradient = n.gradient();
  result.buffers = n.buffers();
  return result;
}

}  // namespace

TEST_CASE(
    "BatchNorm in a network: value, gradients and buffers of k ranks are those of one, of unequal "
    "ranks too",
    "[nn]") {
  const Result one = run(single_process(), 0, 8);
  for (const std::vector<Index>& counts :
       {std::vector<Index>{4, 4}, {2, 2, 2, 2}, {5, 3}, {3, 0, 1, 4}}) {
    CAPTURE(counts);
    std::vector<Result> each(counts.size());
    VirtualRanks(static_cast<Index>(counts.size())).run([&](Communicator& ranks) {
      Index first = 0;
      for (Index r = 0; r < ranks.rank(); ++r) first += counts[static_cast<std::size_t>(r)];
      const auto me = static_cast<std::size_t>(ranks.rank());
      each[me] = run(ranks, first, counts[me]);
    });
    for (const Result& r : each) {
      CHECK(std::abs(r.value - one.value) < 1e-12 * std::abs(one.value));
      CHECK(difference(r.gradient, one.gradient) < 1e-12);
      CHECK(difference(r.buffers, one.buffers) < 1e-12);
      CHECK(r.gradient == each[0].gradient);  // the same bits on all ranks
      CHECK(r.buffers == each[0].buffers);
    }
  }
}

TEST_CASE(
    "BatchNorm in chunks: each chunk of each rank is a group by itself, and ranks may have other "
    "numbers of them",
    "[nn]") {
  const Result one = run(single_process(), 0, 8, 2);
  const Index counts[2] = {6, 2}, firsts[2] = {0, 6};
  Result each[2];
  VirtualRanks(2).run([&](Communicator& ranks) {
    each[ranks.rank()] = run(ranks, firsts[ranks.rank()], counts[ranks.rank()], 2);
  });
  for (const Result& r : each) {
    CHECK(std::abs(r.value - one.value) < 1e-12 * std::abs(one.value));
    CHECK(difference(r.gradient, one.gradient) < 1e-12);
  }
}
