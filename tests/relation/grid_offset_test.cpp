#include <selfsame/relation/grid_offset.hpp>

#include "support/catch.hpp"

using namespace selfsame;

static_assert(Relation<GridOffsetRelation>);

TEST_CASE("A prediction's positive lies `offset` rows below it in its image", "[core]") {
  for (const Index side : {1, 2, 3, 6})
    for (Index offset = 1; offset <= side + 1; ++offset) {
      CAPTURE(side, offset);
      const GridOffsetRelation grid{side, offset};
      Index row = 0;
      for (Index image = 0; image < 3; ++image)
        for (Index y = 0; y + offset < side; ++y)
          for (Index x = 0; x < side; ++x, ++row)
            CHECK(grid.column(row) == (image * side + y + offset) * side + x);
      CHECK(grid.rows(3) == row);
    }
  const GridOffsetRelation one{3, 1}, two{3, 2};  // two images: cpc_v2's labels
  for (Index r = 0; r < 6; ++r) CHECK(one.column(r) == 3 + r);
  for (Index r = 6; r < 12; ++r) CHECK(one.column(r) == 6 + r);
  for (Index r = 0; r < 3; ++r) CHECK(two.column(r) == 6 + r);
  for (Index r = 3; r < 6; ++r) CHECK(two.column(r) == 12 + r);
}

TEST_CASE("A block is exceptional exactly where it may hold a positive", "[core]") {
  const GridOffsetRelation grid{4, 1};
  const Index rows = grid.rows(3), columns = 48;
  for (Index r = 0; r < rows; r += 5)
    for (Index c = 0; c < columns; c += 7) {
      const PairBlock b{r, std::min<Index>(5, rows - r), c, std::min<Index>(7, columns - c)};
      bool holds = false;
      for (Index i = b.row; i < b.row + b.rows; ++i)
        for (Index j = b.column; j < b.column + b.columns; ++j)
          holds = holds || grid(i, j).positive != 0;
      CAPTURE(r, c);
      if (holds) CHECK(grid.has_exceptions(b));
      CHECK(grid(r, c).denominator == 1);
    }
  CHECK_FALSE(grid.has_exceptions({0, 4, 0, 4}));
  CHECK(grid.has_exceptions({0, 4, 0, 5}));
}
