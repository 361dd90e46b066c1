/// @file
#pragma once
#include <selfsame/kernel/cpu/shared_bank_contrast.hpp>
#include <selfsame/loss/bank_info_nce.hpp>

namespace selfsame {

/// Noise-contrastive estimation against rows of a memory bank: each row is judged alone, the
/// anchor's own sample or one of k draws of noise. A mean over the anchors of all ranks, in nats:
///
///     value = 1/B sum_i [ softplus(-t_i0) + sum_{j >= 1} softplus(t_ij) ]
///     t_ij  = f_i . bank(index_ij) / temperature - log_mean - log k
///
/// log_mean = log(Z / n) is a constant, one for each ordered pair (view of the anchors, view of the
/// bank): `log_mean` computes it from the first batch, which is scored with it, too, and the caller
/// keeps it. The partition constant Z itself and n cancel.
///
/// @see Tian et al. 2020, arXiv:1906.05849, eq. 4-6; Gutmann & Hyvarinen 2010. The released code
///      adds 1e-7 to each denominator, which raises the value by at most 1e-7 n (1 + 1/k)
struct NoiseContrastive {
  using plays = role::Loss;
  Temperature temperature = 0.07;  ///< no unit; 0.1 for STL-10
  Fraction keep = 1;        ///< share of Z kept per step: 1 fixes it, 0.99 follows the scores
  Epsilon epsilon = 1e-12;  ///< of a feature's length, below which it is not made longer

  constexpr UnitLength normalised() const { return {epsilon}; }

  /// @param anchors  (B, D), rows of unit length
  /// @param bank     (n, D), constants
  /// @param at       what `log_mean` returned
  template <class D>
  Real<D> operator()(const Pass<D>& pass, Differentiable<D> anchors, In<D> bank,
                     const OwnNegatives<D>& picks, Real<D> at) const {
    return mean(pass, anchors, [&](Real<D> factor) {
      return bank_nce_sum(*pass.device, *pass.workspace, anchors, bank, picks.index, at,
                          static_cast<Real<D>>(temperature), factor);
    });
  }
  template <class D>
  Real<D> operator()(const Pass<D>& pass, Differentiable<D> anchors, In<D> bank,
                     const SharedNegatives<D>& picks, Real<D> at) const {
    const Workspace::Scope scope(*pass.workspace);
    const In<D> own = detail::gathered(pass, bank, picks.own);
    const In<D> negatives = detail::gathered(pass, bank, picks.negatives);
    return mean(pass, anchors, [&](Real<D> factor) {
      return shared_nce_sum(*pass.device, *pass.workspace, anchors, own, negatives, at,
                            static_cast<Real<D>>(temperature), factor);
    });
  }

  /// log(Z / n) of this step, before its loss:
  ///
  ///     first step:  log mean_ij exp(s_ij), over the anchors of all ranks and columns 0 ... k
  ///     then:        log( keep exp(before) + (1 - keep) mean_ij exp(s_ij) )
  ///
  /// @param before  of the step before; -infinity (Z = 0) before the first
  template <class D, class Picks>
  Real<D> log_mean(const Pass<D>& pass, In<D> anchors, In<D> bank, const Picks& picks,
                   Real<D> before) const {
    const bool first = before == -std::numeric_limits<Real<D>>::infinity();
    if (!first && keep == 1) return before;
    const double mean = log_mean_of_scores<D>(pass, anchors, bank, picks);
    if (first) return static_cast<Real<D>>(mean);
    const double old = static_cast<double>(before), top = std::max(old, mean);
    return static_cast<Real<D>>(
        top + std::log(keep * std::exp(old - top) + (1 - keep) * std::exp(mean - top)));
  }

 private:
  template <class D, class Sum>
  static Real<D> mean(const Pass<D>& pass, const Differentiable<D>& anchors, const Sum& sum) {
    const double rows = static_cast<double>(std::max<Index>(pass.total(anchors.value.rows), 1));
    double value = sum(static_cast<Real<D>>(1 / rows));
    pass.ranks->sum(&value, 1, Number::real64);
    return detail::agreed<Real<D>>(value / rows, anchors);
  }
  template <class D>
  void log_sums(const Pass<D>& pass, In<D> anchors, In<D> bank, const OwnNegatives<D>& picks,
                Vector<Real<D>, D> to) const {
    bank_log_sum_exp(*pass.device, *pass.workspace, anchors, bank, picks.index,
                     static_cast<Real<D>>(temperature), to);
  }
  template <class D>
  void log_sums(const Pass<D>& pass, In<D> anchors, In<D> bank, const SharedNegatives<D>& picks,
                Vector<Real<D>, D> to) const {
    shared_log_sum_exp(
        *pass.device, *pass.workspace, anchors, detail::gathered(pass, bank, picks.own),
        detail::gathered(pass, bank, picks.negatives), static_cast<Real<D>>(temperature), to);
  }
  template <class D, class Picks>
  double log_mean_of_scores(const Pass<D>& pass, In<D> anchors, In<D> bank,
                            const Picks& picks) const {
    const Workspace::Scope scope(*pass.workspace);
    const Vector<Real<D>, D> sums{pass.workspace->template take<Real<D>>(anchors.rows),
                                  anchors.rows};
    log_sums<D>(pass, anchors, bank, picks, sums);
    double top = -std::numeric_limits<double>::infinity();
    for (const Real<D> s : sums) top = std::max(top, static_cast<double>(s));
    pass.ranks->max(&top, 1, Number::real64);
    double mass = 0;
    for (const Real<D> s : sums) mass += std::exp(static_cast<double>(s) - top);
    pass.ranks->sum(&mass, 1, Number::real64);
    const Index scores = pass.total(anchors.rows) * (detail::negatives_of(picks) + 1);
    return top + std::log(mass / static_cast<double>(scores));
  }
};

/// log(Z / n) of these scores, for a trainer of your own.
/// @param before  of the step before; -infinity before the first
/// @throws std::invalid_argument  where shapes do not agree or a picked row is not in the bank
template <Device D, class Picks>
Real<D> bank_log_mean(const D& device, In<D> anchors, In<D> bank, const Picks& picks,
                      const NoiseContrastive& numbers = {},
                      Real<D> before = -std::numeric_limits<Real<D>>::infinity()) {
  detail::check_bank<D>(anchors, bank, picks);
  const detail::Alone<D> alone(device);
  return numbers.log_mean<D>(alone.pass, anchors, bank, picks, before);
}

/// The loss of one ordered pair, for a trainer of your own; anchors should have unit length.
/// @param picks  OwnNegatives or SharedNegatives
/// @param at     log(Z / n), see bank_log_mean
/// @throws std::invalid_argument  where shapes do not agree or a picked row is not in the bank
template <Device D, class Picks>
Real<D> bank_nce(const D& device, Differentiable<D> anchors, In<D> bank, const Picks& picks,
                 Real<D> at, const NoiseContrastive& numbers = {}) {
  detail::check_gradient("anchors", anchors);
  detail::check_bank<D>(anchors.value, bank, picks);
  const detail::Alone<D> alone(device);
  return numbers(alone.pass, anchors, bank, picks, at);
}

}  // namespace selfsame
