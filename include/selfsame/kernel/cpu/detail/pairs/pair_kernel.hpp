/// @file
/// The passes of a comparison of rows with columns: blocks of logits are computed, used and forgotten while
/// they are in the cache.
#pragma once
#include <selfsame/kernel/cpu/detail/pairs/tiles.hpp>
#include <selfsame/kernel/cpu/normalise.hpp>

#include <cmath>

namespace selfsame {
inline namespace SELFSAME_FLAGS {
namespace internal {

/// The largest Euclidean norm of a row; NaN where a number is not finite.
template <class R, class A, class D = BasicCpu<R, A>>
double largest_norm(const BasicCpu<R, A>& device, Workspace& scratch, In<D> x) {
  const Index each = row_piece(x.cols), parts = pieces(x.rows, each);
  const Workspace::Scope scope(scratch);
  double* const top = scratch.take<double>(parts);
  parallel(device, parts, [&](Index task, Index) {
    const Index first = task * each, last = std::min(x.rows, first + each);
    double largest = 0;
    on_isa([&](auto bytes) SELFSAME_INLINE {
      for (Index r = first; r < last; ++r) {
        const double square = row_dot<decltype(bytes)::value>(x.row(r), x.row(r), x.cols);
        if (!(square <= largest)) largest = std::isfinite(square) ? square : NAN;
        if (largest != largest) break;
      }
    });
    top[task] = largest;
  });
  double largest = 0;
  for (Index i = 0; i < parts; ++i)
    if (!(top[i] <= largest)) {
      largest = top[i];
      if (largest != largest) break;
    }
  return std::sqrt(largest);
}

/// f(I, J, its workspace) for all pairs of `rows` and `columns` blocks, in rounds whose pairs share no block: so a
/// task adds to its rows and to its columns alone, and each is added to in a fixed order. Where columns are the
/// rows, each pair comes once, I <= J.
template <class R, class A, class F>
void in_rounds(const BasicCpu<R, A>& device, Workspace& scratch, Index rows, Index columns,
               bool same, F&& f) {
  const Index tasks = std::min(rows, columns), rounds = tasks == 0 ? 0 : std::max(rows, columns);
  scratch.split(workers(device, tasks));
  for (Index round = 0; round < rounds; ++round)
    parallel(device, tasks, [&](Index task, Index thread) {
      const Index other = same ? (round + rounds - task) % rounds : (task + round) % rounds;
      if (same && other < task) return;
      Workspace& own = scratch.piece(thread);
      const Workspace::Scope inner(own);
      if (rows <= columns)
        f(task, other, own);
      else
        f(other, task, own);
    });
}

/// Rows against constants, in slices of the columns: a slice has sums of its own, added in slice order.
template <class R>
struct Stream {
  static constexpr Index tall = 288, wide = panel_rows;
  Index row_blocks, slices;
  LogSumExp totals;  // (slices, padded rows)
  R* sums;  // (slices, padded rows, padded width): sum_j n_ij exp((x_ij - top_i) / temperature) x_j
  Index padded = 0;  // rows
};

/// One comparison. `columns` may be the rows themselves.
template <class R, class A, class Rel>
struct PairKernel {
  using D = BasicCpu<R, A>;

  const D& device;
  Workspace& scratch;
  const Rel& relation;
  Index first_row;  ///< of the relation
  R inverse;        ///< 1 / temperature
  bool bounded;     ///< all logits are small enough for exp without a top
  Panels<R> rows;

  Exponential<R> exponential() const { return {inverse}; }
  /// Rows of a block in the rounds: a function of sizes only.
  static Index block_of(Index count, Index others) {
    return std::max(count, others) > 1536 ? 2 * panel_rows : panel_rows;
  }

  /// The pairs of rows from i on and of columns from j on, at most `size` of each.
  Block<Rel> block_at(Index i, Index j, Index size, Index columns, bool mirrored) const {
    return {relation,
            {first_row + i, std::min(size, rows.rows - i), j, std::min(size, columns - j)},
            true,
            mirrored};
  }

  /// Phase 2: the sums of all rows over the columns; where these are the rows and all logits are bounded (`same`), both sides
  /// at once: their exponentials are the same then.
  void accumulate_sums(const Panels<R>& columns, bool same, const R* top, LogSumExp totals) const {
    const Index block = block_of(rows.rows, columns.rows), depth = rows.width;
    in_rounds(device, scratch, pieces(rows.rows, block), pieces(columns.rows, block), same,
              [&](Index p, Index q, Workspace& own) {
                const Index i = p * block, j = q * block;
                const Block<Rel> b = block_at(i, j, block, columns.rows, same && p != q);
                R* const lanes = own.take<R>(block * 64 / static_cast<Index>(sizeof(R)));
                R* const sums = own.take<R>(block);
                sum_block(b, exponential(), rows.left + i * depth, columns.right + j * depth, depth,
                          top + i, totals.from(i), totals.from(same ? j : 0), lanes, sums);
              });
  }

  /// Phase 4: adds the gradient of rows among columns that are anchors, too, the rows of all ranks; where all
  /// are here (`same`), both sides at once.
  void accumulate_gradient(const Panels<R>& columns, bool same, Anchors<R> mine, Anchors<R> others,
                           R* gradient) const {
    const Index block = block_of(rows.rows, columns.rows), depth = rows.width;
    const TileSize tile = tile_size<R>();
    in_rounds(device, scratch, pieces(rows.rows, block), pieces(columns.rows, block), same,
              [&](Index p, Index q, Workspace& own) {
                const Index i = p * block, j = q * block;
                const Block<Rel> b = block_at(i, j, block, columns.rows, true);
                R* const w = own.take<R>(block * block);
                if (b.at.rows < block || b.at.columns < block) std::fill_n(w, block * block, R(0));
                const auto accumulate = [&](auto is_bounded) {
                  slope_block<is_bounded()>(b, exponential(), rows.left + i * depth,
                                            columns.right + j * depth, depth, mine.from(i),
                                            others.from(j), w, block);
                };
                if (bounded)
                  accumulate(std::true_type{});
                else
                  accumulate(std::false_type{});
                add_rows<false>(w, block, b.at.rows, b.at.columns, columns,
                                columns.across + j * tile.cols, gradient + i * rows.wide);
                if (same && p != q)
                  add_rows<true>(w, block, b.at.columns, b.at.rows, rows,
                                 rows.across + i * tile.cols, gradient + j * rows.wide);
              });
  }

  /// f(block, its columns packed for `sides`, its workspace) for each block of a slice.
  template <class F>
  void each_streamed(In<D> columns, In<D> extra_negatives, Index slice, Index slices, Index row,
                     Index count, Workspace& own, Sides sides, F&& f) const {
    constexpr Index wide = Stream<R>::wide;
    const Index mine = pieces(columns.rows, wide), all = mine + pieces(extra_negatives.rows, wide);
    const Panels<R> panels = take_panels<R>(own, wide, rows.width, sides);
    for (Index k = slice * all / slices; k < (slice + 1) * all / slices; ++k) {
      const bool related = k < mine;
      const In<D>& from = related ? columns : extra_negatives;
      const Index j = (related ? k : k - mine) * wide, n = std::min(wide, from.rows - j);
      fill_panels(panels, 0, from.row_range(j, n));
      f(Block<Rel>{relation, {first_row + row, count, j, n}, related}, panels);
    }
  }
  template <class F>
  void each_stream_task(Index row_blocks, Index slices, F&& f) const {
    scratch.split(workers(device, row_blocks * slices));
    parallel(device, row_blocks * slices, [&](Index task, Index thread) {
      Workspace& own = scratch.piece(thread);
      const Workspace::Scope inner(own);
      const Index slice = task / row_blocks, row = task % row_blocks * Stream<R>::tall;
      f(slice, row, std::min(Stream<R>::tall, rows.rows - row), own);
    });
  }

  /// Phase 1, where logits are not bounded: the largest product of each anchor among those in its denominator; 0 where there is none.
  void tops(In<D> columns, In<D> extra_negatives, R* top) const {
    std::fill_n(top, rows.rows, -std::numeric_limits<R>::infinity());
    each_stream_task(pieces(rows.rows, Stream<R>::tall), 1,
                     [&](Index, Index row, Index count, Workspace& own) {
                       each_streamed(columns, extra_negatives, 0, 1, row, count, own, Sides::left,
                                     [&](const Block<Rel>& b, const Panels<R>& p) {
                                       top_block(b, p.left, rows.right + row * rows.width,
                                                 rows.width, top + row);
                                     });
                     });
    for (Index i = 0; i < rows.rows; ++i)
      if (top[i] == -std::numeric_limits<R>::infinity()) top[i] = 0;
  }

  /// Phase 2 against constants: their sums, and their weighted sums, which phase 4 needs.
  Stream<R> stream(In<D> columns, In<D> extra_negatives, const R* top) const {
    const Index all = columns.rows + extra_negatives.rows;
    Stream<R> s{pieces(rows.rows, Stream<R>::tall), 1, {}, nullptr};
    if (all == 0 || rows.rows == 0) return s;
    s.padded = s.row_blocks * Stream<R>::tall;
    s.slices = std::clamp<Index>(8 / s.row_blocks, 1, pieces(all, 4 * Stream<R>::wide));
    const Index count = s.slices * s.padded;
    s.totals = {scratch.take<double>(count), scratch.take<double>(count),
                scratch.take<double>(count)};
    s.sums = scratch.take<R>(count * rows.wide);
    each_stream_task(s.row_blocks, s.slices, [&](Index slice, Index row, Index n, Workspace& own) {
      const Index at = slice * s.padded + row;
      const LogSumExp totals = s.totals.from(at);
      R* const sums = s.sums + at * rows.wide;
      std::fill_n(sums, Stream<R>::tall * rows.wide, R(0));
      for (double* d : {totals.sum, totals.positives, totals.positive_logits})
        std::fill_n(d, Stream<R>::tall, 0.0);
      R* const w = own.take<R>(Stream<R>::wide * Stream<R>::tall);
      R* const lanes = own.take<R>(Stream<R>::tall);
      each_streamed(columns, extra_negatives, slice, s.slices, row, n, own,
                    Sides::left | Sides::across, [&](const Block<Rel>& b, const Panels<R>& p) {
                      stream_block(b, exponential(), p.left, rows.right + row * rows.width,
                                   rows.width, top + row, totals, w, Stream<R>::tall, lanes);
                      add_rows<true>(w, Stream<R>::tall, n, b.at.columns, p, p.across, sums);
                    });
    });
    return s;
  }

  /// totals += those of the slices.
  static void add_sums(const Stream<R>& s, Index count, LogSumExp totals) {
    for (Index slice = 0; s.sums != nullptr && slice < s.slices; ++slice)
      totals.add(s.totals.from(slice * s.padded), count);
  }
  /// gradient_i += weight_i sum_j n_ij exp((x_ij - top_i) / temperature) x_j - share_i sum_j p_ij x_j over constants.
  void gradient_of_stream(const Stream<R>& s, In<D> columns, Anchors<R> mine, R* gradient) const {
    if (s.sums == nullptr) return;
    const Index width = rows.width, wide = rows.wide;
    parallel_pieces(device, rows.rows, panel_rows, [&](Index first, Index count) {
      for (Index i = first; i < first + count; ++i) {
        R* const g = gradient + i * wide;
        for (Index slice = 0; slice < s.slices; ++slice) {
          const R* const sum = s.sums + (slice * s.padded + i) * wide;
          for (Index c = 0; c < width; ++c) g[c] += mine.weight[i] * sum[c];
        }
      }
      for (Index j = 0; j < columns.rows; j += panel_rows) {
        const Index n = std::min(panel_rows, columns.rows - j);
        if (!has_exceptions(relation, PairBlock{first_row + first, count, j, n})) continue;
        for (Index i = first; i < first + count; ++i)
          for (Index k = j; k < j + n; ++k) {
            const R share = static_cast<R>(relation(first_row + i, k).positive) * mine.share[i];
            if (share == 0) continue;
            R* const g = gradient + i * wide;
            for (Index c = 0; c < width; ++c) g[c] -= share * static_cast<R>(columns(k, c));
          }
      }
    });
  }
};

}  // namespace internal
}  // namespace SELFSAME_FLAGS
}  // namespace selfsame
