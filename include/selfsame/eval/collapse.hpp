/// @file
/// Whether embeddings have collapsed: onto a point, or into few dimensions.
#pragma once
#include <selfsame/eval/detail/covariance.hpp>
#include <selfsame/kernel/cpu/normalise.hpp>

#include <algorithm>
#include <cmath>

namespace selfsame {

/// What to look at while a method trains; u are the rows at unit length.
struct Collapse {
  /// Mean over columns of the standard deviation of u (divisor N). 0 where all rows point one way,
  /// at most 1 / sqrt(D), where they spread evenly. @see Chen & He 2021, arXiv:2011.10566, section
  /// 4.1
  double deviation = 0;
  /// exp of the entropy of sigma_k / sum sigma, the singular values of the centred rows as they
  /// are: as if so many dimensions were used evenly; 1 ... D, and 0 where all rows are equal.
  /// @see Roy & Vetterli 2007, definition 1
  double effective_rank = 0;
  /// Mean cosine of two different rows: 1 where all point one way; 0 of fewer than two rows.
  double cosine = 0;
};

/// @param rows  (N, D), of any length; a row of zeros stays one
/// Takes O(N D^2 + D^3) time. Throws std::invalid_argument when a row holds a number that is not
/// finite.
template <Device D>
Collapse collapse(const D& device, Workspace& scratch, In<D> rows) {
  Collapse result;
  if (rows.rows == 0 || rows.cols == 0) return result;
  const detail::Axes axes =
      detail::axes(detail::covariance(device, scratch, rows).matrix, Eigen::EigenvaluesOnly);
  const Eigen::ArrayXd sigma = axes.variances.array().sqrt();
  if (const double all = sigma.sum(); all > 0) {
    double entropy = 0;
    for (const double s : sigma)
      if (s > 0) entropy -= s / all * std::log(s / all);
    result.effective_rank = std::exp(entropy);
  }

  Rows<D> units(rows.rows, rows.cols);
  Buffer<Real<D>> norms(rows.rows);
  l2_normalise(device, rows, static_cast<Real<D>>(1e-12), units.out(), {norms.data(), rows.rows});
  const In<D> u = units.in();
  Eigen::ArrayXd sum = Eigen::ArrayXd::Zero(rows.cols), spread = sum;
  double squares = 0;
  for (Index r = 0; r < u.rows; ++r)
    for (Index c = 0; c < u.cols; ++c) {
      sum(c) += static_cast<double>(u(r, c));
      squares += static_cast<double>(u(r, c)) * static_cast<double>(u(r, c));
    }
  const auto n = static_cast<double>(rows.rows);
  for (Index r = 0; r < u.rows; ++r)  // a second pass: squares minus the mean's square would cancel
    for (Index c = 0; c < u.cols; ++c)
      spread(c) += std::pow(static_cast<double>(u(r, c)) - sum(c) / n, 2);
  result.deviation = (spread / n).sqrt().mean();
  if (rows.rows > 1) result.cosine = (sum.square().sum() - squares) / (n * (n - 1));
  return result;
}

}  // namespace selfsame
