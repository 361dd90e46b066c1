#include <selfsame/relation/same_label.hpp>

#include "support/catch.hpp"

using namespace selfsame;

static_assert(Relation<SameLabelRelation<Cpu>>);

TEST_CASE("Rows of one label are positives, other rows negatives, a row itself is neither",
          "[core]") {
  const std::vector<Index> labels{2, 0, 2, -1, -1};
  const SameLabelRelation<Cpu> relation{view<Cpu>(labels)};
  for (Index i = 0; i < 5; ++i)
    for (Index j = 0; j < 5; ++j) {
      CAPTURE(i, j);
      CHECK(relation(i, j).positive == (i + j == 2 && i != j ? 1 : 0));
      CHECK(relation(i, j).denominator == (i == j ? 0 : 1));
    }
  CHECK(has_exceptions(relation, {0, 1, 1, 1}));
}
