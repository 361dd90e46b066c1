/// @file
/// Consistency of two views of one image: what is sure of the weak one teaches the strong one.
#pragma once
#include <selfsame/kernel/cpu/cross_entropy.hpp>
#include <selfsame/kernel/cpu/divergence.hpp>
#include <selfsame/loss/detail/agreed.hpp>
#include <selfsame/loss/detail/row_checks.hpp>
#include <selfsame/loss/pair_loss.hpp>

namespace selfsame {

/// Cross-entropy of the strong view's logits s with the label that the weak view's logits w name:
///
///     value = 1/N sum_i m_i (-log softmax(s_i)_{y_i}),   y_i = arg max_c w_ic
///     m_i = 1 where max_c softmax(w_i)_c >= threshold, else 0
///
/// N counts all rows of all ranks, not only those kept. Where m_i = 0 the strong row is not read and its
/// gradient is exactly 0. A weak row without a softmax (a NaN, an infinity) makes the value NaN, and its
/// row's gradient. The weak view is constant.
///
/// @see Sohn et al. 2020, arXiv:2001.07685, eq. 4
struct PseudoLabelConsistency {
  using plays = role::Loss;
  Fraction threshold = 0.95;  ///< inclusive; the paper's 0.95, 0.7 for ImageNet

  template <class D>
  Real<D> operator()(const Pass<D>& pass, Differentiable<D> strong, In<D> weak,
                     LabelCount* count = nullptr) const {
    const auto rows = static_cast<double>(std::max<Index>(pass.total(weak.rows), 1));
    const Workspace::Scope scope(*pass.workspace);
    const Vector<Index, D> labels{pass.workspace->template take<Index>(weak.rows), weak.rows};
    const LabelCount kept =
        pseudo_labels(*pass.device, *pass.workspace, weak, static_cast<Real<D>>(threshold), labels);
    if (count != nullptr) *count = kept;
    double value =
        cross_entropy_sum(*pass.device, *pass.workspace, strong, Vector<const Index, D>(labels),
                          Real<D>(1), static_cast<Real<D>>(1 / rows));
    if (kept.undefined > 0) {  // rare: which rows?
      const Vector<Real<D>, D> sure{pass.workspace->template take<Real<D>>(weak.rows), weak.rows};
      pseudo_labels(*pass.device, *pass.workspace, weak, static_cast<Real<D>>(threshold), labels,
                    sure);
      for (Index i = 0; i < sure.size; ++i)
        if (std::isnan(sure[i])) detail::spoil_row(strong, i);
      value = std::numeric_limits<double>::quiet_NaN();
    }
    pass.ranks->sum(&value, 1, Number::real64);
    return detail::agreed<Real<D>>(value / rows, strong);
  }
};

namespace detail {
template <class D>
Real<D> soft_consistency(const Pass<D>& pass, Differentiable<D> strong, In<D> weak, Divergence form,
                         double threshold, double temperature, LabelCount* count) {
  const auto rows = static_cast<double>(std::max<Index>(pass.total(weak.rows), 1));
  const DivergenceSum sum =
      divergence_sum(*pass.device, *pass.workspace, strong, weak, form, Real<D>(1),
                     static_cast<Real<D>>(temperature), static_cast<Real<D>>(threshold),
                     static_cast<Real<D>>(1 / rows));
  if (count != nullptr) *count = sum.rows;
  double value = sum.value;
  pass.ranks->sum(&value, 1, Number::real64);
  return agreed<Real<D>>(value / rows, strong);
}
}  // namespace detail

/// The same with soft targets, sharpened by a temperature:
///
///     value = 1/N sum_i m_i sum_c -q_ic log softmax(s_i)_c,   q_i = softmax(w_i / temperature)
///
/// The mask is still that of the largest softmax at temperature 1.
///
/// @see Xie et al. 2020, arXiv:1904.12848, section 2; Sohn et al. 2020, arXiv:2001.07685,
///      section 2.3
struct SoftConsistency {
  using plays = role::Loss;
  Fraction threshold = 0.95;      ///< inclusive
  Temperature temperature = 0.4;  ///< of the weak view; that of arXiv:1904.12848

  template <class D>
  Real<D> operator()(const Pass<D>& pass, Differentiable<D> strong, In<D> weak,
                     LabelCount* count = nullptr) const {
    return detail::soft_consistency(pass, strong, weak, Divergence::cross_entropy, threshold,
                                    temperature, count);
  }
};

/// The same with a squared distance of probabilities, summed over classes:
///
///     value = 1/N sum_i m_i sum_c (softmax(s_i)_c - q_ic)^2
///
/// @see Berthelot et al. 2019, arXiv:1905.02249, eq. 4, which divides by the number of classes, too
struct SquaredConsistency {
  using plays = role::Loss;
  Fraction threshold = 0.95;    ///< inclusive
  Temperature temperature = 1;  ///< of the weak view; 0.5 in arXiv:1905.02249

  template <class D>
  Real<D> operator()(const Pass<D>& pass, Differentiable<D> strong, In<D> weak,
                     LabelCount* count = nullptr) const {
    return detail::soft_consistency(pass, strong, weak, Divergence::squared, threshold, temperature,
                                    count);
  }
};

/// Any of them for a trainer of your own: value, and the gradient as the input asks; 0 for no rows.
///
///     consistency(device, strong, weak, SoftConsistency{.temperature = 0.5})
///
/// @param strong  (N, C) logits of the strong views
/// @param weak    (N, C) logits of the weak views; constants
/// @param count   where given, how many rows were kept, and how many had no softmax
/// @throws std::invalid_argument  where shapes do not agree
template <Device D, class Form = PseudoLabelConsistency>
Real<D> consistency(const D& device, Differentiable<D> strong, In<D> weak, const Form& numbers = {},
                    LabelCount* count = nullptr) {
  detail::check_targets("strong logits", strong, "weak logits", weak);
  const detail::Alone<D> alone(device);
  return numbers(alone.pass, strong, weak, count);
}

}  // namespace selfsame
