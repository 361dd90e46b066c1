/// @file
#pragma once
#include <selfsame/kernel/cpu/elementwise.hpp>
#include <selfsame/target/shared_weights.hpp>

namespace selfsame {

/// An average of the online weights over steps, that begins as their copy:
///
///     target <- momentum target + (1 - momentum) online     after the optimizer's step
///
/// Batch-norm buffers are not averaged: they come from the target's own passes. A target has no predictor.
///
/// @see He et al. 2020, arXiv:1911.05722, eq. 2: 0.999, constant. Grill et al. 2020, arXiv:2006.07733: from 0.996
///      along half a cosine to 1, `{.momentum = cosine(0.996, 1)}`
struct EMA {
  using plays = role::Target;
  Schedule<Fraction> momentum = 0.999;  ///< share of the target kept a step

  /// Moves the target; `online` may go on behind it (the predictor's weights).
  template <Device D>
  void update(const Pass<D>& pass, Vector<const Real<D>, D> online,
              Vector<Real<D>, D> target) const {
    lerp(*pass.device, online.part(0, target.size),
         static_cast<Real<D>>(1 - momentum.at(pass.progress)), target);
  }
};

}  // namespace selfsame
