/// @file
#pragma once
#include <selfsame/kernel/cpu/reduce.hpp>

namespace selfsame {
inline namespace SELFSAME_FLAGS {

/// to_i = from_{which[i]}: rows brought side by side.
///
/// @param which  rows of `from`, in [0, from.rows), in any order and as often as wanted
/// @param to     (which.size, from.cols), overwritten; does not overlap `from`
template <class R, class A, class D = BasicCpu<R, A>>
void gather_rows(const BasicCpu<R, A>& device, In<D> from, Vector<const Index, D> which,
                 Out<D> to) {
  assert(to.rows == which.size && to.cols == from.cols);
  parallel_pieces(device, to.rows, internal::row_piece(to.cols), [&](Index first, Index count) {
    for (Index r = first; r < first + count; ++r) {
      assert(which[r] >= 0 && which[r] < from.rows);
      std::copy_n(from.row(which[r]), from.cols, to.row(r));
    }
  });
}

}  // namespace SELFSAME_FLAGS
}  // namespace selfsame
