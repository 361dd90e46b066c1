/// @file
/// Anchors against rows of a memory bank, one list of negatives for the whole batch. (The softmax
/// form is `contrast` with extra negatives.)
#pragma once
#include <selfsame/kernel/cpu/detail/bank/terms.hpp>
#include <selfsame/kernel/cpu/logit_strips.hpp>
#include <selfsame/kernel/cpu/normalise.hpp>

namespace selfsame {
inline namespace SELFSAME_FLAGS {

namespace internal {
/// Scores of a row that are absorbed at once: what is between the two passes over them stays in L1.
inline constexpr Index shared_scores_at_once = 480;
}  // namespace internal

/// The sum over anchors of noise-contrastive estimation with shared negatives, and its gradient
/// times `factor`, as the input asks:
///
///     sum_i [ softplus(-t_i) + sum_j softplus(t_ij) ]
///     t_i = f_i . own_i / temperature - log_mean - log k,   t_ij the same of negative j
///
/// A NaN or an infinity makes the value and the anchor's gradient NaN. Memory: that of `logit_strips`.
///
/// @param anchors    (B, D)
/// @param own        (B, D), the positive of each anchor, which no other anchor meets; constants
/// @param negatives  (k, D) of all anchors; constants
/// @param log_mean   of exp(s) over all rows of the bank, as it was estimated: log Z - log n
template <class R, class A, class D = BasicCpu<R, A>>
double shared_nce_sum(const BasicCpu<R, A>& device, Workspace& scratch,
                      Differentiable<BasicCpu<R, A>> anchors, In<D> own, In<D> negatives,
                      Real<D> log_mean, Real<D> temperature, Real<D> factor) {
  const In<D> f = anchors.value;
  assert(own.rows == f.rows && own.cols == f.cols && negatives.cols == f.cols);
  const R inverse = 1 / temperature, pull = factor * inverse;
  const R shift = log_mean + std::log(static_cast<R>(negatives.rows));
  const Workspace::Scope scope(scratch);
  double* const losses = scratch.take<double>(f.rows);
  R* const misses = scratch.take<R>(f.rows);
  parallel_pieces(device, f.rows, internal::row_piece(f.cols), [&](Index first, Index count) {
    on_isa([&](auto bytes) SELFSAME_INLINE {
      constexpr int size = decltype(bytes)::value;
      for (Index i = first; i < first + count; ++i) {
        const R score =
            inverse * static_cast<R>(internal::row_dot<size>(f.row(i), own.row(i), f.cols));
        const auto positive = internal::NoiseTerms<Simd<R, size>>(score, shift).totals();
        losses[i] = positive.loss;
        misses[i] = positive.own;
      }
    });
  });
  logit_strips(device, scratch, anchors, negatives, NoBias{}, [&](Index first, MatrixView<R, D> s) {
    on_isa([&](auto bytes) SELFSAME_INLINE {
      using V = Simd<R, decltype(bytes)::value>;
      for (Index i = 0; i < s.rows; ++i) {
        internal::NoiseTerms<V> terms(shift);
        for (Index j = 0; j < s.cols; j += internal::shared_scores_at_once) {
          const Index n = std::min(internal::shared_scores_at_once, s.cols - j);
          internal::multiply_row<V>(s.row(i) + j, n, inverse);
          terms.absorb(s.row(i) + j, n);
          internal::multiply_row<V>(s.row(i) + j, n, pull);
        }
        losses[first + i] += terms.negatives();
      }
    });
  });
  const Differentiable<D> more = anchors.added(anchors.weight);
  parallel_pieces(device, f.rows, internal::row_piece(f.cols), [&](Index first, Index count) {
    for (Index i = first; i < first + count; ++i) {
      double odd =
          0 * losses[i];  // NaN where a number of the gradient is not finite, or the loss is not
      for (Index c = 0; c < f.cols; ++c) {
        more.put(i, c, pull * misses[i] * static_cast<R>(own(i, c)));
        odd += 0 * static_cast<double>(anchors.gradient(i, c));
      }
      losses[i] += odd;
      for (Index c = 0; odd != odd && c < f.cols; ++c) more.put(i, c, static_cast<R>(odd));
    }
  });
  double total = 0;
  for (Index i = 0; i < f.rows; ++i) total += losses[i];
  return total;
}

/// to[i] = log( exp(s_i) + sum_j exp(s_ij) ), of an anchor's own row and of the shared negatives.
template <class R, class A, class D = BasicCpu<R, A>>
void shared_log_sum_exp(const BasicCpu<R, A>& device, Workspace& scratch, In<D> anchors, In<D> own,
                        In<D> negatives, Real<D> temperature, Vector<Real<D>, D> to) {
  assert(own.rows == anchors.rows && own.cols == anchors.cols && to.size == anchors.rows);
  const R inverse = 1 / temperature;
  logit_strips(device, scratch, anchors, negatives, NoBias{}, [&](Index first, MatrixView<R, D> s) {
    on_isa([&](auto bytes) SELFSAME_INLINE {
      constexpr int size = decltype(bytes)::value;
      using V = Simd<R, size>;
      for (Index i = 0; i < s.rows; ++i) {
        const Index row = first + i;
        internal::SoftmaxTerms<V> terms(inverse * static_cast<R>(internal::row_dot<size>(
                                                      anchors.row(row), own.row(row), own.cols)));
        internal::multiply_row<V>(s.row(i), s.cols, inverse);
        if (s.cols > 0) terms.absorb(s.row(i), s.cols);
        to[row] = static_cast<R>(terms.log_sum());
      }
    });
  });
}

}  // namespace SELFSAME_FLAGS
}  // namespace selfsame
