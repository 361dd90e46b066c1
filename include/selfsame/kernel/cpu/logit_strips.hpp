/// @file
/// The engine of losses whose columns are differentiated: prototypes, a vocabulary, keys of this step.
#pragma once
#include <selfsame/core/weights.hpp>
#include <selfsame/kernel/cpu/detail/matrix/strip_panels.hpp>
#include <selfsame/kernel/cpu/reduce.hpp>

namespace selfsame {
inline namespace SELFSAME_FLAGS {

/// Logits without a bias.
struct NoBias {};

namespace internal {

template <class X>
concept HasGradient = requires(const X& x) { x.gradient; };

/// The numbers of a differentiated input or of a constant.
template <class D, class X>
auto values_of(const X& x) {
  if constexpr (HasGradient<X>)
    return x.value;
  else
    return MatrixView<const typename X::Value, D>(x);
}
template <class X>
bool wants_gradient(const X& x) {
  if constexpr (HasGradient<X>) return x.gradient.data != nullptr;
  return false;
}

/// sums[c] += sum_r g(r, c), in R within a strip, in double over strips.
template <class R, class D>
void add_strip_sums(MatrixView<R, D> g, double* sums) {
  on_isa([&](auto bytes) SELFSAME_INLINE {
    using V = Simd<R, decltype(bytes)::value>;
    each_vector<V>(g.cols, [&](Index c, Index n) SELFSAME_INLINE {
      V sum = {};
      for (Index r = 0; r < g.rows; ++r) {
        V v;
        load_some(g.row(r) + c, n, v);
        sum += v;
      }
      for (Index i = 0; i < n; ++i) sums[c + i] += static_cast<double>(sum[i]);
    });
  });
}

}  // namespace internal

/// Logits of rows and columns that are both differentiated, a strip of rows at a time:
///
///     s = rows . columns^T + bias                                       (B, K), never stored
///     slopes(first, s) turns logits into g = d value / d s in place
///     d rows = g . columns     d columns = g^T . rows     d bias = sum_r g_r
///
/// 6 B K D floating-point operations, instead of 8 where logits are computed again for the second
/// gradient. Memory: a strip of 2 MiB, or of 144 rows, and O(K D) for packed columns.
///
/// Each of rows, columns and bias is a constant or a Differentiable, whose gradient is written or added as
/// it asks, times its weight. A Differentiable with a null gradient counts as a constant; where nothing has
/// a gradient, `slopes` only reads.
///
/// @param rows     (B, D): Differentiable<D> or In<D>
/// @param columns  (K, D): Differentiable<D> or In<D>, DifferentiableWeights<D> or MatrixView<const Real<D>, D>
/// @param bias     (1, K): one of these, or NoBias{}
/// @param slopes   called as slopes(first, MatrixView<Real<D>, D> s) with rows [first, first + s.rows)
///                 and all K columns, in parallel, once for each row, so it writes results of a row
///                 to a place of that row. How many rows come together depends on sizes only. It runs
///                 inside a parallel loop; kernels in it get a device of one thread.
template <class R, class A, class Rows, class Columns, class Bias, class F>
void logit_strips(const BasicCpu<R, A>& device, Workspace& scratch, const Rows& rows,
                  const Columns& columns, const Bias& bias, F&& slopes) {
  using D = BasicCpu<R, A>;
  constexpr bool biased = !std::same_as<Bias, NoBias>;
  const auto x = internal::values_of<D>(rows);
  const auto c = internal::values_of<D>(columns);
  assert(x.cols == c.cols);
  const bool row_slopes = internal::wants_gradient(rows);
  const bool column_slopes = internal::wants_gradient(columns);
  const Workspace::Scope scope(scratch);
  R* start = nullptr;
  double* bias_sums = nullptr;
  if constexpr (biased) {
    const auto b = internal::values_of<D>(bias);
    assert(b.rows == 1 && b.cols == c.rows);
    start = scratch.take<R>(b.cols);
    for (Index k = 0; k < b.cols; ++k) start[k] = static_cast<R>(b(0, k));
    if (internal::wants_gradient(bias)) {
      bias_sums = scratch.take<double>(c.rows);
      std::fill_n(bias_sums, c.rows, 0.0);
    }
  }
  using Panels = internal::StripPanels<R, A, std::remove_const_t<typename decltype(x)::Value>,
                                       std::remove_const_t<typename decltype(c)::Value>>;
  Panels panels(device, scratch, x, c, {row_slopes, column_slopes});
  const Index tasks = panels.cut.tasks, each = panels.cut.each;
  for (Index strip = 0; strip < panels.strips(); ++strip) {
    const Index first = panels.first(strip);
    const MatrixView<R, D> s = panels.logits(strip);
    panels.pack_rows(strip);
    parallel(device, tasks, [&](Index task, Index) { panels.multiply(strip, task, start); });
    parallel_pieces(device, s.rows, internal::row_piece(s.cols),
                    [&](Index r, Index n) { slopes(first + r, s.row_range(r, n)); });
    if (!row_slopes && !column_slopes && bias_sums == nullptr) continue;
    parallel(device, tasks, [&](Index task, Index thread) {
      panels.compute_gradients(strip, task, thread);
      const Index j = task * each, n = std::min(each, s.cols - j);
      if (bias_sums != nullptr) internal::add_strip_sums(s.col_range(j, n), bias_sums + j);
    });
    if constexpr (internal::HasGradient<Rows>)
      if (row_slopes)
        parallel_pieces(device, s.rows, tile_rows, [&](Index begin, Index n) {
          for (Index r = begin; r < begin + n; ++r) {
            const R* const gradient = panels.row_gradient(r);
            for (Index k = 0; k < x.cols; ++k) rows.put(first + r, k, gradient[k]);
          }
        });
  }
  if constexpr (internal::HasGradient<Columns>)
    if (column_slopes)
      parallel_pieces(device, c.rows, internal::row_piece(c.cols), [&](Index begin, Index n) {
        for (Index r = begin; r < begin + n; ++r)
          for (Index k = 0; k < c.cols; ++k) columns.put(r, k, panels.column_gradient()(r, k));
      });
  if constexpr (internal::HasGradient<Bias>)
    if (bias_sums != nullptr)
      for (Index k = 0; k < c.rows; ++k) bias.put(0, k, static_cast<R>(bias_sums[k]));
}

}  // namespace SELFSAME_FLAGS
}  // namespace selfsame
