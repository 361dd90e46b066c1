/// @file
/// The product of two matrices.
#pragma once
#include <selfsame/kernel/cpu/detail/matrix/blocked.hpp>

#include <concepts>

namespace selfsame {
inline namespace SELFSAME_FLAGS {

/// Numbers a kernel of the device reads and writes.
template <class T, class D>
concept NumberOf = std::same_as<std::remove_const_t<T>, Real<D>> ||
                   std::same_as<std::remove_const_t<T>, Activation<D>>;

/// How many chunks of rows a product is computed in: a function of its sizes.
constexpr Index product_chunks(Index rows, Index cols, Index depth) {
  return internal::cut(rows, cols, depth).chunks;
}

/// c = op(a) op(b), or c += op(a) op(b). Sums are formed in Real; an empty sum is 0.
///
///     op(a) (M, K)   op(b) (K, N)   c (M, N), overwritten or added to, overlaps neither a nor b
///
/// @param finish  called as finish(chunk, first_row, rows) once for each of the
///                product_chunks(M, N, K) chunks of c, at most 240 rows, as soon as it is computed
///                and by the thread that did, so that bias, statistics or a rectifier meet it in
///                cache. Not called where M or N is 0.
template <class R, class A, class TA, class TB, class TC, class D = BasicCpu<R, A>,
          class Finish = internal::Nothing>
  requires NumberOf<TA, D> && NumberOf<TB, D> && NumberOf<TC, D> && (!std::is_const_v<TC>)
void product(const BasicCpu<R, A>& device, Workspace& scratch, MatrixView<TA, BasicCpu<R, A>> a,
             Transpose turn_a, MatrixView<TB, BasicCpu<R, A>> b, Transpose turn_b,
             MatrixView<TC, BasicCpu<R, A>> c, Write write = Write::overwrite,
             Finish&& finish = {}) {
  const bool a_turned = turn_a == Transpose::yes, b_turned = turn_b == Transpose::yes;
  const Index depth = a_turned ? a.rows : a.cols;
  assert((a_turned ? a.cols : a.rows) == c.rows);
  assert((b_turned ? b.rows : b.cols) == c.cols);
  assert((b_turned ? b.cols : b.rows) == depth);
  internal::blocked(device, scratch,
                    internal::Lines<std::remove_const_t<TA>>{a.data, a.stride, !a_turned},
                    internal::Lines<std::remove_const_t<TB>>{b.data, b.stride, b_turned}, c.rows,
                    c.cols, depth, c.data, internal::RowsApart{c.stride}, write, finish);
}

}  // namespace SELFSAME_FLAGS
}  // namespace selfsame
