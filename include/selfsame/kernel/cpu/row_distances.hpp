/// @file
/// Squared lengths and distances of rows, in double, and the range of each column.
#pragma once
#include <selfsame/kernel/cpu/normalise.hpp>

namespace selfsame {
inline namespace SELFSAME_FLAGS {

namespace internal {

/// |x - y|^2 in double.
template <int bytes, class T, class U>
SELFSAME_INLINE inline double squared_distance(const T* x, const U* y, Index cols) {
  using V = Simd<double, bytes>;
  V sum[2] = {};
  Index c = 0;
  for (; c + 2 * width<V> <= cols; c += 2 * width<V>)
#pragma GCC unroll 2
    for (int half = 0; half < 2; ++half) {
      V v, w;
      load(x + c + half * width<V>, v);
      load(y + c + half * width<V>, w);
      v -= w;
      sum[half] += v * v;
    }
  sum[0] += sum[1];
  double total = sum_of(sum[0]);
  for (; c < cols; ++c) {
    const double d = static_cast<double>(x[c]) - static_cast<double>(y[c]);
    total += d * d;
  }
  return total;
}

}  // namespace internal

/// squares[n] = |x_n - to[label_n]|^2
/// @param to  (K, width)
template <class R, class A, class T, class D = BasicCpu<R, A>>
void squared_distances(const BasicCpu<R, A>& device, In<D> x, MatrixView<T, BasicCpu<R, A>> to,
                       Vector<const Index, D> labels, Vector<double, D> squares) {
  assert(x.cols == to.cols && labels.size == x.rows && squares.size == x.rows);
  parallel_pieces(device, x.rows, internal::row_piece(x.cols), [&](Index first, Index count) {
    on_isa([&](auto bytes) SELFSAME_INLINE {
      for (Index r = first; r < first + count; ++r)
        squares[r] =
            internal::squared_distance<decltype(bytes)::value>(x.row(r), to.row(labels[r]), x.cols);
    });
  });
}

/// squares[n] = min(squares[n], |x_n - c|^2), and nearest[n] = `name` where that is less.
///
/// A row is not looked at where c is too far from what is nearest to it:
///
///     |x - c| >= |c - s| - |x - s| >= |x - s|   where |c - s| >= 2 |x - s|
///
/// @param c      (width)
/// @param apart  apart[nearest[n]] = |c - s|^2 of the s that is nearest to row n
template <class R, class A, class D = BasicCpu<R, A>>
void take_nearer(const BasicCpu<R, A>& device, In<D> x, const Real<D>* c, Index name,
                 const double* apart, Vector<double, D> squares, Vector<Index, D> nearest) {
  assert(squares.size == x.rows && nearest.size == x.rows);
  parallel_pieces(device, x.rows, internal::row_piece(x.cols), [&](Index first, Index count) {
    on_isa([&](auto bytes) SELFSAME_INLINE {
      for (Index r = first; r < first + count; ++r) {
        if (nearest[r] >= 0 && apart[nearest[r]] * (1 - 1e-9) >= 4 * squares[r]) continue;
        const double square =
            internal::squared_distance<decltype(bytes)::value>(x.row(r), c, x.cols);
        if (nearest[r] < 0 || square < squares[r]) squares[r] = square, nearest[r] = name;
      }
    });
  });
}

/// Rows as they are seen from another origin, in another unit, formed in double and rounded once:
///
///     y_n = (x_n - origin) scale,   or of `unit` rows  (x_n / |x_n| - origin) scale;   squares[n] = |y_n|^2
///
/// @param origin  (width)
/// @param y       (rows, width) of Real, overwritten; a zero row has no direction and gives -origin
template <class R, class A, class D = BasicCpu<R, A>>
void rows_from(const BasicCpu<R, A>& device, In<D> x, const double* origin, double scale, bool unit,
               MatrixView<R, BasicCpu<R>> y, Vector<double, D> squares) {
  assert(y.rows == x.rows && y.cols == x.cols && squares.size == x.rows);
  parallel_pieces(device, x.rows, internal::row_piece(x.cols), [&](Index first, Index count) {
    on_isa([&](auto bytes) SELFSAME_INLINE {
      using V = Simd<double, decltype(bytes)::value>;
      for (Index r = first; r < first + count; ++r) {
        double norm = 1;
        if (unit)
          norm = std::sqrt(internal::row_dot<decltype(bytes)::value>(x.row(r), x.row(r), x.cols));
        const double length = norm == 0 ? 1 : norm;
        V sum = {};
        each_vector<V>(x.cols, [&](Index c, Index n) SELFSAME_INLINE {
          V v, from;
          load_some(x.row(r) + c, n, v);
          load_some(origin + c, n, from);
          v = (v / length - from) * scale;
          store_some(y.row(r) + c, n, v);
          load_some(y.row(r) + c, n, v);
          sum += v * v;
        });
        squares[r] = sum_of(sum);
      }
    });
  });
}

/// Adds to what is known of rows: squares[n] = |x_n|^2, low[c] and high[c] are widened to hold
/// column c. A NaN makes its row's square NaN and may or may not show in the range.
template <class R, class A, class D = BasicCpu<R, A>>
void survey_rows(const BasicCpu<R, A>& device, Workspace& scratch, In<D> x,
                 Vector<double, D> squares, Vector<double, D> low, Vector<double, D> high) {
  assert(squares.size == x.rows && low.size == x.cols && high.size == x.cols);
  constexpr Index each = 1024;
  const Workspace::Scope scope(scratch);
  const Index tasks = pieces(x.rows, each);
  double* const ranges = scratch.take<double>(2 * tasks * x.cols);
  parallel_pieces(device, x.rows, each, [&](Index first, Index count) {
    double* const least = ranges + first / each * 2 * x.cols;
    double* const most = least + x.cols;
    for (Index c = 0; c < x.cols; ++c) least[c] = most[c] = static_cast<double>(x(first, c));
    on_isa([&](auto bytes) SELFSAME_INLINE {
      using V = Simd<double, decltype(bytes)::value>;
      for (Index r = first; r < first + count; ++r) {
        V sum = {};
        each_vector<V>(x.cols, [&](Index c, Index n) SELFSAME_INLINE {
          V v, a, b;
          load_some(x.row(r) + c, n, v);
          load_some(least + c, n, a);
          load_some(most + c, n, b);
          sum += v * v;
          a = v < a ? v : a;
          b = v > b ? v : b;
          store_some(least + c, n, a);
          store_some(most + c, n, b);
        });
        squares[r] = sum_of(sum);
      }
    });
  });
  for (Index t = 0; t < tasks; ++t)
    for (Index c = 0; c < x.cols; ++c) {
      low[c] = std::min(low[c], ranges[2 * t * x.cols + c]);
      high[c] = std::max(high[c], ranges[(2 * t + 1) * x.cols + c]);
    }
}

}  // namespace SELFSAME_FLAGS
}  // namespace selfsame
