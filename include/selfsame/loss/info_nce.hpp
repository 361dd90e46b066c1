/// @file
#pragma once
#include <selfsame/loss/detail/unit_contrast.hpp>
#include <selfsame/loss/pair_loss.hpp>
#include <selfsame/relation/own_key.hpp>

namespace selfsame {

/// InfoNCE: each query picks its own key among it and the negatives.
///
///     value = mean_i -log( exp(s_i0) / sum_{j >= 0} exp(s_ij) ),
///     s_i0 = cos(q_i, k_i) / temperature,  s_ij = cos(q_i, n_j) / temperature
///
/// As role::Loss it is the kernel of pairs with any relation, on rows that the method has brought to unit length; it
/// differs from NtXent in its numbers.
///
/// @see He et al. 2020, arXiv:1911.05722, eq. 1
struct InfoNCE {
  using plays = role::Loss;
  Temperature temperature = 0.07;  ///< no unit; MoCo v2 and v3: 0.2
  Epsilon epsilon = 1e-12;         ///< of a row's length, below which it is not made longer

  constexpr UnitLength normalised() const { return {epsilon}; }
  template <class D, class Columns>
  Real<D> operator()(const Pass<D>& pass, Differentiable<D> rows, const Columns& columns,
                     const Relation auto& relation, In<D> extra_negatives) const {
    return contrast(*pass.device, *pass.workspace, *pass.ranks, rows, columns, relation,
                    extra_negatives, static_cast<Real<D>>(temperature));
  }
};

/// InfoNCE with its gradient: for a trainer of your own. One pass over the negatives, which are not copied.
///
/// @param queries      (B, D), rows of unit length; the gradient is written or added, as it asks
/// @param keys         (B, D), row i is the positive of query i and meets no other query; constants
/// @param negatives    (K, D), K may be 0: a queue; constants
/// @param temperature  > 0, no unit; papers use 0.05 to 1
/// @return  in nats, a mean over the queries; 0 for no rows
/// @throws std::invalid_argument  where shapes do not agree or the temperature is not positive
template <Device D>
Real<D> info_nce(const D& device, Differentiable<D> queries, In<D> keys, In<D> negatives,
                 Real<D> temperature) {
  detail::check_gradient<D>("queries", queries);
  detail::check_same("queries", queries.value, "keys are", keys);
  detail::check_width<D>("queries", queries.value, "negatives", negatives);
  detail::check_temperature("temperature", static_cast<double>(temperature));
  Workspace scratch;
  return contrast(device, scratch, single_process(), queries, keys, OwnKeyRelation{},
                  negatives.rows > 0 ? negatives : In<D>{nullptr, 0, queries.value.cols},
                  temperature);
}

/// Both directions, plainly summed: each view's queries against the other view's keys.
/// @param negatives  of both directions
template <Device D>
Real<D> symmetric_info_nce(const D& device, Differentiable<D> queries, In<D> keys,
                           Differentiable<D> other_queries, In<D> other_keys, In<D> negatives,
                           Real<D> temperature) {
  return info_nce(device, queries, other_keys, negatives, temperature) +
         info_nce(device, other_queries, keys, negatives, temperature);
}

}  // namespace selfsame
