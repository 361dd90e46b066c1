/// @file
#pragma once
#include <selfsame/kernel/cpu/reduce.hpp>

namespace selfsame {
inline namespace SELFSAME_FLAGS {

/// The gradient of `gather_rows`: row which[i] of the gradient is that of gathered row i, and rows
/// that nobody gathered have none: they become 0, or stay where the input adds.
///
/// @param which  rows of `to`, each at most once
template <class R, class A, class D = BasicCpu<R, A>>
void scatter_rows(const BasicCpu<R, A>& device, In<D> gradient, Vector<const Index, D> which,
                  Differentiable<BasicCpu<R, A>> to) {
  assert(gradient.rows == which.size && gradient.cols == to.gradient.cols);
  const Index cols = gradient.cols;
  if (!to.add)
    parallel_pieces(device, to.gradient.rows, internal::row_piece(cols),
                    [&](Index first, Index count) {
                      for (Index r = first; r < first + count; ++r)
                        std::fill_n(to.gradient.row(r), cols, A(0));
                    });
  parallel_pieces(device, which.size, internal::row_piece(cols), [&](Index first, Index count) {
    for (Index i = first; i < first + count; ++i)
      for (Index c = 0; c < cols; ++c) to.put(which[i], c, static_cast<R>(gradient(i, c)));
  });
}

}  // namespace SELFSAME_FLAGS
}  // namespace selfsame
