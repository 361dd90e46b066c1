/// @file
/// k-means++: first centroids that lie apart.
#pragma once
#include <selfsame/assigner/detail/row_source.hpp>
#include <selfsame/kernel/cpu/row_distances.hpp>

#include <cmath>

namespace selfsame::detail {

/// The row of all ranks at which the sum of squares passes the share `u` of the whole; -1 where all
/// are 0. `squares` are those of this rank's rows, the first of which is number `before`.
inline Index drawn_row(Communicator& ranks, Index before, const std::vector<double>& squares,
                       double u) {
  std::vector<double> sums(static_cast<std::size_t>(ranks.size()));
  double& mine = sums[static_cast<std::size_t>(ranks.rank())];
  for (const double s : squares) mine += s;
  if (ranks.size() > 1) ranks.sum(sums.data(), ranks.size(), Number::real64);
  double all = 0, below = 0;
  for (const double s : sums) all += s;
  if (!(all > 0)) return -1;
  for (Index r = 0; r < ranks.rank(); ++r) below += sums[static_cast<std::size_t>(r)];
  // The last row that begins at or below the mark, of those that may be drawn.
  Index row = -1;
  for (std::size_t i = 0; i < squares.size() && below <= u * all; ++i) {
    if (squares[i] > 0) row = before + static_cast<Index>(i);
    below += squares[i];
  }
  if (ranks.size() > 1) ranks.max(&row, 1, Number::integer);
  return row;
}

/// Each further centroid is a row, with probability ~ |x - nearest centroid so far|^2; to (K, d).
/// @see Arthur & Vassilvitskii 2007, section 2.2
template <Device D, class Blocks>
void choose_apart(const Pass<D>& pass, RowSource<D, Blocks>& source, const Random& random,
                  MatrixView<Real<D>, D> to) {
  const auto size = static_cast<std::size_t>(source.rows());
  std::vector<double> squares(size), apart(static_cast<std::size_t>(to.rows));
  std::vector<Index> nearest(size, -1);
  Index row = random.below(0, source.total());
  for (Index k = 0;; ++k) {
    source.fetch({row}, to.row_range(k, 1));
    if (k + 1 == to.rows) return;
    for (Index j = 0; j < k; ++j) {
      double square = 0;
      for (Index c = 0; c < to.cols; ++c)
        square += std::pow(static_cast<double>(to(k, c)) - static_cast<double>(to(j, c)), 2);
      apart[static_cast<std::size_t>(j)] = square;
    }
    source.each([&](Index first, In<D> x) {
      take_nearer(*pass.device, x, to.row(k), k, apart.data(),
                  Vector<double, D>{squares.data() + first, x.rows},
                  Vector<Index, D>{nearest.data() + first, x.rows});
    });
    row = drawn_row(source.ranks(), source.before(), squares, random.uniform(k + 1));
    if (row < 0) row = random.permuted(k + 1, source.total());  // every row is a centroid already
  }
}

}  // namespace selfsame::detail
