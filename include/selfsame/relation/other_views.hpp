/// @file
#pragma once
#include <selfsame/relation/relation.hpp>

namespace selfsame {

/// The relation of SimCLR: rows are `views` blocks of `batch` images, rank after rank, and a row's
/// positives are the other views of its image. Positives stand in the denominator, too; a row itself
/// does not.
struct OtherViewsRelation {
  Index batch;  ///< images of a rank
  Index views = 2;

  constexpr Pair operator()(Index i, Index j) const {
    if (i == j) return {0, 0};
    const Index apart = i < j ? j - i : i - j;
    for (Index k = 1; k < views; ++k)  // a loop of few additions, where a remainder takes longer
      if (apart == k * batch)
        return i / (batch * views) == j / (batch * views) ? Pair{1, 1} : Pair{0, 1};
    return {0, 1};
  }
  /// Whether a multiple of the batch is among the differences column - row.
  constexpr bool has_exceptions(PairBlock b) const {
    const Index low = b.column - (b.row + b.rows - 1), high = b.column + b.columns - 1 - b.row;
    const Index least = (low + (low > 0 ? batch - 1 : 0)) / batch * batch;
    return least <= high && low < batch * views && high > -batch * views;
  }
};

}  // namespace selfsame
