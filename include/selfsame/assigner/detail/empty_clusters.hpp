/// @file
/// The splits of empty clusters, from counts alone: all ranks decide alike.
#pragma once
#include <selfsame/core/random.hpp>
#include <selfsame/tensor/view.hpp>

#include <algorithm>
#include <vector>

namespace selfsame::detail {

/// Moves row k to where row j is, and both apart by factors 1 +- 1/1024; a zero row by 1e-4.
template <class R, class D>
void place_beside(MatrixView<R, D> centroids, Index k, Index j) {
  constexpr double apart = 1.0 / 1024, step = 1e-4;
  R *const a = centroids.row(k), *const b = centroids.row(j);
  const bool zero = std::all_of(b, b + centroids.cols, [](R x) { return x == 0; });
  for (Index c = 0; c < centroids.cols; ++c) {
    const double sign = c % 2 == 0 ? 1 : -1, x = static_cast<double>(b[c]);
    a[c] = static_cast<R>(zero ? sign * step : x * (1 + sign * apart));
    b[c] = static_cast<R>(zero ? -sign * step : x * (1 - sign * apart));
  }
}

/// Empties::split. `sizes` are counts as real numbers, `rows` their sum; returns how many splits.
template <class R, class D>
Index split_empties(MatrixView<R, D> centroids, std::vector<double>& sizes, Index rows,
                    const Random& random) {
  const auto clusters = static_cast<Index>(sizes.size());
  Index splits = 0, drawn = 0;
  for (Index k = 0; k < clusters; ++k) {
    double& mine = sizes[static_cast<std::size_t>(k)];
    if (mine != 0) continue;
    Index donor = -1;
    for (Index visit = 0; visit < 10 * clusters && donor < 0; ++visit) {
      const Index j = visit % clusters;
      const double chance =
          (sizes[static_cast<std::size_t>(j)] - 1) / static_cast<double>(rows - clusters);
      if (random.uniform(drawn++) < chance) donor = j;
    }
    if (donor < 0) donor = std::max_element(sizes.begin(), sizes.end()) - sizes.begin();
    place_beside(centroids, k, donor);
    double& theirs = sizes[static_cast<std::size_t>(donor)];
    mine = theirs / 2;
    theirs -= mine;
    ++splits;
  }
  return splits;
}

/// Empties::random_split for one empty cluster: the donor, or -1 where none has two rows.
template <class R, class D>
Index split_at_random(MatrixView<R, D> centroids, Index k, const std::vector<Index>& counts,
                      const Random& random, Index& drawn) {
  std::vector<Index> donors;
  for (std::size_t j = 0; j < counts.size(); ++j)
    if (counts[j] >= 2) donors.push_back(static_cast<Index>(j));
  if (donors.empty()) return -1;
  const Index j =
      donors[static_cast<std::size_t>(random.below(drawn++, static_cast<Index>(donors.size())))];
  for (Index c = 0; c < centroids.cols; ++c) {
    const double step = c % 2 == 0 ? -1e-7 : 1e-7, x = static_cast<double>(centroids(j, c));
    centroids(k, c) = static_cast<R>(x + step);
    centroids(j, c) = static_cast<R>(x - step);
  }
  return j;
}

}  // namespace selfsame::detail
