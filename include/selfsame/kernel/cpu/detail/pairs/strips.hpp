/// @file
/// A comparison with columns that are differentiated, but are no anchors.
#pragma once
#include <selfsame/kernel/cpu/detail/pairs/pair_kernel.hpp>

namespace selfsame {
inline namespace SELFSAME_FLAGS {
namespace internal {

/// Strips of rows whose exponentials are kept until the sums that divide them are known: logits are computed once,
/// 6 N M D operations instead of 8. Tasks of columns are as many as sizes say, and their sums added in order.
template <class R>
struct PairStrips {
  static constexpr Index wide = panel_rows, most_tasks = 16;
  Index tall, blocks, tasks, lines;
  R* e;              ///< (columns, tall): n_ij exp((x_ij - top_i) / temperature); then slopes
  R* scaled;         ///< the strip's rows times their anchors' weights, packed across
  LogSumExp totals;  ///< (tasks, tall)
  R* sums;           ///< (tasks, tall, padded width)
  R* lanes;          ///< (tasks, tall)

  PairStrips(Workspace& scratch, const Panels<R>& rows, const Panels<R>& columns) {
    constexpr Index bytes = Index{2} << 20;
    const Index room = bytes / static_cast<Index>(sizeof(R)) / std::max<Index>(columns.padded, 1);
    tall = std::clamp<Index>(room / panel_rows, 1, 3) * panel_rows;
    blocks = pieces(columns.rows, wide), tasks = std::min(blocks, most_tasks), lines = tasks * tall;
    e = scratch.take<R>(columns.padded * tall);
    scaled = scratch.take<R>(tall * rows.wide);
    totals = {scratch.take<double>(lines), scratch.take<double>(lines),
              scratch.take<double>(lines)};
    sums = scratch.take<R>(lines * rows.wide);
    lanes = scratch.take<R>(lines);
  }
  /// f(first column, how many) for each block of a task.
  template <class F>
  void each_block(const Panels<R>& columns, Index task, F&& f) const {
    for (Index k = task * blocks / tasks; k < (task + 1) * blocks / tasks; ++k)
      f(k * wide, std::min(wide, columns.rows - k * wide));
  }
};

/// Phases 2 to 4 strip by strip: the sums over the columns, finish(first, count) for the rows of the strip, and both gradients.
template <class R, class A, class Rel, class F>
void gradients_in_strips(const PairKernel<R, A, Rel>& pairs, const Panels<R>& columns,
                         LogSumExp totals, Anchors<R> anchors, R* row_gradient, R* column_gradient,
                         F&& finish) {
  const Panels<R>& rows = pairs.rows;
  const Index depth = rows.width, size = tile_size<R>().cols;
  const Workspace::Scope scope(pairs.scratch);
  const PairStrips<R> strips(pairs.scratch, rows, columns);
  const Index tall = strips.tall;
  for (Index i = 0; i < rows.rows; i += tall) {
    const Index count = std::min(tall, rows.rows - i);
    const auto block = [&](Index j, Index n) {
      return Block<Rel>{pairs.relation, {pairs.first_row + i, count, j, n}, true};
    };
    parallel(pairs.device, strips.tasks, [&](Index task, Index) {
      const LogSumExp own = strips.totals.from(task * tall);
      for (double* d : {own.sum, own.positives, own.positive_logits}) std::fill_n(d, count, 0.0);
      strips.each_block(columns, task, [&](Index j, Index n) {
        stream_block(block(j, n), pairs.exponential(), columns.left + j * depth,
                     rows.right + i * depth, depth, anchors.top + i, own, strips.e + j * tall, tall,
                     strips.lanes + task * tall);
      });
    });
    for (Index task = 0; task < strips.tasks; ++task)
      totals.from(i).add(strips.totals.from(task * tall), count);
    finish(i, count);

    const Anchors<R> mine = anchors.from(i);
    for (Index c = 0; c < rows.wide; c += size)
      for (Index r = 0; r < count; ++r)
        for (Index l = 0; l < size; ++l)
          strips.scaled[c * tall + r * size + l] =
              mine.weight[r] * rows.across[c * rows.padded + (i + r) * size + l];
    Panels<R> weighted = rows;
    weighted.padded = tall;
    parallel(pairs.device, strips.tasks, [&](Index task, Index) {
      R* const sums = strips.sums + task * tall * rows.wide;
      std::fill_n(sums, tall * rows.wide, R(0));
      strips.each_block(columns, task, [&](Index j, Index n) {
        R* const e = strips.e + j * tall;
        if (const Block<Rel> b = block(j, n); b.exceptional) subtract_positives(b, mine, e, tall);
        add_rows<true>(e, tall, count, n, columns, columns.across + j * size, sums);
        add_rows<false>(e, tall, n, count, weighted, strips.scaled,
                        column_gradient + j * rows.wide);
      });
    });
    parallel_pieces(pairs.device, count, panel_rows, [&](Index first, Index n) {
      for (Index r = first; r < first + n; ++r)
        for (Index task = 0; task < strips.tasks; ++task) {
          const R* const sum = strips.sums + (task * tall + r) * rows.wide;
          R* const g = row_gradient + (i + r) * rows.wide;
          for (Index c = 0; c < rows.width; ++c) g[c] += mine.weight[r] * sum[c];
        }
    });
  }
}

}  // namespace internal
}  // namespace SELFSAME_FLAGS
}  // namespace selfsame
