/// @file
#pragma once
#include <selfsame/kernel/cpu/bank_contrast.hpp>
#include <selfsame/kernel/cpu/contrast.hpp>
#include <selfsame/kernel/cpu/gather_rows.hpp>
#include <selfsame/loss/bank_picks.hpp>
#include <selfsame/loss/detail/agreed.hpp>
#include <selfsame/loss/detail/row_checks.hpp>
#include <selfsame/loss/pair_loss.hpp>
#include <selfsame/relation/own_key.hpp>

namespace selfsame {

namespace detail {
/// Rows of a bank side by side, in memory of the pass.
template <class D>
In<D> gathered(const Pass<D>& pass, In<D> bank, Vector<const Index, D> which) {
  const Out<D> rows(pass.workspace->template take<Activation<D>>(which.size * bank.cols),
                    which.size, bank.cols);
  gather_rows(*pass.device, bank, which, rows);
  return rows;
}
}  // namespace detail

/// InfoNCE of a view's features against rows of another view's memory bank: picking the anchor's
/// own sample out of k others. A mean over the anchors of all ranks, in nats:
///
///     value = 1/B sum_i [ log sum_j exp(s_ij) - s_i0 ]
///     s_ij  = f_i . bank(index_ij) / temperature,   j = 0 ... k
///
/// One call is one ordered pair (view of the anchors, view of the bank); CMC sums over pairs
/// (contrast_views). The bank is read as it was before this step.
///
/// @see Tian et al. 2020, arXiv:1906.05849, eq. 3; the softmax form of the released code
struct BankInfoNCE {
  using plays = role::Loss;
  Temperature temperature = 0.07;  ///< no unit; 0.1 for STL-10
  Epsilon epsilon = 1e-12;         ///< of a feature's length, below which it is not made longer

  constexpr UnitLength normalised() const { return {epsilon}; }

  /// @param anchors  (B, D), rows of unit length
  /// @param bank     (n, D), constants
  template <class D>
  Real<D> operator()(const Pass<D>& pass, Differentiable<D> anchors, In<D> bank,
                     const OwnNegatives<D>& picks) const {
    const double rows = static_cast<double>(std::max<Index>(pass.total(anchors.value.rows), 1));
    double value =
        bank_info_nce_sum(*pass.device, *pass.workspace, anchors, bank, picks.index,
                          static_cast<Real<D>>(temperature), static_cast<Real<D>>(1 / rows));
    pass.ranks->sum(&value, 1, Number::real64);
    return detail::agreed<Real<D>>(value / rows, anchors);
  }
  /// Shared negatives are the extra negatives of the streamed loss of pairs.
  template <class D>
  Real<D> operator()(const Pass<D>& pass, Differentiable<D> anchors, In<D> bank,
                     const SharedNegatives<D>& picks) const {
    const Workspace::Scope scope(*pass.workspace);
    const In<D> own = detail::gathered(pass, bank, picks.own);
    return contrast(*pass.device, *pass.workspace, *pass.ranks, anchors, own, OwnKeyRelation{},
                    detail::gathered(pass, bank, picks.negatives),
                    static_cast<Real<D>>(temperature));
  }
};

/// The same for a trainer of your own; anchors should have unit length.
/// @param picks  OwnNegatives or SharedNegatives
/// @throws std::invalid_argument  where shapes do not agree or a picked row is not in the bank
template <Device D, class Picks>
Real<D> bank_info_nce(const D& device, Differentiable<D> anchors, In<D> bank, const Picks& picks,
                      const BankInfoNCE& numbers = {}) {
  detail::check_gradient("anchors", anchors);
  detail::check_bank<D>(anchors.value, bank, picks);
  const detail::Alone<D> alone(device);
  return numbers(alone.pass, anchors, bank, picks);
}

}  // namespace selfsame
