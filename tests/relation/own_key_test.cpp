#include <selfsame/relation/own_key.hpp>

#include "support/catch.hpp"

using namespace selfsame;

static_assert(Relation<OwnKeyRelation>);

TEST_CASE("A query's own key is its only positive, and other keys count as much as asked",
          "[core]") {
  for (const double others : {0.0, 0.5, 1.0}) {
    const OwnKeyRelation relation{others};
    CHECK(relation(3, 3).positive == 1);
    CHECK(relation(3, 3).denominator == 1);
    CHECK(relation(3, 4).positive == 0);
    CHECK(relation(3, 4).denominator == others);
  }
}

TEST_CASE("A block of keys is plain only where all are negatives of weight 1", "[core]") {
  CHECK(OwnKeyRelation{}.has_exceptions({0, 4, 100, 4}));
  CHECK_FALSE(OwnKeyRelation{1}.has_exceptions({0, 4, 100, 4}));
  CHECK_FALSE(OwnKeyRelation{1}.has_exceptions({0, 4, 4, 4}));
  CHECK_FALSE(OwnKeyRelation{1}.has_exceptions({4, 4, 0, 4}));
  CHECK(OwnKeyRelation{1}.has_exceptions({0, 5, 4, 4}));
  CHECK(OwnKeyRelation{1}.has_exceptions({4, 4, 0, 5}));
}
