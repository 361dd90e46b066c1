/// @file
#pragma once
#include <selfsame/relation/relation.hpp>

namespace selfsame {

/// The relation of MoCo: row i's positive is column i. The other columns do not meet it (v1, v2), or are its
/// negatives (`others = 1`: MoCo v3), or negatives of another weight.
struct OwnKeyRelation {
  double others = 0;

  constexpr Pair operator()(Index i, Index j) const {
    return i == j ? Pair{1, 1} : Pair{0, others};
  }
  constexpr bool has_exceptions(PairBlock b) const {
    return others != 1 || (b.row < b.column + b.columns && b.column < b.row + b.rows);
  }
};

}  // namespace selfsame
