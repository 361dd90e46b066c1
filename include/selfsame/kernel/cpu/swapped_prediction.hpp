/// @file
#pragma once
#include <selfsame/kernel/cpu/logit_strips.hpp>
#include <selfsame/kernel/cpu/softmax.hpp>

namespace selfsame {
inline namespace SELFSAME_FLAGS {

namespace internal {

/// Of rows first, first + 1, ... the losses, and in the place of their scores s the loss's slopes along them.
template <class R, class A, class D = BasicCpu<R, A>>
void swapped_slopes(In<D> codes, Index images, Index first, MatrixView<R, D> scores, R inverse,
                    R factor, double* losses) {
  on_isa([&](auto bytes) SELFSAME_INLINE {
    using V = Simd<R, decltype(bytes)::value>;
    for (Index r = first; r < first + scores.rows; ++r) {
      R* const s = scores.row(r - first);
      const auto code = [&](Index k, Index n, V& sum) SELFSAME_INLINE {  // of the other views
        sum = V{};
        for (Index i = r % images; i < codes.rows; i += images) {
          if (i == r) continue;
          V q;
          load_some(codes.row(i) + k, n, q);
          sum += q;
        }
      };
      const R top = row_top<V>(s, scores.cols);
      V hits = {}, mass = {}, all = {};
      each_vector<V>(scores.cols, [&](Index k, Index n) SELFSAME_INLINE {
        V x, q;
        load_some(s + k, n, x);
        code(k, n, q);
        x = (x - top) * inverse;
        mass += q;
        if (n < width<V>)  // beyond the row stands a zero, which is no score
          for (int i = 0; i < width<V>; ++i)
            if (i >= n) x[i] = Exponent<R>::lowest;
        hits += q * x;
        exponentiate(x);
        all += x;
        store_some(s + k, n, x);
      });
      const R total = sum_of(all), weight = sum_of(mass);
      losses[r] = static_cast<double>(weight) * std::log(static_cast<double>(total)) -
                  static_cast<double>(sum_of(hits));
      const R share = weight / total, slope = factor * inverse;
      each_vector<V>(scores.cols, [&](Index k, Index n) SELFSAME_INLINE {
        V x, q;
        load_some(s + k, n, x);
        code(k, n, q);
        x = (x * share - q) * slope;
        store_some(s + k, n, x);
      });
    }
  });
}

}  // namespace internal

/// The sum over images n, coded views i and other views v of the cross-entropy in nats of i's code and
/// v's softmax over prototypes; and its gradients times `factor`:
///
///     sum_n sum_i sum_{v != i} -sum_k q_k^(i) log softmax(z^(v) . C^T / temperature)_k
///     d / d s^(v)_k = (m_v p_k - sum_{i != v} q_k^(i)) / temperature,   m_v the sum of v's codes
///
/// @param rows        (V B, D): view 0 of all images, then view 1, ...; Differentiable
/// @param prototypes  (K, D): Differentiable, DifferentiableWeights or constants, see logit_strips
/// @param codes       (A B, K), A <= V: those of views 0 ... A - 1; constants
/// @param images      B
/// @see Caron et al. 2020, arXiv:2006.09882, eq. 2
template <class R, class A, class Prototypes, class D = BasicCpu<R, A>>
double swapped_prediction_sum(const BasicCpu<R, A>& device, Workspace& scratch,
                              Differentiable<BasicCpu<R, A>> rows, const Prototypes& prototypes,
                              In<D> codes, Index images, Real<D> temperature, Real<D> factor) {
  const Workspace::Scope scope(scratch);
  const Index count = rows.value.rows;
  assert(temperature > 0 && (images == 0 || (count % images == 0 && codes.rows % images == 0)));
  assert(codes.rows <= count);
  double* const losses = scratch.take<double>(count);
  logit_strips(device, scratch, rows, prototypes, NoBias{}, [&](Index first, MatrixView<R, D> s) {
    internal::swapped_slopes<R, A>(codes, images, first, s, 1 / temperature, factor, losses);
  });
  double sum = 0;
  for (Index r = 0; r < count; ++r) sum += losses[r];
  return sum;
}

}  // namespace SELFSAME_FLAGS
}  // namespace selfsame
