#include <selfsame/positives/own_key.hpp>

#include "support/catch.hpp"

using namespace selfsame;

namespace {
// Which query meets which key.
std::vector<std::pair<Index, Index>> met(const OwnKey& positives) {
  float memory[8] = {};
  std::vector<Differentiable<Cpu>> queries;
  std::vector<In<Cpu>> keys;
  for (Index v = 0; v < positives.queries(); ++v) queries.push_back({{memory + v, 1, 1}, {}});
  for (Index v = positives.first_key(); v < 2; ++v) keys.push_back({memory + 4 + v, 1, 1});
  const Embedded<Cpu> embedded{1, 2, queries, keys, {}, {}, {memory + 7, 1, 1}};
  std::vector<std::pair<Index, Index>> pairs;
  positives.compare(embedded, [&](Differentiable<Cpu> q, In<Cpu> k, const auto& relation,
                                  In<Cpu> extra_negatives) {
    pairs.push_back({q.value.data - memory, k.data - memory - 4});
    CHECK(extra_negatives.data == memory + 7);
    CHECK(relation(0, 0).positive == 1);
    CHECK(relation(0, 1).denominator == positives.others);
  });
  return pairs;
}
}  // namespace

TEST_CASE(
    "OwnKey: the first view's queries meet the second's keys, in both directions also the second's "
    "the "
    "first's",
    "[positives]") {
  using Pairs = std::vector<std::pair<Index, Index>>;
  CHECK(met({}) == Pairs{{0, 1}});
  CHECK(met({.directions = Directions::both}) == Pairs{{0, 1}, {1, 0}});
  CHECK(met({.directions = Directions::both, .others = 1}) == Pairs{{0, 1}, {1, 0}});
}
