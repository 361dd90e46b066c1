/// @file
#pragma once
#include <selfsame/relation/relation.hpp>

namespace selfsame {

/// The relation of supervised contrast: a row's positives are all other rows of its label, all other rows stand in
/// its denominator. A row of label -1 has no positive, so it is no anchor, but a negative of the others.
template <class D>
struct SameLabelRelation {
  Vector<const Index, D> labels;  ///< one a row, of all ranks

  Pair operator()(Index i, Index j) const {
    if (i == j) return {0, 0};
    return labels[i] == labels[j] && labels[i] >= 0 ? Pair{1, 1} : Pair{0, 1};
  }
};

}  // namespace selfsame
