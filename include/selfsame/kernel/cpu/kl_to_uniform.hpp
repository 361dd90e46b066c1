/// @file
#pragma once
#include <selfsame/kernel/cpu/detail/rows/terms.hpp>

namespace selfsame {
inline namespace SELFSAME_FLAGS {

/// How far softmax is from uniform, in nats: a sum over rows, and its gradient times `factor`, as
/// the input asks:
///
///     sum_r [ log V + sum_k q_k log q_k ],   q = softmax(l_r)
///     d / d l_k = q_k (log q_k - sum_j q_j log q_j)
///
/// Each row's term is in [0, log V], 0 where its logits are equal. A logit of -infinity is a class
/// that cannot be; a row with a NaN or a +infinity, or all at -infinity, makes the value NaN.
///
/// @param logits  (rows, V)
template <class R, class A, class D = BasicCpu<R, A>>
double kl_to_uniform_sum(const BasicCpu<R, A>& device, Workspace& scratch,
                         Differentiable<BasicCpu<R, A>> logits, Real<D> factor) {
  const In<D> l = logits.value;
  if (l.cols == 0) return 0;  // no classes, no distribution
  const double uniform = std::log(static_cast<double>(l.cols));
  return internal::sum_rows<double>(
      device, scratch, l.rows, l.cols, l.cols, [&](auto lanes, Index r, R* e) SELFSAME_INLINE {
        using V = Simd<R, decltype(lanes)::value>;
        const R top = internal::row_top<V>(l.row(r), l.cols);
        internal::LongSum<V> products;
        const R all =
            internal::row_terms<V>(l.row(r), l.cols, top, R(1), e,
                                   [&](Index, Index, const V& v, const V& x) SELFSAME_INLINE {
                                     V product;
                                     internal::product_of(x, v, product);
                                     products.add(product);
                                   });
        const R mean = products.sum() / all, scale = factor * logits.weight / all;
        internal::put_row<V>(logits.gradient.row(r), l.cols, logits.add,
                             [&](Index c, Index n, V& g) SELFSAME_INLINE {
                               V v, x;
                               load_some(l.row(r) + c, n, v);
                               load_some(e + c, n, x);
                               v = v - top - mean;
                               x *= scale;
                               internal::product_of(x, v, g);
                             });
        return uniform + static_cast<double>(mean) - std::log(static_cast<double>(all));
      });
}

}  // namespace SELFSAME_FLAGS
}  // namespace selfsame
