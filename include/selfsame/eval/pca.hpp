/// @file
/// Principal components: embeddings as a scatter.
#pragma once
#include <selfsame/eval/detail/covariance.hpp>

#include <algorithm>
#include <vector>

namespace selfsame {

/// Where rows lie along the two directions in which they vary most.
template <class D>
struct Scatter {
  Rows<D> points;                ///< (N, 2): (row - mean) . direction
  double explained[2] = {0, 0};  ///< share of the whole variance, each in [0, 1]
};

/// The first two principal components of `rows` (N, D); with D = 1, or where nothing varies, what
/// is missing is 0. Signs are chosen so that a direction's largest entry (the first of equals) is
/// positive: the same rows always give the same picture.
/// Throws std::invalid_argument when a row holds a number that is not finite.
template <Device D>
Scatter<D> pca(const D& device, Workspace& scratch, In<D> rows) {
  Scatter<D> result{Rows<D>(rows.rows, 2)};
  std::fill(result.points.data.begin(), result.points.data.end(), Activation<D>(0));
  if (rows.rows == 0 || rows.cols == 0) return result;
  const detail::Covariance covariance = detail::covariance(device, scratch, rows);
  const detail::Axes axes = detail::axes(covariance.matrix);
  const double all = axes.variances.sum();
  for (Index k = 0; k < std::min<Index>(2, rows.cols); ++k) {
    const Index column = rows.cols - 1 - k;  // variances increase
    if (!(axes.variances(column) > 0)) continue;
    result.explained[k] = axes.variances(column) / all;
    Eigen::VectorXd direction = axes.directions.col(column);
    Index largest = 0;
    direction.cwiseAbs().maxCoeff(&largest);
    if (direction(largest) < 0) direction = -direction;
    for (Index r = 0; r < rows.rows; ++r) {
      double along = 0;
      for (Index c = 0; c < rows.cols; ++c)
        along += (static_cast<double>(rows(r, c)) - covariance.mean[static_cast<std::size_t>(c)]) *
                 direction(c);
      result.points.out()(r, k) = static_cast<Activation<D>>(along);
    }
  }
  return result;
}

}  // namespace selfsame
