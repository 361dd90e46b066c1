/// @file
#pragma once
#include <selfsame/kernel/cpu/logit_strips.hpp>
#include <selfsame/kernel/cpu/softmax.hpp>

namespace selfsame {
inline namespace SELFSAME_FLAGS {

/// A linear layer and softmax cross-entropy in one: the sum over rows, in nats, and its gradients times
/// `factor`. The logits are never stored.
///
///     z = rows . W^T + b       sum_j -log softmax(z_j)_{y_j}       d / d z_j = softmax(z_j) - e_{y_j}
///
/// A row with a NaN makes the value, its own gradient and those of the weights NaN.
///
/// @param rows    (P, D); Differentiable
/// @param weight  (V, D): Differentiable, DifferentiableWeights or constants, see logit_strips
/// @param bias    (1, V): the same, or NoBias{}
/// @param labels  (P), in [-1, V); -1: no loss and no gradient
template <class R, class A, class Weight, class Bias, class D = BasicCpu<R, A>>
double linear_cross_entropy_sum(const BasicCpu<R, A>& device, Workspace& scratch,
                                Differentiable<BasicCpu<R, A>> rows, const Weight& weight,
                                const Bias& bias, Vector<const Index, D> labels, Real<D> factor) {
  assert(labels.size == rows.value.rows);
  const Workspace::Scope scope(scratch);
  double* const losses = scratch.take<double>(labels.size);
  const auto slopes_of = [&](Index row, R* s, Index cols, auto bytes) SELFSAME_INLINE {
    using V = Simd<R, decltype(bytes)::value>;
    const Index label = labels[row];
    assert(label >= -1 && label < cols);
    losses[row] = 0;
    if (label < 0) return static_cast<void>(std::fill_n(s, cols, R(0)));
    const double wanted = static_cast<double>(s[label]);
    const R top = internal::row_top<V>(s, cols);
    const R all = internal::row_exp<V, R>(s, cols, top, R(1), s);
    losses[row] = std::log(static_cast<double>(all)) + (static_cast<double>(top) - wanted);
    const R share = factor / all;
    each_vector<V>(cols, [&](Index k, Index n) SELFSAME_INLINE {
      V v;
      load_some(s + k, n, v);
      v *= share;
      store_some(s + k, n, v);
    });
    s[label] -= factor;
  };
  logit_strips(device, scratch, rows, weight, bias, [&](Index first, MatrixView<R, D> s) {
    on_isa([&](auto bytes) SELFSAME_INLINE {
      for (Index r = 0; r < s.rows; ++r) slopes_of(first + r, s.row(r), s.cols, bytes);
    });
  });
  double sum = 0;
  for (Index j = 0; j < labels.size; ++j) sum += losses[j];
  return sum;
}

}  // namespace SELFSAME_FLAGS
}  // namespace selfsame
