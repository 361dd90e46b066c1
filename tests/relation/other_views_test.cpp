#include <selfsame/relation/other_views.hpp>

#include "support/catch.hpp"

using namespace selfsame;

TEST_CASE("The positives of a row are the other views of an image on its rank", "[core]") {
  const OtherViewsRelation two{3, 2};
  static_assert(Relation<OtherViewsRelation>);
  CHECK((two(0, 3).positive == 1 && two(0, 3).denominator == 1));
  CHECK((two(3, 0).positive == 1 && two(4, 1).positive == 1));
  CHECK((two(0, 0).positive == 0 && two(0, 0).denominator == 0));
  CHECK((two(0, 4).positive == 0 && two(0, 4).denominator == 1));
  CHECK((two(0, 6).positive == 0 && two(0, 6).denominator == 1));  // the next rank's image
  CHECK(two(6, 9).positive == 1);
  const OtherViewsRelation three{2, 3};
  CHECK((three(0, 2).positive == 1 && three(0, 4).positive == 1 && three(5, 1).positive == 1));
}

TEST_CASE("OtherViewsRelation has exceptions in each block that holds a positive or the diagonal",
          "[core]") {
  for (const Index batch : {1, 2, 3, 7})
    for (const Index views : {2, 3}) {
      const OtherViewsRelation other_views{batch, views};
      const Index all = 2 * batch * views;  // two ranks
      Index plain = 0;
      for (Index row = 0; row < all; ++row)
        for (Index rows = 1; row + rows <= all; rows += 2)
          for (Index column = 0; column < all; ++column)
            for (Index columns = 1; column + columns <= all; columns += 3) {
              bool exceptional = false;
              for (Index i = row; i < row + rows; ++i)
                for (Index j = column; j < column + columns; ++j) {
                  const Pair p = other_views(i, j);
                  exceptional = exceptional || p.positive != 0 || p.denominator != 1;
                }
              const bool said = other_views.has_exceptions({row, rows, column, columns});
              if (exceptional && !said)
                FAIL("batch " << batch << ", views " << views << ", row " << row << ", rows "
                              << rows << ", column " << column << ", columns " << columns);
              plain += !said;
            }
      CAPTURE(batch, views);
      if (batch > 1) CHECK(plain > 0);  // and some blocks cost nothing
    }
}
