#include <selfsame/positives/view_graph.hpp>

#include "support/catch.hpp"

#include <set>
#include <utility>

using namespace selfsame;

namespace {

using Pairs = std::multiset<std::pair<Index, Index>>;

template <class Graph>
Pairs pairs_of(const Graph& graph, Index views) {
  Pairs pairs;
  graph.each_pair(views, [&](Index a, Index b) { pairs.emplace(a, b); });
  return pairs;
}

}  // namespace

TEST_CASE("A full graph of M views has M (M - 1) ordered pairs, each once", "[positives]") {
  for (Index views = 0; views < 6; ++views) {
    const Pairs pairs = pairs_of(FullGraph{}, views);
    CHECK(static_cast<Index>(pairs.size()) == views * (views - 1));
    CHECK(FullGraph{}.pairs(views) == views * (views - 1));
    for (Index a = 0; a < views; ++a)
      for (Index b = 0; b < views; ++b) CHECK(pairs.count({a, b}) == (a == b ? 0 : 1));
  }
}

TEST_CASE("A core view of M views has 2 (M - 1) ordered pairs, all with the core", "[positives]") {
  for (Index views = 1; views < 6; ++views)
    for (Index core = 0; core < views; ++core) {
      const CoreView graph{.core = core};
      const Pairs pairs = pairs_of(graph, views);
      CHECK(static_cast<Index>(pairs.size()) == 2 * (views - 1));
      CHECK(graph.pairs(views) == 2 * (views - 1));
      for (Index a = 0; a < views; ++a)
        for (Index b = 0; b < views; ++b)
          CHECK(pairs.count({a, b}) == (a != b && (a == core || b == core) ? 1 : 0));
    }
}

TEST_CASE("Two views have the same pairs in both graphs, and a core beyond the views has none",
          "[positives]") {
  for (const Index core : {0, 1})
    CHECK(pairs_of(CoreView{.core = core}, 2) == pairs_of(FullGraph{}, 2));
  CHECK(pairs_of(CoreView{.core = 3}, 3).empty());
  CHECK(CoreView{.core = 3}.pairs(3) == 0);
}

TEST_CASE("Three views: the pair that a core does not touch is the difference", "[positives]") {
  Pairs rest = pairs_of(FullGraph{}, 3);
  for (const auto& pair : pairs_of(CoreView{.core = 1}, 3)) rest.erase(pair);
  CHECK(rest == Pairs{{0, 2}, {2, 0}});
}

TEST_CASE("A graph of views plays the positives, each view in a pass of its own", "[positives]") {
  static_assert(Policy<FullGraph> && Policy<CoreView>);
  static_assert(std::same_as<CoreView::plays, role::Positives>);
  CHECK((FullGraph::passes == Passes::each_view && CoreView::passes == Passes::each_view));
  CHECK(CoreView{}.core == 0);
}
