/// @file
/// Labels that a network is sure of.
#pragma once
#include <selfsame/assigner/detail/refuse.hpp>
#include <selfsame/core/pass.hpp>
#include <selfsame/core/roles.hpp>
#include <selfsame/kernel/cpu/pseudo_labels.hpp>

#include <stdexcept>

namespace selfsame {

/// Hard labels where the softmax of the logits reaches the threshold, -1 (no loss) elsewhere:
///
///     y_i = arg max_c z_ic   where   max_c softmax(z_i)_c >= threshold, else -1
///
/// The lowest class wins among equal logits, the comparison is inclusive and made in Real. A
/// row without a softmax (a NaN, a +infinity) is refused. Each rank labels its own rows.
///
/// @see Sohn et al. 2020, arXiv:2001.07685, section 2.2; Lee 2013, "Pseudo-label", eq. 14
struct Threshold {
  using plays = role::Assigner;
  Fraction threshold = 0.95;  ///< 0.95; 0.7 for ImageNet

  /// @param logits  (B, C) of the weak views
  /// @param labels  (B), overwritten
  /// @throws std::invalid_argument  on every rank, where a row has no softmax
  template <class D>
  LabelCount assign(const Pass<D>& pass, In<D> logits, Vector<Index, D> labels) const {
    const LabelCount count = pseudo_labels(*pass.device, *pass.workspace, logits,
                                           static_cast<Real<D>>(threshold), labels);
    detail::refuse_row(pass, "logits", count.first);
    return count;
  }
};

/// The same for a trainer of your own.
/// @throws std::invalid_argument  where there is not one label a row, or a row has no softmax
template <Device D>
LabelCount threshold_labels(const D& device, In<D> logits, Vector<Index, D> labels,
                            const Threshold& numbers = {}) {
  if (labels.size != logits.rows)
    throw std::invalid_argument("selfsame: logits are " + to_string(logits) + ", labels are " +
                                std::to_string(labels.size) + "; there is one a row");
  Workspace scratch;
  Pass<D> pass;
  pass.device = &device;
  pass.workspace = &scratch;
  return numbers.assign(pass, logits, labels);
}

}  // namespace selfsame
