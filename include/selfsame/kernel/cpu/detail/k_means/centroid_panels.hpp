/// @file
/// Centroids packed for the register tile, in an order in which neighbours lie side by side.
#pragma once
#include <selfsame/kernel/cpu/normalise.hpp>
#include <selfsame/kernel/cpu/product.hpp>

#include <numeric>

namespace selfsame {
inline namespace SELFSAME_FLAGS {
namespace internal {

/// Sorts `ids` by their rows' place along the direction in which these rows vary most.
template <class R, class D>
void sort_along_spread(const MatrixView<const R, D>& rows, Index* ids, Index count,
                       double* scratch) {
  const Index width = rows.cols;
  double *mean = scratch, *axis = mean + width, *next = axis + width, *along = next + width;
  std::fill_n(mean, width, 0.0);
  for (Index i = 0; i < count; ++i)
    for (Index c = 0; c < width; ++c)
      mean[c] += static_cast<double>(rows(ids[i], c)) / static_cast<double>(count);
  // From the row farthest from the mean, a few steps of the power method: any direction is right,
  // a good one makes tighter groups.
  double farthest = -1;
  for (Index i = 0; i < count; ++i) {
    double square = 0;
    for (Index c = 0; c < width; ++c) {
      next[c] = static_cast<double>(rows(ids[i], c)) - mean[c];
      square += next[c] * next[c];
    }
    if (square > farthest) farthest = square, std::copy_n(next, width, axis);
  }
  for (int step = 0; step < 5; ++step) {
    on_isa([&](auto bytes) SELFSAME_INLINE {
      using V = Simd<double, decltype(bytes)::value>;
      const double offset = row_dot<decltype(bytes)::value>(mean, axis, width);
      std::fill_n(next, width, 0.0);
      for (Index i = 0; i < count; ++i) {
        const R* const row = rows.row(ids[i]);
        double sum = -offset;
        each_vector<V>(width, [&](Index c, Index n) SELFSAME_INLINE {
          V v, w;
          load_some(row + c, n, v);
          load_some(axis + c, n, w);
          v *= w;
          sum += sum_of(v);
        });
        along[i] = sum;
        each_vector<V>(width, [&](Index c, Index n) SELFSAME_INLINE {
          V v, m, w;
          load_some(row + c, n, v);
          load_some(mean + c, n, m);
          load_some(next + c, n, w);
          w += sum * (v - m);
          store_some(next + c, n, w);
        });
      }
    });
    double square = 0;
    for (Index c = 0; c < width; ++c) square += next[c] * next[c];
    if (!(square > 0)) break;
    for (Index c = 0; c < width; ++c) axis[c] = next[c] / std::sqrt(square);
  }
  // Sorted by place, equal ones by id; `along` belongs to the ids as they are.
  std::vector<std::pair<double, Index>> places(static_cast<std::size_t>(count));
  for (Index i = 0; i < count; ++i) places[static_cast<std::size_t>(i)] = {along[i], ids[i]};
  std::sort(places.begin(), places.end());
  for (Index i = 0; i < count; ++i) ids[i] = places[static_cast<std::size_t>(i)].second;
}

/// Halves, and halves of halves, until each has `size` ids or fewer: only the last may have fewer.
template <class R, class D>
void group_neighbours(const MatrixView<const R, D>& rows, Index* ids, Index count, Index size,
                      double* scratch) {
  const Index groups = pieces(count, size);
  if (groups < 2) return;
  sort_along_spread(rows, ids, count, scratch);
  const Index half = groups / 2 * size;
  group_neighbours(rows, ids, half, size, scratch);
  group_neighbours(rows, ids + half, count - half, size, scratch);
}

/// Right operands of the tile: column j is centroid order[j]; columns behind the last are zero.
template <class R>
struct CentroidPanels {
  Index clusters = 0, width = 0;
  Index group = 1;  ///< columns of a group, a multiple of the tile's
  Index groups = 0;
  Buffer<R> packed;        ///< (columns / tile, width, tile)
  Buffer<R> offset;        ///< offset[j] - x . c is the score of column j; infinite behind the last
  Buffer<Index> order;     ///< `clusters` behind the last
  Buffer<Index> group_of;  ///< the group of a centroid

  Index columns() const { return offset.size(); }
  /// How many centroids a group has.
  Index members(Index g) const { return std::min(group, clusters - g * group); }

  /// Groups of `size` columns: of neighbours among `rows`, or in the order of the centroids.
  template <class D>
  void arrange(const MatrixView<const R, D>& rows, Index size, bool neighbours) {
    clusters = rows.rows, width = rows.cols;
    group = size, groups = pieces(clusters, size);
    const Index tile = tile_size<R>().cols;
    order.assign(pieces(clusters, tile) * tile, clusters);
    std::iota(order.begin(), order.begin() + clusters, Index{0});
    if (neighbours) {
      Buffer<double> scratch(3 * width + clusters);
      group_neighbours(rows, order.data(), clusters, size, scratch.data());
    }
    group_of.resize(clusters);
    for (Index j = 0; j < clusters; ++j) group_of[order[j]] = j / size;
    offset.assign(order.size(), std::numeric_limits<R>::infinity());
    packed.resize(order.size() * width);
  }

  /// The centroids' numbers; half[k] is the offset of centroid k.
  template <class Device, class D>
  void pack(const Device& device, const MatrixView<const R, D>& rows, const R* half) {
    const Index tile = tile_size<R>().cols;
    parallel(device, columns() / tile, [&](Index panel, Index) {
      const R* line[tile_cols<R>];
      const Index first = panel * tile, count = std::min(tile, clusters - first);
      for (Index j = 0; j < count; ++j) {
        line[j] = rows.row(order[first + j]);
        offset[first + j] = half[order[first + j]];
      }
      for (Index j = count; j < tile; ++j) line[j] = line[0];
      R* const to = packed.data() + first * width;
      on_isa([&](auto bytes) SELFSAME_INLINE {
        constexpr int lines = Tile<R, decltype(bytes)::value>::cols;
        pack_turned<lines>(line, width, to);
        for (Index k = 0; k < width; ++k)
          for (Index j = count; j < lines; ++j) to[k * lines + j] = 0;
      });
    });
  }
};

}  // namespace internal
}  // namespace SELFSAME_FLAGS
}  // namespace selfsame
