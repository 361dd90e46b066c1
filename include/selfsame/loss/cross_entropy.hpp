/// @file
#pragma once
#include <selfsame/kernel/cpu/cross_entropy.hpp>
#include <selfsame/loss/pair_loss.hpp>

#include <stdexcept>

namespace selfsame {

/// Softmax cross-entropy in nats with soft targets: a mean over the rows of all ranks.
///
///     value = 1/N sum_i -sum_c t_ic log softmax(z_i / temperature)_c
struct CrossEntropy {
  using plays = role::Loss;
  Positive temperature = 1;

  template <class D>
  Real<D> operator()(const Pass<D>& pass, Live<D> logits, In<D> targets) const {
    const double rows = static_cast<double>(std::max<Index>(pass.total(logits.value.rows), 1));
    double value =
        cross_entropy_sum(*pass.device, *pass.workspace, logits, targets,
                          static_cast<Real<D>>(temperature), static_cast<Real<D>>(1 / rows));
    if (pass.ranks->size() > 1) pass.ranks->sum(&value, 1, Number::real64);
    return static_cast<Real<D>>(value / rows);
  }
};

/// The same for a trainer of your own: value, and the gradient as the Live asks; 0 for no rows.
/// @throws std::invalid_argument  where shapes do not agree or the temperature is not positive
template <Device D>
Real<D> cross_entropy(const D& device, Live<D> logits, In<D> targets, Real<D> temperature = 1) {
  if (targets.rows != logits.value.rows || targets.cols != logits.value.cols)
    throw std::invalid_argument("selfsame: logits are " + to_string(logits.value) +
                                ", targets are " + to_string(targets) + "; they must agree");
  if (logits.gradient.rows != logits.value.rows || logits.gradient.cols != logits.value.cols)
    throw std::invalid_argument("selfsame: logits are " + to_string(logits.value) +
                                ", their gradient is " + to_string(logits.gradient) +
                                "; they must agree");
  Workspace scratch;
  Pass<D> pass{.device = &device, .workspace = &scratch};
  return CrossEntropy{.temperature = static_cast<double>(temperature)}(pass, logits, targets);
}

}  // namespace selfsame
