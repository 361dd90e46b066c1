/// @file
#pragma once
#include <selfsame/relation/relation.hpp>

namespace selfsame {

/// The relation of contrastive predictive coding: the prediction at (image, y, x), y < side - offset, has the patch at
/// (image, y + offset, x) as its positive, and the patches of all images as its candidates.
///
///     row    (image (side - offset) + y) side + x
///     column  image side^2 + y side + x
///
/// @see van den Oord et al. 2018, arXiv:1807.03748, eq. 4; Hénaff et al. 2020, arXiv:1905.09272, eq. 1
struct GridOffsetRelation {
  Index side;    ///< patches in a row and in a column of the grid
  Index offset;  ///< at least 1; from `side` on there are no rows

  constexpr Index rows(Index images) const {
    return offset < side ? images * (side - offset) * side : 0;
  }
  /// The positive of a row; it grows with the row.
  constexpr Index column(Index row) const {
    const Index strip = (side - offset) * side;
    return row / strip * side * side + row % strip + offset * side;
  }
  constexpr Pair operator()(Index i, Index j) const { return {j == column(i) ? 1. : 0., 1}; }
  constexpr bool has_exceptions(PairBlock b) const {
    return column(b.row) < b.column + b.columns && b.column <= column(b.row + b.rows - 1);
  }
};

}  // namespace selfsame
