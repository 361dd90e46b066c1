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

TEST_CASE("A relation says of a pair its weights and of a block whether it is exceptional",
          "[core]") {
  struct NoBlocks {
    Pair operator()(Index, Index) const { return {}; }
  };
  CHECK_FALSE(Relation<NoBlocks>);
  CHECK((Pair{}.positive == 0 && Pair{}.denominator == 0));
}
