/// @file
#pragma once
#include <selfsame/kernel/cpu/softmax.hpp>

namespace selfsame {
inline namespace SELFSAME_FLAGS {

/// The sum over rows of the cross-entropy in nats of soft targets and the softmax of logits, and, in
/// the same pass, its gradient times `factor`, written or added as the Live asks:
///
///     sum_i -sum_c t_ic log softmax(z_i / temperature)_c
///     d / d z_ic = (sum_k t_ik softmax(z_i / temperature)_c - t_ic) / temperature
///
/// A row of targets that is zero has no loss and no gradient.
///
/// @param logits   (B, C)
/// @param targets  (B, C), >= 0; a row may sum to less than 1
template <class R, class A, class D = BasicCpu<R, A>>
double cross_entropy_sum(const BasicCpu<R, A>& device, Workspace& scratch,
                         Live<BasicCpu<R, A>> logits, In<D> targets, Real<D> temperature,
                         Real<D> factor) {
  const In<D> z = logits.value;
  assert(targets.rows == z.rows && targets.cols == z.cols && temperature > 0);
  const Index each = internal::row_piece(z.cols), tasks = pieces(z.rows, each);
  const Workspace::Scope scope(scratch);
  double* const sums = scratch.take<double>(tasks);
  R* const terms = scratch.take<R>(z.rows * z.cols);
  parallel(device, tasks, [&](Index task, Index) {
    const Index first = task * each, last = std::min(z.rows, first + each);
    double sum = 0;
    on_isa([&](auto bytes) SELFSAME_INLINE {
      using V = Simd<R, decltype(bytes)::value>;
      for (Index i = first; i < last; ++i) {
        R* const e = terms + i * z.cols;
        for (Index c = 0; c < z.cols; ++c) e[c] = static_cast<R>(z(i, c));
        const R top = internal::row_top<V>(e, z.cols), inverse = 1 / temperature;
        const R all = internal::row_exp<V, R>(e, z.cols, top, inverse, e);
        const double log_all = std::log(static_cast<double>(all));
        double mass = 0;
        for (Index c = 0; c < z.cols; ++c) {
          const double t = static_cast<double>(targets(i, c));
          mass += t;
          if (t != 0)
            sum -= t * ((static_cast<double>(z(i, c)) - static_cast<double>(top)) *
                            static_cast<double>(inverse) -
                        log_all);
        }
        const R share = static_cast<R>(mass) / all;
        for (Index c = 0; c < z.cols; ++c)
          logits.put(i, c, factor * inverse * (e[c] * share - static_cast<R>(targets(i, c))));
      }
    });
    sums[task] = sum;
  });
  double total = 0;
  for (Index task = 0; task < tasks; ++task) total += sums[task];
  return total;
}

}  // namespace SELFSAME_FLAGS
}  // namespace selfsame
