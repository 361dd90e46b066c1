/// @file
/// What losses of rows are made of: sums over rows, the terms of a softmax, gradients of a row.
#pragma once
#include <selfsame/kernel/cpu/softmax.hpp>

namespace selfsame {
inline namespace SELFSAME_FLAGS {
namespace internal {

/// sum_i row(lanes, i, own), `own` being scratch of `size` numbers a thread. Rows come in tasks of
/// a fixed size, whose sums are added in order. `row` runs inside `on_isa`.
template <class Sum, class R, class A, class Row>
Sum sum_rows(const BasicCpu<R, A>& device, Workspace& scratch, Index rows, Index cols, Index size,
             Row row) {
  constexpr auto line = static_cast<Index>(alignment / sizeof(R));
  size = pieces(size, line) * line;  // threads share no cache line
  const Index each = row_piece(cols), tasks = pieces(rows, each);
  const Workspace::Scope scope(scratch);
  Sum* const sums = scratch.take<Sum>(tasks);
  R* const own = scratch.take<R>(size * workers(device, tasks));
  parallel(device, tasks, [&](Index task, Index thread) {
    Sum sum{};
    const Index last = std::min(rows, (task + 1) * each);
    on_isa([&](auto lanes) SELFSAME_INLINE {
      for (Index i = task * each; i < last; ++i) sum += row(lanes, i, own + thread * size);
    });
    sums[task] = sum;
  });
  Sum total{};
  for (Index task = 0; task < tasks; ++task) total += sums[task];
  return total;
}

/// The lanes from `count` on become `x`.
template <class V>
SELFSAME_INLINE inline void pad(V& v, Index count, Lane<V> x) {
  if (count < width<V>)
    for (Index i = count; i < width<V>; ++i) v[i] = x;
}

/// A sum of many vectors in two steps, so that a long row loses no more digits than a short one.
template <class V>
struct LongSum {
  V part = {}, total = {};
  int count = 0;
  SELFSAME_INLINE void add(const V& x) {
    part += x;
    if (++count == 32) flush();
  }
  SELFSAME_INLINE void flush() {
    total += part;
    part = V{};
    count = 0;
  }
  SELFSAME_INLINE Lane<V> sum() {
    flush();
    return sum_of(total);
  }
};

/// Terms of a softmax: with v_c = (z[c] - top) * inverse, e[c] = exp(v_c), and their sum. It calls
/// more(c, count, v, exp(v)); lanes beyond `count` have v = -infinity.
template <class V, class T, class To, class More>
SELFSAME_INLINE inline Lane<V> row_terms(const T* z, Index cols, Lane<V> top, Lane<V> inverse,
                                         To* e, More&& more) {
  LongSum<V> sum;
  each_vector<V>(cols, [&](Index c, Index count) SELFSAME_INLINE {
    V v;
    load_some(z + c, count, v);
    v = (v - top) * inverse;  // at most 0, so exp stays in range
    pad(v, count, -std::numeric_limits<Lane<V>>::infinity());
    V x = v;
    exponentiate(x);
    store_some(e + c, count, x);
    sum.add(x);
    more(c, count, v, x);
  });
  return sum.sum();
}

/// t * v, and 0 where t is 0, whatever v is: a class that cannot be costs nothing.
template <class V>
SELFSAME_INLINE inline void product_of(const V& t, const V& v, V& to) {
  to = t == V{} ? V{} : t * v;
}

template <class V>
SELFSAME_INLINE inline void add_product(const V& t, const V& v, V& to) {
  V x;
  product_of(t, v, x);
  to += x;
}

/// Writes, or adds, one row of a gradient: slope(c, count, vector) gives it.
template <class V, class A, class Slope>
SELFSAME_INLINE inline void put_row(A* gradient, Index cols, bool add, Slope&& slope) {
  each_vector<V>(cols, [&](Index c, Index count) SELFSAME_INLINE {
    V g;
    slope(c, count, g);
    if (add) {
      V before;
      load_some(gradient + c, count, before);
      g += before;
    }
    store_some(gradient + c, count, g);
  });
}

/// A row without a gradient: exactly 0, or what stood there.
template <class D>
void put_nothing(const Differentiable<D>& rows, Index i) {
  if (!rows.add)
    std::fill_n(rows.gradient.row(i), rows.gradient.cols, static_cast<Activation<D>>(Real<D>(0)));
}

}  // namespace internal
}  // namespace SELFSAME_FLAGS
}  // namespace selfsame
