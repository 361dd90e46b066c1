/// @file
#pragma once
#include <selfsame/kernel/cpu/normalise.hpp>

#include <algorithm>

namespace selfsame {
inline namespace SELFSAME_FLAGS {

/// Moves rows of a memory bank towards new features, and back to unit length:
///
///     bank_y <- v / |v|,   v = (1 - step) bank_y + step f_i,   y = which[i]
///
/// Where |v| is below `epsilon` the old row stays as it is, bit for bit. Where a row comes more than
/// once, its last feature counts, and moves the row as it was before. A NaN makes its row NaN.
///
/// @param which     (B), in [0, n)
/// @param features  (B, D), of unit length
/// @param step      1 - momentum, in [0, 1]
/// @param bank      (n, D); only rows of `which` change
template <class R, class A, class D = BasicCpu<R, A>>
void update_bank(const BasicCpu<R, A>& device, Workspace& scratch, Vector<const Index, D> which,
                 In<D> features, Real<D> step, Out<D> bank, double epsilon = 1e-12) {
  assert(which.size == features.rows && features.cols == bank.cols && step >= 0 && step <= 1);
  const Workspace::Scope scope(scratch);
  Index* const order = scratch.take<Index>(which.size);
  for (Index i = 0; i < which.size; ++i) order[i] = i;
  std::sort(order, order + which.size,
            [&](Index i, Index j) { return which[i] != which[j] ? which[i] < which[j] : i < j; });
  const Index width = bank.cols, each = internal::row_piece(width);
  R* const moved = scratch.take<R>(workers(device, pieces(which.size, each)) * width);
  parallel(device, pieces(which.size, each), [&](Index task, Index thread) {
    const Index last = std::min(which.size, (task + 1) * each);
    R* const v = moved + thread * width;
    on_isa([&](auto bytes) SELFSAME_INLINE {
      using V = Simd<R, decltype(bytes)::value>;
      for (Index k = task * each; k < last; ++k) {
        const Index i = order[k], y = which[i];
        assert(y >= 0 && y < bank.rows);
        if (k + 1 < which.size && which[order[k + 1]] == y) continue;  // a later one counts
        const A* const f = features.row(i);
        A* const row = bank.row(y);
        each_vector<V>(width, [&](Index c, Index n) SELFSAME_INLINE {
          V old, fresh;
          load_some(row + c, n, old);
          load_some(f + c, n, fresh);
          old = (1 - step) * old + step * fresh;
          store_some(v + c, n, old);
        });
        const double norm = std::sqrt(internal::row_dot<decltype(bytes)::value>(v, v, width));
        if (norm < epsilon) continue;
        const R inverse = static_cast<R>(std::isinf(norm) ? std::nan("") : 1 / norm);
        each_vector<V>(width, [&](Index c, Index n) SELFSAME_INLINE {
          V x;
          load_some(v + c, n, x);
          x *= inverse;
          store_some(row + c, n, x);
        });
      }
    });
  });
}

}  // namespace SELFSAME_FLAGS
}  // namespace selfsame
