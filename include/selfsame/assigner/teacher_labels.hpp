/// @file
/// A fixed teacher labels a pool of images, before a student is trained on them.
#pragma once
#include <selfsame/assigner/class_balance.hpp>
#include <selfsame/assigner/detail/refuse.hpp>
#include <selfsame/core/roles.hpp>
#include <selfsame/kernel/cpu/pseudo_labels.hpp>
#include <selfsame/kernel/cpu/softmax.hpp>
#include <selfsame/kernel/cpu/targets.hpp>

namespace selfsame {

/// Labels by a teacher that sees each image once, without noise. Per block of images:
///
///     labels       c = arg max_k z_k, the lowest of several
///     confidence   s = max_k softmax(z)_k
///     target       soft: softmax(z / temperature);   hard: (1 - smoothing) e_c + smoothing / C
///
/// Logits without a softmax (a NaN, a +infinity) are refused. Then `select`, over the whole pool: which images are kept and how often, by ClassBalance.
///
/// @see Xie et al. 2020, arXiv:1911.04252, section 3.1
struct TeacherLabels {
  using plays = role::Assigner;
  enum class Form { soft, hard };
  Form form = Form::soft;
  Temperature temperature = 1;  ///< of soft targets; a soft target is not smoothed
  Fraction smoothing = 0.1;     ///< of hard targets
  ClassBalance balance{};

  /// @param logits       (B, C) of the teacher
  /// @param labels, confidences  (B), overwritten
  template <class D>
  LabelCount label(const Pass<D>& pass, In<D> logits, Vector<Index, D> labels,
                   Vector<Real<D>, D> confidences) const {
    if (labels.size != logits.rows || confidences.size != logits.rows)
      throw std::invalid_argument("selfsame: logits are " + to_string(logits) + ", labels are " +
                                  std::to_string(labels.size) + ", confidences " +
                                  std::to_string(confidences.size) + "; there is one a row");
    const LabelCount count =
        pseudo_labels(*pass.device, *pass.workspace, logits, Real<D>(0), labels, confidences);
    detail::refuse_row(pass, "teacher's logits", count.first);
    return count;
  }

  /// @param targets  (B, C), overwritten: what a cross-entropy takes
  template <class D>
  void targets(const Pass<D>& pass, In<D> logits, Out<D> targets) const {
    if (targets.rows != logits.rows || targets.cols != logits.cols)
      throw std::invalid_argument("selfsame: logits are " + to_string(logits) + ", targets are " +
                                  to_string(targets) + "; they must agree");
    if (form == Form::soft)
      return softmax(*pass.device, logits, static_cast<Real<D>>(temperature), targets);
    const Workspace::Scope scope(*pass.workspace);
    const Vector<Index, D> labels{pass.workspace->template take<Index>(logits.rows), logits.rows};
    const LabelCount count = row_arg_max(*pass.device, *pass.workspace, logits, labels);
    detail::refuse_row(pass, "teacher's logits", count.first);
    write_targets(*pass.device, Vector<const Index, D>(labels), Vector<const Index, D>{},
                  Real<D>(1), static_cast<Real<D>>(smoothing), targets);
  }

  /// How often each image of the pool is trained on; arguments as of `ClassBalance`.
  template <class D>
  BalanceReport select(const Pass<D>& pass, Index classes, Vector<const Index, D> labels,
                       Vector<const Real<D>, D> confidences, Vector<const Index, D> samples,
                       Vector<Index, D> copies) const {
    return balance(pass, classes, labels, confidences, samples, copies);
  }
};

}  // namespace selfsame
