/// @file
/// What groups of centroids tell without looking at a row: how far they moved, how far apart they are.
#pragma once
#include <selfsame/kernel/cpu/detail/k_means/distance_bounds.hpp>
#include <selfsame/kernel/cpu/detail/k_means/nearest_tile.hpp>
#include <selfsame/kernel/cpu/row_distances.hpp>

namespace selfsame {
inline namespace SELFSAME_FLAGS {
namespace internal {

/// drift[g]: no centroid of group g is farther from where it was; rounded up.
/// @param before  (K, width), contiguous
template <class R, class D>
void measure_drift(const CentroidPanels<R>& panels, const MatrixView<const R, D>& centroids,
                   const R* before, R* drift) {
  std::fill_n(drift, panels.groups, R(0));
  for (Index k = 0; k < centroids.rows; ++k) {
    double square = 0;
    on_isa([&](auto bytes) SELFSAME_INLINE {
      square = squared_distance<decltype(bytes)::value>(
          centroids.row(k), before + k * centroids.cols, centroids.cols);
    });
    // The sum's relative error is below (width + 3) 2^-53; 1e-4 holds it and the cast.
    R& most = drift[panels.group_of[k]];
    most = std::max(most, static_cast<R>(std::sqrt(square) * 1.0001));
  }
}

/// means (groups, width): of each group's centroids.
template <class R, class D>
void measure_means(const CentroidPanels<R>& panels, const MatrixView<const R, D>& centroids,
                   R* means) {
  std::fill_n(means, panels.groups * centroids.cols, R(0));
  for (Index k = 0; k < centroids.rows; ++k) {
    const Index g = panels.group_of[k];
    for (Index c = 0; c < centroids.cols; ++c)
      means[g * centroids.cols + c] += centroids(k, c) / static_cast<R>(panels.members(g));
  }
}

/// apart[g K + k]: no centroid of group g is nearer to centroid k; rounded down.
/// @param squares  squares[k] = |c_k|^2
template <class R, class A, class D = BasicCpu<R, A>>
void measure_apart(const BasicCpu<R, A>& device, Workspace& scratch,
                   const CentroidPanels<R>& panels, MatrixView<const R, D> centroids,
                   const R* squares, const DistanceBounds<R>& limits, R* apart) {
  constexpr Index block = 256;
  const Index clusters = centroids.rows, tasks = pieces(clusters, block);
  scratch.split(workers(device, tasks));
  parallel(device, tasks, [&](Index task, Index thread) {
    Workspace& own = scratch.piece(thread);
    const Workspace::Scope inner(own);
    const Index first = task * block, rows = std::min(block, clusters - first);
    auto* const list = own.take<std::int32_t>(rows);
    std::iota(list, list + rows, 0);
    const Best<R> best{own.take<R>(rows), own.take<Index>(rows)};  // itself, of no interest
    R* const least = own.take<R>(rows);
    for (Index g = 0; g < panels.groups; ++g) {
      std::fill_n(best.score, rows, -std::numeric_limits<R>::infinity());
      search_group<R>(panels, g, centroids.row(first), centroids.stride, list, rows, best, least);
      R* const to = apart + g * clusters + first;
      on_isa([&](auto bytes) SELFSAME_INLINE {
        using V = Simd<R, decltype(bytes)::value>;
        each_vector<V>(rows, [&](Index i, Index n) SELFSAME_INLINE {
          V square, score, result;
          load_some(squares + first + i, n, square);
          load_some(least + i, n, score);
          limits.lower(square, score, result);
          store_some(to + i, n, result);
        });
      });
    }
  });
}

}  // namespace internal
}  // namespace SELFSAME_FLAGS
}  // namespace selfsame
