#include <selfsame/relation/relation.hpp>

#include "support/catch.hpp"

using namespace selfsame;

TEST_CASE("Columns are the rows themselves, a differentiable input, or constants", "[core]") {
  std::vector<float> a(4), b(6), g(6);
  const Differentiable<Cpu> rows{{a.data(), 2, 2}, {g.data(), 2, 2}},
      others{{b.data(), 3, 2}, {g.data(), 3, 2}};
  CHECK(column_values<Cpu>(rows, SameRows{}).data == a.data());
  CHECK(column_values<Cpu>(rows, others).data == b.data());
  CHECK(column_values<Cpu>(rows, In<Cpu>(b.data(), 3, 2)).rows == 3);
}

TEST_CASE(
    "A relation gives weights of pairs, and where it says nothing of blocks any may hold "
    "exceptions",
    "[core]") {
  struct NoBlocks {
    Pair operator()(Index, Index) const { return {}; }
  };
  struct Diagonal : NoBlocks {
    bool has_exceptions(PairBlock b) const { return b.row == b.column; }
  };
  struct NoPairs {
    bool operator()(Index, Index) const { return false; }
  };
  CHECK((Relation<NoBlocks> && Relation<Diagonal>));
  CHECK_FALSE(Relation<NoPairs>);
  CHECK((has_exceptions(NoBlocks{}, {0, 1, 7, 1}) && has_exceptions(Diagonal{}, {7, 1, 7, 1})));
  CHECK_FALSE(has_exceptions(Diagonal{}, {0, 1, 7, 1}));
  CHECK((Pair{}.positive == 0 && Pair{}.denominator == 0));
}
