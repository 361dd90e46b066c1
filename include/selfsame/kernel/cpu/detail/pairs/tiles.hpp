/// @file
/// What is done to tiles of logits while they are in registers.
#pragma once
#include <selfsame/kernel/cpu/detail/pairs/block.hpp>

namespace selfsame {
inline namespace SELFSAME_FLAGS {
namespace internal {

/// Adds a block to the sums of its rows, and, where it is mirrored, to those of its columns: all tops are 0 then.
/// @param lanes  scratch: T::lanes numbers a row and one a column, padded to whole tiles
template <class R, class Rel>
void sum_block(const Block<Rel>& block, Exponential<R> exp, const R* left, const R* right,
               Index depth, const R* top, LogSumExp rows, LogSumExp columns, R* lanes, R* sums) {
  on_isa([&](auto bytes) SELFSAME_INLINE {
    using T = Tile<R, decltype(bytes)::value>;
    using V = typename T::V;
    std::fill_n(lanes, pieces(block.at.rows, T::rows) * T::rows * T::lanes, R(0));
    std::fill_n(sums, pieces(block.at.columns, T::cols) * T::cols, R(0));
    const auto sum_tile = [&](Index i, Index j, auto& sum) SELFSAME_INLINE {
      const PairBlock t = block.tile(i, T::rows, j, T::cols);
      const bool plain = block.plain(t, T::rows, T::cols);
      const bool apart = block.mirrored && !plain;  // the columns' exponentials are others
      TileNumbers<T, R> s, e, f;
#pragma GCC unroll 12
      for (int r = 0; r < T::rows; ++r) {
        const V mine = V{} + top[std::min(i + r, block.at.rows - 1)];
#pragma GCC unroll 2
        for (int half = 0; half < 2; ++half) {
          V& x = sum[r][half];
          if (!plain) s.set(r, half, x * exp.inverse);
          exp(x, mine);
          if (!plain) e.set(r, half, x);
          if (apart) f.set(r, half, x);
        }
      }
      if (!plain) {
        sum_exceptions(block, t, s, e, rows.from(i), false);
        if (apart) sum_exceptions(block, t, s, f, columns.from(j), true);
        for (int r = 0; r < T::rows; ++r)
          for (int half = 0; half < 2; ++half) e.get(r, half, sum[r][half]);
      }
      V down[2] = {};
#pragma GCC unroll 12
      for (int r = 0; r < T::rows; ++r) {
        V across;
        load(lanes + (i + r) * T::lanes, across);
        across += sum[r][0] + sum[r][1];
        store(lanes + (i + r) * T::lanes, across);
#pragma GCC unroll 2
        for (int half = 0; half < 2; ++half) {
          V addend = sum[r][half];
          if (apart) f.get(r, half, addend);
          down[half] += addend;
        }
      }
#pragma GCC unroll 2
      for (int half = 0; half < 2; ++half) {
        V before;
        load(sums + j + half * T::lanes, before);
        down[half] += before;
        store(sums + j + half * T::lanes, down[half]);
      }
    };
    each_tile<T>(left, block.at.rows, right, block.at.columns, depth, sum_tile);
    for (Index i = 0; i < block.at.rows; ++i) {
      V v;
      load(lanes + i * T::lanes, v);
      rows.sum[i] += static_cast<double>(sum_of(v));
    }
    if (block.mirrored)
      for (Index j = 0; j < block.at.columns; ++j) columns.sum[j] += static_cast<double>(sums[j]);
  });
}

/// w(i, j) = the slope of the loss by s_ij, up to a factor: n_ij exp(s_ij) / sum_i - p_ij share_i, and the same of
/// column j, an anchor too, with row i. Zeros beyond the block's edge.
template <bool bounded, class R, class Rel>
void slope_block(const Block<Rel>& block, Exponential<R> exp, const R* left, const R* right,
                 Index depth, Anchors<R> rows, Anchors<R> columns, R* w, Index stride) {
  on_isa([&](auto bytes) SELFSAME_INLINE {
    using T = Tile<R, decltype(bytes)::value>;
    using V = typename T::V;
    const auto weigh_tile = [&](Index i, Index j, auto& sum) SELFSAME_INLINE {
      const PairBlock t = block.tile(i, T::rows, j, T::cols);
      const bool plain = block.plain(t, T::rows, T::cols);
      R* const to = w + i * stride + j;
      TileNumbers<T, R> e, f;
#pragma GCC unroll 2
      for (int half = 0; half < 2; ++half) {
        V weight = {}, theirs = {};
        load_lanes(columns.weight, j + half * T::lanes, block.at.columns, weight);
        if (!bounded) load_lanes(columns.top, j + half * T::lanes, block.at.columns, theirs);
#pragma GCC unroll 12
        for (int r = 0; r < T::rows; ++r) {
          const Index row = std::min(i + r, block.at.rows - 1);
          V x = sum[r][half], y = x, mine = {};
          if (!bounded) mine += rows.top[row];
          exp(x, mine);
          if (!bounded) exp(y, theirs);
          const V& other = bounded ? x : y;
          if (!plain) e.set(r, half, x), f.set(r, half, other);
          const V slope = x * rows.weight[row] + other * weight;
          store(to + r * stride + half * T::lanes, slope);
        }
      }
      if (!plain)
        gradient_of_exceptions<T>(block, t, e, f, rows.from(i), columns.from(j), to, stride);
    };
    each_tile<T>(left, block.at.rows, right, block.at.columns, depth, weigh_tile);
  });
}

/// The sums against constants in one pass, and w(j, i), column by row, becomes
/// n_ij exp(s_ij - top_i / temperature). Here columns are the tile's rows. Zeros beyond the block's edge.
template <class R, class Rel>
void stream_block(const Block<Rel>& block, Exponential<R> exp, const R* columns, const R* rows,
                  Index depth, const R* top, LogSumExp totals, R* w, Index stride, R* sums) {
  on_isa([&](auto bytes) SELFSAME_INLINE {
    using T = Tile<R, decltype(bytes)::value>;
    using V = typename T::V;
    std::fill_n(sums, pieces(block.at.rows, T::cols) * T::cols, R(0));
    const auto stream = [&](Index j, Index i, auto& sum) SELFSAME_INLINE {
      const PairBlock t = block.tile(i, T::cols, j, T::rows);
      R* const to = w + j * stride + i;
      const bool plain = block.plain(t, T::cols, T::rows);
      TileNumbers<T, R> s, e;
#pragma GCC unroll 2
      for (int half = 0; half < 2; ++half) {
        V mine = {}, down = {}, before;
        load_lanes(top, i + half * T::lanes, block.at.rows, mine);
#pragma GCC unroll 12
        for (int r = 0; r < T::rows; ++r) {
          V& x = sum[r][half];
          if (!plain) s.set(r, half, x * exp.inverse);
          exp(x, mine);
          if (!plain) e.set(r, half, x);
        }
        if (!plain) sum_turned_exceptions(block, t, s, e, totals.from(i), half);
#pragma GCC unroll 12
        for (int r = 0; r < T::rows; ++r) {
          if (!plain) e.get(r, half, sum[r][half]);
          down += sum[r][half];
          store(to + r * stride + half * T::lanes, sum[r][half]);
        }
        load(sums + i + half * T::lanes, before);
        down += before;
        store(sums + i + half * T::lanes, down);
      }
    };
    each_tile<T>(columns, block.at.columns, rows, block.at.rows, depth, stream);
    for (Index i = 0; i < block.at.rows; ++i) totals.sum[i] += static_cast<double>(sums[i]);
  });
}

/// top_i = max(top_i, the product) over the pairs that count in the denominator; columns are the tile's rows.
template <class R, class Rel>
void top_block(const Block<Rel>& block, const R* columns, const R* rows, Index depth, R* top) {
  on_isa([&](auto bytes) SELFSAME_INLINE {
    using T = Tile<R, decltype(bytes)::value>;
    const auto raise = [&](Index j, Index i, auto& sum) SELFSAME_INLINE {
      const PairBlock t = block.tile(i, T::cols, j, T::rows);
      const bool plain = block.plain(t, T::cols, T::rows);
      TileNumbers<T, R> s;
      for (int r = 0; r < T::rows; ++r)
        for (int half = 0; half < 2; ++half) s.set(r, half, sum[r][half]);
      for (Index r = 0; r < t.columns; ++r)
        for (Index c = 0; c < t.rows; ++c)
          if (plain || block.pair(t.row + c, t.column + r).denominator != 0)
            top[i + c] = std::max(top[i + c], s.at[r][c]);
    };
    each_tile<T>(columns, block.at.columns, rows, block.at.rows, depth, raise);
  });
}

}  // namespace internal
}  // namespace SELFSAME_FLAGS
}  // namespace selfsame
