/// @file
/// The rows of a matrix, packed for both sides of a register tile.
#pragma once
#include <selfsame/kernel/cpu/product.hpp>

namespace selfsame {
inline namespace SELFSAME_FLAGS {
namespace internal {

/// Sizes of blocks of rows are multiples of this: tiles of every instruction set divide it.
inline constexpr Index panel_rows = 96;

/// Copies of rows x_i of width D, each for one use; T is the tile in use. What is not needed is null.
template <class R>
struct Panels {
  Index rows = 0, width = 0;
  Index padded = 0;   ///< rows, a multiple of panel_rows
  Index wide = 0;     ///< width, a multiple of T::cols
  R* left = nullptr;  ///< left[i * D + k * T::rows + r] = x(i + r, k): for products over D, as rows
  R* right = nullptr;   ///< right[j * D + k * T::cols + c] = x(j + c, k): the same, as columns
  R* across = nullptr;  ///< across[c * padded + i * T::cols + l] = x(i, c + l): for sums over i
};

enum class Sides { none = 0, left = 1, right = 2, across = 4, both = 7 };
constexpr bool has(Sides all, Sides one) {
  return (static_cast<int>(all) & static_cast<int>(one)) != 0;
}
constexpr Sides operator|(Sides a, Sides b) {
  return static_cast<Sides>(static_cast<int>(a) | static_cast<int>(b));
}

/// Memory for `rows` rows.
template <class R>
Panels<R> take_panels(Workspace& scratch, Index rows, Index width, Sides sides) {
  const TileSize tile = tile_size<R>();
  Panels<R> p{rows, width, pieces(rows, panel_rows) * panel_rows,
              pieces(width, tile.cols) * tile.cols};
  if (has(sides, Sides::left)) p.left = scratch.take<R>(p.padded * width);
  if (has(sides, Sides::right)) p.right = scratch.take<R>(p.padded * width);
  if (has(sides, Sides::across)) p.across = scratch.take<R>(p.padded * p.wide);
  return p;
}

/// Packs rows x_0 ... to the panels' rows from `first` (a multiple of panel_rows) on, by one thread.
template <class R, class T, class D>
void fill_panels(const Panels<R>& to, Index first, const MatrixView<T, D>& x) {
  using Lines = std::remove_const_t<T>;
  const TileSize tile = tile_size<R>();
  const Along<Lines> along{x.data, x.stride};
  if (to.left != nullptr)
    for (Index i = 0; i < x.rows; i += tile.rows)
      pack<Side::left>(along, i, std::min(tile.rows, x.rows - i), 0, x.cols,
                       to.left + (first + i) * x.cols);
  if (to.right != nullptr)
    for (Index i = 0; i < x.rows; i += tile.cols)
      pack<Side::right>(along, i, std::min(tile.cols, x.rows - i), 0, x.cols,
                        to.right + (first + i) * x.cols);
  if (to.across != nullptr)
    for (Index c = 0; c < x.cols; c += tile.cols)
      pack<Side::right>(Across<Lines>{x.data, x.stride}, c, std::min(tile.cols, x.cols - c), 0,
                        x.rows, to.across + c * to.padded + first * tile.cols);
}

/// All rows of x, packed by all threads.
template <class R, class A, class D = BasicCpu<R, A>>
Panels<R> packed_rows(const BasicCpu<R, A>& device, Workspace& scratch, In<D> x, Sides sides) {
  const Panels<R> p = take_panels<R>(scratch, x.rows, x.cols, sides);
  parallel_pieces(device, x.rows, panel_rows, [&](Index first, Index count) {
    fill_panels(p, first, x.row_range(first, count));
  });
  return p;
}

/// f(i, j, sums): the tiles of rows i ... of the left panels times rows j ... of the right ones.
template <class Tile, class R, class F>
SELFSAME_INLINE inline void each_tile(const R* left, Index rows, const R* right, Index cols,
                                      Index depth, const F& f) {
  for (Index j = 0; j < cols; j += Tile::cols)
    for (Index i = 0; i < rows; i += Tile::rows)
      Tile::multiply(left + i * depth, right + j * depth, depth,
                     [&](auto& sum) SELFSAME_INLINE { f(i, j, sum); });
}

/// to[r * stride + c] += sums(r, c)
template <class Tile, class R, class Sum>
SELFSAME_INLINE inline void add_tile(R* to, Index stride, Sum& sum) {
#pragma GCC unroll 12
  for (int r = 0; r < Tile::rows; ++r)
#pragma GCC unroll 2
    for (int half = 0; half < 2; ++half) {
      R* const at = to + r * stride + half * Tile::lanes;
      typename Tile::V before;
      load(at, before);
      sum[r][half] += before;
      store(at, sum[r][half]);
    }
}

/// g_i += sum_k w(i, k) x_k for i < rows, where w(i, k) = w[i * stride + k], or w[k * stride + i]
/// where it is turned. Numbers of g up to the next multiples of the tile's sizes are changed, too.
/// @param across  x's panels at its first row
template <bool turned, class R>
void add_rows(const R* w, Index stride, Index rows, Index depth, const Panels<R>& x,
              const R* across, R* g) {
  on_isa([&](auto bytes) SELFSAME_INLINE {
    using T = Tile<R, decltype(bytes)::value>;
    for (Index c = 0; c < x.wide; c += T::cols)
      for (Index i = 0; i < rows; i += T::rows)
        T::template multiply_unpacked<turned>(
            w + (turned ? i : i * stride), stride, across + c * x.padded, depth,
            [&](auto& sum) SELFSAME_INLINE { add_tile<T>(g + i * x.wide + c, x.wide, sum); });
  });
}

}  // namespace internal
}  // namespace SELFSAME_FLAGS
}  // namespace selfsame
