/// @file
/// Anchors against rows of a memory bank, each anchor against a list of its own. Rows are gathered
/// and compared in one pass; the (B, k + 1, D) array of them is never made.
#pragma once
#include <selfsame/kernel/cpu/detail/bank/rows.hpp>

namespace selfsame {
inline namespace SELFSAME_FLAGS {

/// Rows of indices, constants like `In`. Never deduced.
template <class D>
using IndexRows = std::type_identity_t<MatrixView<const Index, D>>;

namespace internal {

/// The sum of the anchors' losses, and their gradients.
template <class R, class A, class Start>
double bank_contrast(const BasicCpu<R, A>& device, Workspace& scratch,
                     Differentiable<BasicCpu<R, A>> anchors, In<BasicCpu<R, A>> bank,
                     IndexRows<BasicCpu<R, A>> index, R temperature, R factor, const Start& start) {
  const Workspace::Scope scope(scratch);
  double* const losses = scratch.take<double>(anchors.value.rows);
  const R inverse = 1 / temperature, weight = factor * inverse;
  each_bank_row<true>(
      device, scratch, anchors.value, bank, index, inverse, start,
      [&](Index i, const auto& terms, const R* sum, const A* own) SELFSAME_INLINE {
        const BankTotals<R> totals = terms.totals();
        R odd = 0;  // NaN where a number of the gradient is not finite, or the loss is not
        for (Index c = 0; c < bank.cols; ++c)
          odd += 0 * (totals.scale * sum[c] + totals.own * static_cast<R>(own[c]));
        odd += 0 * static_cast<R>(totals.loss);
        losses[i] = totals.loss + static_cast<double>(odd);
        for (Index c = 0; c < bank.cols; ++c)
          anchors.put(i, c,
                      weight * (totals.scale * sum[c] + totals.own * static_cast<R>(own[c])) + odd);
      });
  double total = 0;
  for (Index i = 0; i < anchors.value.rows; ++i) total += losses[i];
  return total;
}

}  // namespace internal

/// The sum over anchors of the softmax form, and its gradient times `factor`, as the input asks:
///
///     sum_i [ log sum_j exp(s_ij) - s_i0 ],   s_ij = f_i . bank(index_ij) / temperature
///     d / d f_i = (sum_j p_ij bank(index_ij) - bank(index_i0)) / temperature,   p = softmax_j(s_i)
///
/// Anything finite is right, rows of unit length or not: the largest score so far is the shift. A
/// NaN or an infinity among an anchor's rows, or a score that Real cannot hold, makes the value and the
/// anchor's gradient NaN.
///
/// @param anchors  (B, D)
/// @param bank     (n, D), constants
/// @param index    (B, k + 1), rows of the bank in [0, n); column 0 is the anchor's own
template <class R, class A, class D = BasicCpu<R, A>>
double bank_info_nce_sum(const BasicCpu<R, A>& device, Workspace& scratch,
                         Differentiable<BasicCpu<R, A>> anchors, In<D> bank, IndexRows<D> index,
                         Real<D> temperature, Real<D> factor) {
  return internal::bank_contrast(device, scratch, anchors, bank, index, temperature, factor,
                                 [](auto bytes, R positive) SELFSAME_INLINE {
                                   using V = Simd<R, decltype(bytes)::value>;
                                   return internal::SoftmaxTerms<V>(positive);
                                 });
}

/// The same of noise-contrastive estimation: each row is judged alone, true or noise.
///
///     sum_i [ softplus(-t_i0) + sum_{j >= 1} softplus(t_ij) ],   t_ij = s_ij - log_mean - log k
///     d / d f_i = 1 / temperature *
///                 [ sum_{j >= 1} sigmoid(t_ij) bank(index_ij) - sigmoid(-t_i0) bank(index_i0) ]
///
/// A NaN or an infinity among an anchor's rows, or a score that Real cannot hold, makes the value and the
/// anchor's gradient NaN.
///
/// @param log_mean  of exp(s) over all rows of the bank, as it was estimated: log Z - log n
template <class R, class A, class D = BasicCpu<R, A>>
double bank_nce_sum(const BasicCpu<R, A>& device, Workspace& scratch,
                    Differentiable<BasicCpu<R, A>> anchors, In<D> bank, IndexRows<D> index,
                    Real<D> log_mean, Real<D> temperature, Real<D> factor) {
  const R shift = log_mean + std::log(static_cast<R>(index.cols - 1));
  return internal::bank_contrast(device, scratch, anchors, bank, index, temperature, factor,
                                 [shift](auto bytes, R positive) SELFSAME_INLINE {
                                   using V = Simd<R, decltype(bytes)::value>;
                                   return internal::NoiseTerms<V>(positive, shift);
                                 });
}

/// to[i] = log sum_j exp(s_ij) over j = 0 ... k, the own row included.
template <class R, class A, class D = BasicCpu<R, A>>
void bank_log_sum_exp(const BasicCpu<R, A>& device, Workspace& scratch, In<D> anchors, In<D> bank,
                      IndexRows<D> index, Real<D> temperature, Vector<Real<D>, D> to) {
  assert(to.size == anchors.rows);
  internal::each_bank_row<false>(
      device, scratch, anchors, bank, index, 1 / temperature,
      [](auto bytes, R positive) SELFSAME_INLINE {
        using V = Simd<R, decltype(bytes)::value>;
        return internal::SoftmaxTerms<V>(positive);
      },
      [&](Index i, const auto& terms, const R*, const A*)
          SELFSAME_INLINE { to[i] = static_cast<R>(terms.log_sum()); });
}

}  // namespace SELFSAME_FLAGS
}  // namespace selfsame
