/// @file
/// Sums of vectors, and what rows reduce to. A sum does not depend on the number of threads: pieces
/// have a fixed size and are added in their order, in double.
#pragma once
#include <selfsame/kernel/cpu/elementwise.hpp>
#include <selfsame/tensor/buffer.hpp>

#include <limits>

namespace selfsame {
inline namespace SELFSAME_FLAGS {

namespace internal {

/// The sum of what term(first, count, vector of double) adds to its vector.
template <class R, class A, class Term>
double reduce(const BasicCpu<R, A>& device, Workspace& scratch, Index size, Term term) {
  const Workspace::Scope scope(scratch);
  const Index parts = pieces(size, map_piece);
  double* const part = scratch.take<double>(parts);
  parallel(device, parts, [&](Index task, Index) {
    const Index begin = task * map_piece, end = std::min(size, begin + map_piece);
    on_isa([&](auto bytes) SELFSAME_INLINE {
      using V = Simd<double, decltype(bytes)::value>;
      V sum[4] = {};  // four that do not wait for one another
      Index i = begin;
      for (; i + 4 * width<V> <= end; i += 4 * width<V>)
#pragma GCC unroll 4
        for (int way = 0; way < 4; ++way) term(i + way * width<V>, Index{width<V>}, sum[way]);
      each_vector<V>(end - i,
                     [&](Index at, Index count) SELFSAME_INLINE { term(i + at, count, sum[0]); });
      sum[0] = (sum[0] + sum[1]) + (sum[2] + sum[3]);
      part[task] = sum_of(sum[0]);
    });
  });
  double total = 0;
  for (Index i = 0; i < parts; ++i) total += part[i];
  return total;
}

/// Rows a task has where each row is read once or twice.
inline Index row_piece(Index cols) {
  return std::max<Index>(1, map_piece / std::max<Index>(1, cols));
}

/// The largest number of a row; that of no numbers is -infinity. A NaN may or may not win: the exponentials
/// that follow carry it.
template <class V, class T>
SELFSAME_INLINE inline Lane<V> row_top(const T* row, Index cols) {
  constexpr Lane<V> lowest = -std::numeric_limits<Lane<V>>::infinity();
  V top = V{} + lowest;
  Index c = 0;
  for (; c + width<V> <= cols; c += width<V>) {
    V v;
    load(row + c, v);
    top = v > top ? v : top;
  }
  Lane<V> largest = max_of(top);
  for (; c < cols; ++c) largest = std::max(largest, static_cast<Lane<V>>(row[c]));
  return largest;
}

/// NaN where a row has one, else 0.
template <class V, class T>
SELFSAME_INLINE inline Lane<V> row_nan(const T* row, Index cols) {
  V nan = {};
  each_vector<V>(cols, [&](Index c, Index n) SELFSAME_INLINE {
    V v;
    load_some(row + c, n, v);
    nan = v == v ? nan : v;
  });
  return nan_of(nan);
}

}  // namespace internal

/// sum_i x[i]
template <class R, class A, class D = BasicCpu<R, A>>
double sum(const BasicCpu<R, A>& device, Workspace& scratch, Vector<const Real<D>, D> x) {
  return internal::reduce(device, scratch, x.size,
                          [x](Index i, Index count, auto& to) SELFSAME_INLINE {
                            std::remove_cvref_t<decltype(to)> v;
                            load_some(x.data + i, count, v);
                            to += v;
                          });
}

/// sum_i x[i] y[i], each product formed in double.
template <class R, class A, class D = BasicCpu<R, A>>
double dot(const BasicCpu<R, A>& device, Workspace& scratch, Vector<const Real<D>, D> x,
           Vector<const Real<D>, D> y) {
  assert(x.size == y.size);
  return internal::reduce(device, scratch, x.size,
                          [x, y](Index i, Index count, auto& to) SELFSAME_INLINE {
                            std::remove_cvref_t<decltype(to)> v, w;
                            load_some(x.data + i, count, v);
                            load_some(y.data + i, count, w);
                            to += v * w;
                          });
}

/// sum_i x[i]^2: the square of the Euclidean norm.
template <class R, class A, class D = BasicCpu<R, A>>
double squared_norm(const BasicCpu<R, A>& device, Workspace& scratch, Vector<const Real<D>, D> x) {
  return dot(device, scratch, x, x);
}

/// top[r] = max_c x(r, c), NaN where one is; -infinity where there are no columns.
template <class R, class A, class D = BasicCpu<R, A>>
void row_max(const BasicCpu<R, A>& device, In<D> x, Vector<Real<D>, D> top) {
  assert(top.size == x.rows);
  parallel_pieces(device, x.rows, internal::row_piece(x.cols), [&](Index first, Index count) {
    on_isa([&](auto bytes) SELFSAME_INLINE {
      using V = Simd<R, decltype(bytes)::value>;
      for (Index r = first; r < first + count; ++r) {
        const R nan = internal::row_nan<V>(x.row(r), x.cols);
        top[r] = nan != nan ? nan : internal::row_top<V>(x.row(r), x.cols);
      }
    });
  });
}

}  // namespace SELFSAME_FLAGS
}  // namespace selfsame
