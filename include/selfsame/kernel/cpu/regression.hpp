/// @file
/// The squared distance of rows brought to unit length, one side being constant.
#pragma once
#include <selfsame/kernel/cpu/detail/rows/terms.hpp>

namespace selfsame {
inline namespace SELFSAME_FLAGS {

namespace internal {

/// What two rows make: squares of both, and their product.
struct Dots {
  double pp = 0, tt = 0, pt = 0;
};

template <int bytes, class T>
SELFSAME_INLINE inline Dots row_dots(const T* p, const T* t, Index cols) {
  using V = Simd<double, bytes>;  // a square of a float fits, and is exact
  V pp = {}, tt = {}, pt = {};
  each_vector<V>(cols, [&](Index c, Index count) SELFSAME_INLINE {
    V x, y;
    load_some(p + c, count, x);
    load_some(t + c, count, y);
    pp += x * x;
    tt += y * y;
    pt += x * y;
  });
  return {sum_of(pp), sum_of(tt), sum_of(pt)};
}

}  // namespace internal

/// The sum over rows of the squared distance of unit vectors, and, in the same pass, its gradient
/// by the predictions times `factor`, written or added as the input asks:
///
///     sum_i |u_i - w_i|^2,   u = p / max(|p|, epsilon),   w = t / max(|t|, epsilon)
///     d / d p_i = 2 ((u_i . w_i) u_i - w_i) / |p_i|   where |p_i| > epsilon,
///                 2 (u_i - w_i) / epsilon               elsewhere
///
/// which is 2 - 2 cos(p_i, t_i) for rows longer than epsilon; the difference is squared, so that a
/// small distance keeps its digits. A row whose square no double holds makes value and gradient NaN.
///
/// @param predictions  (B, D)
/// @param targets      (B, D); constants
/// @param epsilon        > 0
template <class R, class A, class D = BasicCpu<R, A>>
double normalised_regression_sum(const BasicCpu<R, A>& device, Workspace& scratch,
                                 Differentiable<BasicCpu<R, A>> predictions, In<D> targets,
                                 Real<D> epsilon, Real<D> factor) {
  const Index rows = targets.rows, cols = targets.cols;
  assert(predictions.value.rows == rows && predictions.value.cols == cols && epsilon > 0);
  return internal::sum_rows<double>(
      device, scratch, rows, cols, 0, [&](auto lanes, Index i, R*) SELFSAME_INLINE {
        using V = Simd<R, decltype(lanes)::value>;
        const A *const p = predictions.value.row(i), *const t = targets.row(i);
        const internal::Dots dots = internal::row_dots<decltype(lanes)::value>(p, t, cols);
        const auto shortest = static_cast<double>(epsilon);
        double p_norm = std::sqrt(dots.pp), t_norm = std::sqrt(dots.tt);
        if (std::isinf(p_norm + t_norm)) p_norm = NAN;  // else a row would be divided to nothing
        const bool sphere = p_norm > shortest;
        if (p_norm <= shortest) p_norm = shortest;  // a NaN stays
        if (t_norm <= shortest) t_norm = shortest;
        const double cosine = sphere ? dots.pt / (p_norm * t_norm) : 1;
        const double scale = 2 * static_cast<double>(factor * predictions.weight) / p_norm;
        const R u = static_cast<R>(1 / p_norm), w = static_cast<R>(1 / t_norm);
        const R by_u = static_cast<R>(scale * cosine), by_w = static_cast<R>(scale);
        internal::LongSum<V> squares;
        internal::put_row<V>(predictions.gradient.row(i), cols, predictions.add,
                             [&](Index c, Index count, V& g) SELFSAME_INLINE {
                               V x, y;
                               load_some(p + c, count, x);
                               load_some(t + c, count, y);
                               x *= u;
                               y *= w;
                               const V d = x - y;
                               squares.add(d * d);
                               g = by_u * x - by_w * y;
                             });
        return static_cast<double>(squares.sum());
      });
}

}  // namespace SELFSAME_FLAGS
}  // namespace selfsame
