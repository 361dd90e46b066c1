/// @file
#pragma once
#include <selfsame/kernel/cpu/cross_entropy.hpp>
#include <selfsame/loss/detail/agreed.hpp>
#include <selfsame/loss/detail/row_checks.hpp>
#include <selfsame/loss/pair_loss.hpp>

namespace selfsame {

/// What the sum of a cross-entropy is divided by, counted over all ranks; 0 / 0 is 0.
enum class Divide {
  standard,  ///< `rows`; but of hard labels with class weights sum_i w_{y_i} over labelled rows, so that class weights
             ///< of 1 change the value where a label is -1
  rows,      ///< all rows, also those without a loss
  weights  ///< sum_i r_i sum_c w_c t_ic: of hard labels sum_i w_{y_i}, without weights how many there are; it is
  ///< the mean of PyTorch's CrossEntropyLoss with labels (with probabilities that divides by rows)
};

/// Softmax cross-entropy in nats: a mean over the rows of all ranks, also those without a label; see Divide.
///
///     value = 1/N sum_i r_i sum_c t'_ic (-log softmax(z_i / temperature)_c)
///     t'_ic = w_c ((1 - smoothing) t_ic + smoothing / C sum_k t_ik)
///
/// with row weights r, class weights w (1 where not given), and targets t: soft rows, or hard
/// labels, of which -1 has no loss and no gradient.
///
/// @see Szegedy et al. 2016, arXiv:1512.00567, section 7, for the smoothing. Weights as in PyTorch
struct CrossEntropy {
  using plays = role::Loss;
  Temperature temperature = 1;
  Fraction smoothing = 0;  ///< 0.1 in the paper; 0 where whoever makes the targets smooths them
  Divide divide = Divide::standard;

  template <class D>
  Real<D> operator()(const Pass<D>& pass, Differentiable<D> logits, In<D> targets,
                     const TermWeights<D>& weights = {}) const {
    return of(pass, logits, targets, weights, divide == Divide::weights);
  }
  /// @param labels  (B), in [-1, C)
  template <class D>
  Real<D> operator()(const Pass<D>& pass, Differentiable<D> logits, Vector<const Index, D> labels,
                     const TermWeights<D>& weights = {}) const {
    if (divide == Divide::standard && weights.classes.size > 0)  // row weights stay outside
      return of(pass, logits, labels, weights, true, TermWeights<D>{{}, weights.classes});
    return of(pass, logits, labels, weights, divide == Divide::weights);
  }

 private:
  template <class D, class Targets>
  Real<D> of(const Pass<D>& pass, Differentiable<D> logits, Targets targets,
             const TermWeights<D>& weights, bool by_weights) const {
    return of(pass, logits, targets, weights, by_weights, weights);
  }
  template <class D, class Targets>
  Real<D> of(const Pass<D>& pass, Differentiable<D> logits, Targets targets,
             const TermWeights<D>& weights, bool by_weights, const TermWeights<D>& counted) const {
    double divisor = static_cast<double>(logits.value.rows);
    if (by_weights) divisor = cross_entropy_weight(*pass.device, *pass.workspace, targets, counted);
    pass.ranks->sum(&divisor, 1, Number::real64);
    const double share = divisor == 0 ? 0 : 1 / divisor;
    double value = cross_entropy_sum(*pass.device, *pass.workspace, logits, targets,
                                     static_cast<Real<D>>(temperature), static_cast<Real<D>>(share),
                                     static_cast<Real<D>>(smoothing), weights);
    pass.ranks->sum(&value, 1, Number::real64);
    return detail::agreed<Real<D>>(value * share, logits);
  }
};

/// The same for a trainer of your own: value, and the gradient as the input asks; 0 for no rows.
/// @throws std::invalid_argument  where shapes do not agree or the temperature is not positive
template <Device D>
Real<D> cross_entropy(const D& device, Differentiable<D> logits, In<D> targets,
                      Real<D> temperature = 1) {
  detail::check_targets("logits", logits, "targets", targets);
  detail::check_temperature("temperature", temperature);
  const detail::Alone<D> alone(device);
  return CrossEntropy{.temperature = static_cast<double>(temperature)}(alone.pass, logits, targets);
}

/// The same with hard labels and all the numbers that a `CrossEntropy` has.
/// @param labels  (B), in [-1, C); -1: no loss, no gradient
/// @throws std::invalid_argument  where shapes, labels or weights are not as said
template <Device D>
Real<D> cross_entropy(const D& device, Differentiable<D> logits, Vector<const Index, D> labels,
                      const CrossEntropy& numbers = {}, const TermWeights<D>& weights = {}) {
  detail::check_gradient("logits", logits);
  detail::check_labels("logits", logits.value, labels);
  detail::check_weights("rows", weights.rows, logits.value.rows);
  detail::check_weights("classes", weights.classes, logits.value.cols);
  const detail::Alone<D> alone(device);
  return numbers(alone.pass, logits, labels, weights);
}
/// The same with soft targets.
template <Device D>
Real<D> cross_entropy(const D& device, Differentiable<D> logits, In<D> targets,
                      const CrossEntropy& numbers, const TermWeights<D>& weights = {}) {
  detail::check_targets("logits", logits, "targets", targets);
  detail::check_weights("rows", weights.rows, logits.value.rows);
  detail::check_weights("classes", weights.classes, logits.value.cols);
  const detail::Alone<D> alone(device);
  return numbers(alone.pass, logits, targets, weights);
}

}  // namespace selfsame
