/// @file
/// Softmax and log-sum-exp of rows.
#pragma once
#include <selfsame/kernel/cpu/exp.hpp>
#include <selfsame/kernel/cpu/reduce.hpp>

#include <cmath>

namespace selfsame {
inline namespace SELFSAME_FLAGS {

namespace internal {

/// sum_c exp((row[c] - top) * inverse); `to`, where it is not null, gets the terms.
template <class V, class T>
SELFSAME_INLINE inline Lane<V> row_exp(const T* row, Index cols, Lane<V> top, Lane<V> inverse,
                                       T* to) {
  V sum = {};
  Lane<V> rest = 0;
  each_vector<V>(cols, [&](Index c, Index count) SELFSAME_INLINE {
    V v;
    load_some(row + c, count, v);
    v = (v - top) * inverse;  // at most 0, so exp stays in range
    exponentiate(v);
    if (to != nullptr) store_some(to + c, count, v);
    if (count == width<V>)
      sum += v;
    else
      for (Index i = 0; i < count; ++i) rest += v[i];
  });
  return sum_of(sum) + rest;
}

}  // namespace internal

/// p(r, c) = exp(s(r, c) / temperature) / sum_j exp(s(r, j) / temperature)
///
/// for any finite scores, and for some at -infinity, which get 0. A row that is -infinity throughout
/// or holds a NaN or +infinity becomes NaN. `p` is overwritten and may be `s`.
/// @param temperature  > 0
template <class R, class A, class D = BasicCpu<R, A>>
void softmax(const BasicCpu<R, A>& device, In<D> scores, Real<D> temperature, Out<D> p) {
  assert(scores.rows == p.rows && scores.cols == p.cols && temperature > 0);
  parallel_pieces(device, p.rows, internal::row_piece(p.cols), [&](Index first, Index count) {
    on_isa([&](auto bytes) SELFSAME_INLINE {
      using V = Simd<R, decltype(bytes)::value>;
      for (Index r = first; r < first + count; ++r) {
        const R top = internal::row_top<V>(scores.row(r), p.cols);
        const R all = internal::row_exp<V>(scores.row(r), p.cols, top, 1 / temperature, p.row(r));
        const R share = 1 / all;
        each_vector<V>(p.cols, [&](Index c, Index n) SELFSAME_INLINE {
          V v;
          load_some(p.row(r) + c, n, v);
          v *= share;
          store_some(p.row(r) + c, n, v);
        });
      }
    });
  });
}

/// to[r] = log sum_c exp(s(r, c) / temperature); -infinity for a row of no or only infinitely small
/// scores, NaN where one is NaN, +infinity where one is.
/// @param temperature  > 0
template <class R, class A, class D = BasicCpu<R, A>>
void row_log_sum_exp(const BasicCpu<R, A>& device, In<D> scores, Real<D> temperature,
                     Vector<Real<D>, D> to) {
  assert(to.size == scores.rows && temperature > 0);
  const Index cols = scores.cols;
  parallel_pieces(device, scores.rows, internal::row_piece(cols), [&](Index first, Index count) {
    on_isa([&](auto bytes) SELFSAME_INLINE {
      using V = Simd<R, decltype(bytes)::value>;
      for (Index r = first; r < first + count; ++r) {
        const A* const row = scores.row(r);
        const R top = internal::row_top<V>(row, cols), inverse = 1 / temperature;
        if (std::isinf(top)) {  // the difference from it is no number
          to[r] = top;
          for (Index c = 0; c < cols; ++c)
            if (row[c] != row[c]) to[r] = static_cast<R>(row[c]);
          continue;
        }
        const R all = internal::row_exp<V, A>(row, cols, top, inverse, nullptr);
        to[r] = top * inverse + std::log(all);
      }
    });
  });
}

}  // namespace SELFSAME_FLAGS
}  // namespace selfsame
