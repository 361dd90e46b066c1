/// @file
/// A student learns what a fixed teacher says of the same images.
#pragma once
#include <selfsame/kernel/cpu/cross_entropy.hpp>
#include <selfsame/kernel/cpu/divergence.hpp>
#include <selfsame/loss/detail/agreed.hpp>
#include <selfsame/loss/detail/row_checks.hpp>
#include <selfsame/loss/pair_loss.hpp>

namespace selfsame {

/// What a distillation is a mean over, counted over all ranks.
enum class MeanOver {
  rows,     ///< the textbook's, and timm's
  elements  ///< rows times classes: the released code of DeiT, weaker by the number of classes
};

/// The divergence of the student's softmax p from the teacher's softmax q, softened alike:
///
///     value = temperature^2 / N sum_i sum_c q_ic (log q_ic - log p_ic)
///     p_i = softmax(student_i / temperature),   q_i = softmax(teacher_i / temperature)
///
/// The teacher is constant. The defaults are DeiT's; SimCLRv2 has
/// {.temperature = 1, .divergence = Divergence::cross_entropy, .tau_squared = false}. To mix it
/// with the loss of true labels weigh both: `Differentiable::weight` is lambda here, 1 - lambda there.
///
/// @see Hinton et al. 2015, arXiv:1503.02531, section 2; Touvron et al. 2021, arXiv:2012.12877,
///      eq. 2 (which prints the student first; the code has the teacher first); Chen et al. 2020,
///      arXiv:2006.10029, eq. 3
struct SoftDistillation {
  using plays = role::Loss;
  Temperature temperature = 3;             ///< 3 in DeiT; 0.1 to 1 in SimCLRv2
  Divergence divergence = Divergence::kl;  ///< or cross_entropy: the teacher's entropy more
  MeanOver mean_over = MeanOver::rows;     ///< what N counts
  bool tau_squared = true;                 ///< the factor temperature^2: 1 where false

  template <class D>
  Real<D> operator()(const Pass<D>& pass, Differentiable<D> student, In<D> teacher) const {
    double share = tau_squared ? temperature * temperature : 1.0;
    share /= static_cast<double>(std::max<Index>(pass.total(teacher.rows), 1));
    if (mean_over == MeanOver::elements)
      share /= static_cast<double>(std::max<Index>(teacher.cols, 1));
    const auto t = static_cast<Real<D>>(temperature);
    double value = divergence_sum(*pass.device, *pass.workspace, student, teacher, divergence, t, t,
                                  Real<D>(0), static_cast<Real<D>>(share))
                       .value;
    pass.ranks->sum(&value, 1, Number::real64);
    return detail::agreed<Real<D>>(value * share, student);
  }
};

/// Cross-entropy of the student's logits z with the class that the teacher names:
///
///     value = 1/N sum_i -log softmax(z_i)_{y_i},   y_i = arg max_c teacher_ic
///
/// The lowest of several classes is the label. It is not smoothed, and has no weight of its own. A
/// teacher's row with a NaN makes the value NaN, and its row's gradient. N counts all rows of all ranks.
///
/// @see Touvron et al. 2021, arXiv:2012.12877, eq. 3
struct HardDistillation {
  using plays = role::Loss;

  template <class D>
  Real<D> operator()(const Pass<D>& pass, Differentiable<D> student, In<D> teacher) const {
    const auto rows = static_cast<double>(std::max<Index>(pass.total(teacher.rows), 1));
    const Workspace::Scope scope(*pass.workspace);
    const Vector<Index, D> labels{pass.workspace->template take<Index>(teacher.rows), teacher.rows};
    const LabelCount kept = row_arg_max(*pass.device, *pass.workspace, teacher, labels);
    double value =
        cross_entropy_sum(*pass.device, *pass.workspace, student, Vector<const Index, D>(labels),
                          Real<D>(1), static_cast<Real<D>>(1 / rows));
    for (Index i = 0; kept.undefined > 0 && i < labels.size; ++i)
      if (labels[i] < 0) detail::spoil_row(student, i);
    if (kept.undefined > 0) value = std::numeric_limits<double>::quiet_NaN();
    pass.ranks->sum(&value, 1, Number::real64);
    return detail::agreed<Real<D>>(value / rows, student);
  }
};

/// Either for a trainer of your own: value, and the gradient as the input asks; 0 for no rows.
///
///     distillation(device, student, teacher, SoftDistillation{.temperature = 2})
///
/// @param student  (B, C) logits
/// @param teacher  (B, C) logits; constants
/// @throws std::invalid_argument  where shapes do not agree
template <Device D, class Form = SoftDistillation>
Real<D> distillation(const D& device, Differentiable<D> student, In<D> teacher,
                     const Form& numbers = {}) {
  detail::check_targets("student logits", student, "teacher logits", teacher);
  const detail::Alone<D> alone(device);
  return numbers(alone.pass, student, teacher);
}

}  // namespace selfsame
