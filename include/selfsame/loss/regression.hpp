/// @file
#pragma once
#include <selfsame/kernel/cpu/regression.hpp>
#include <selfsame/loss/detail/agreed.hpp>
#include <selfsame/loss/detail/row_checks.hpp>
#include <selfsame/loss/pair_loss.hpp>

namespace selfsame {

/// The squared distance of predictions and targets, both brought to unit length: a mean over the
/// rows of all ranks.
///
///     value = 1/N sum_i |p_i / max(|p_i|, epsilon) - t_i / max(|t_i|, epsilon)|^2
///           = 2 - 2 mean_i cos(p_i, t_i)   where rows are longer than epsilon
///
/// in [0, 4]; the targets are constants. One call is one direction: BYOL's loss is the sum of two,
/// loss(pass, p1, t2) + loss(pass, p2, t1), not their mean. A row of zeros has distance 1, and the
/// gradient of shorter rows, -2 / epsilon times the unit target.
///
/// @see Grill et al. 2020, arXiv:2006.07733, eq. 2. The pseudocode there returns -2 cos, lightly's
///      NegativeCosineSimilarity -cos: the same gradient, and half of it
struct NormalisedRegression {
  using plays = role::Loss;
  Epsilon epsilon = 1e-6;  ///< of a row's length; the code clamps the square at 1e-12

  template <class D>
  Real<D> operator()(const Pass<D>& pass, Differentiable<D> predictions, In<D> targets) const {
    const auto rows = static_cast<double>(std::max<Index>(pass.total(targets.rows), 1));
    double value =
        normalised_regression_sum(*pass.device, *pass.workspace, predictions, targets,
                                  static_cast<Real<D>>(epsilon), static_cast<Real<D>>(1 / rows));
    pass.ranks->sum(&value, 1, Number::real64);
    return detail::agreed<Real<D>>(value / rows, predictions);
  }
};

/// The same for a trainer of your own: value, and the gradient as the input asks; 0 for no rows.
/// @throws std::invalid_argument  where shapes do not agree
template <Device D>
Real<D> normalised_regression(const D& device, Differentiable<D> predictions, In<D> targets,
                              const NormalisedRegression& numbers = {}) {
  detail::check_targets("predictions", predictions, "targets", targets);
  const detail::Alone<D> alone(device);
  return numbers(alone.pass, predictions, targets);
}

}  // namespace selfsame
