/// @file
/// How far a decoder's output is from its images, number by number.
#pragma once
#include <selfsame/kernel/cpu/detail/rows/terms.hpp>

namespace selfsame {
inline namespace SELFSAME_FLAGS {

namespace internal {

/// The sum over all numbers of what term(x - target, value, slope) makes of vectors; slopes times
/// `factor` go where the input asks.
template <class R, class A, class Term, class D = BasicCpu<R, A>>
double sum_differences(const BasicCpu<R, A>& device, Workspace& scratch,
                       const Differentiable<BasicCpu<R, A>>& differentiable, In<D> targets,
                       R factor, const Term& term) {
  assert(targets.rows == differentiable.value.rows && targets.cols == differentiable.value.cols);
  const R scale = factor * differentiable.weight;
  constexpr Index block = 512;  // what is summed in R before it is added in double
  const auto span = [&](auto lanes, const A* x, const A* t, A* g, Index size) SELFSAME_INLINE {
    using V = Simd<R, decltype(lanes)::value>;
    double sum = 0;
    for (Index first = 0; first < size; first += block) {
      V part = {};
      const Index count = std::min(block, size - first);
      put_row<V>(g + first, count, differentiable.add,
                 [&](Index c, Index n, V& slope) SELFSAME_INLINE {
                   V difference, target, value;
                   load_some(x + first + c, n, difference);
                   load_some(t + first + c, n, target);
                   difference -= target;
                   term(difference, value, slope);
                   part += value;
                   slope *= scale;
                 });
      sum += static_cast<double>(sum_of(part));
    }
    return sum;
  };
  const Index rows = targets.rows, cols = targets.cols;
  const bool flat = differentiable.value.contiguous() && differentiable.gradient.contiguous() &&
                    targets.contiguous();
  if (!flat)
    return sum_rows<double>(device, scratch, rows, cols, 0,
                            [&](auto lanes, Index r, R*) SELFSAME_INLINE {
                              return span(lanes, differentiable.value.row(r), targets.row(r),
                                          differentiable.gradient.row(r), cols);
                            });
  const Index size = rows * cols;  // pixels have few channels: as one row
  return sum_rows<double>(device, scratch, pieces(size, map_piece), map_piece, 0,
                          [&](auto lanes, Index r, R*) SELFSAME_INLINE {
                            const Index at = r * map_piece;
                            return span(lanes, differentiable.value.data + at, targets.data + at,
                                        differentiable.gradient.data + at,
                                        std::min(map_piece, size - at));
                          });
}

}  // namespace internal

/// sum (x - t)^2 over all numbers, and its gradient 2 (x - t) times `factor`, as the input asks.
template <class R, class A, class D = BasicCpu<R, A>>
double squared_error_sum(const BasicCpu<R, A>& device, Workspace& scratch,
                         Differentiable<BasicCpu<R, A>> x, In<D> targets, Real<D> factor) {
  return internal::sum_differences(device, scratch, x, targets, factor,
                                   [](const auto& d, auto& value, auto& slope) SELFSAME_INLINE {
                                     value = d * d;
                                     slope = 2 * d;
                                   });
}

/// sum h(x - t) over all numbers, and its gradient times `factor`, as the input asks:
///
///     h(d)  = d^2 / (2 beta) where |d| < beta, else |d| - beta / 2
///     h'(d) = d / beta, else sign(d)
///
/// @param beta  > 0: where the square ends
template <class R, class A, class D = BasicCpu<R, A>>
double smooth_l1_sum(const BasicCpu<R, A>& device, Workspace& scratch,
                     Differentiable<BasicCpu<R, A>> x, In<D> targets, Real<D> beta,
                     Real<D> factor) {
  assert(beta > 0);
  const R inverse = 1 / beta;
  return internal::sum_differences(device, scratch, x, targets, factor,
                                   [=](const auto& d, auto& value, auto& slope) SELFSAME_INLINE {
                                     const auto size = d < 0 ? -d : d;
                                     value = size < beta ? d * d * (inverse / 2) : size - beta / 2;
                                     slope = size < beta ? d * inverse : d / size;  // a NaN stays
                                   });
}

/// The sum over all numbers of -log p(x), p the density of logit-Laplace in (0, 1), and its
/// gradient times `factor`, as the input asks:
///
///     x' = (1 - 2 margin) x + margin,   r = logit(x') - mu
///     -log p = log 2 + s + log(x' (1 - x')) + |r| exp(-s)
///     d / d mu = -sign(r) exp(-s),   d / d s = 1 - |r| exp(-s)
///
/// A NaN, an infinity or an x' outside (0, 1) makes the value NaN or infinite.
///
/// @param decoded  (pixels, 2 C): mu of each channel, then s, the logarithm of the width
/// @param images   (pixels, C), in [0, 1]; constants
/// @param margin   in (0, 1/2)
template <class R, class A, class D = BasicCpu<R, A>>
double logit_laplace_sum(const BasicCpu<R, A>& device, Workspace& scratch,
                         Differentiable<BasicCpu<R, A>> decoded, In<D> images, double margin,
                         Real<D> factor) {
  const Index channels = images.cols;
  assert(decoded.value.rows == images.rows && decoded.value.cols == 2 * channels);
  assert(margin > 0 && margin < 0.5);
  return internal::sum_rows<double>(
      device, scratch, images.rows, 16 * channels, 0, [&](auto, Index i, R*) SELFSAME_INLINE {
        double sum = 0;
        for (Index c = 0; c < channels; ++c) {
          const double x = (1 - 2 * margin) * static_cast<double>(images(i, c)) + margin;
          const double s = static_cast<double>(decoded.value(i, channels + c));
          const double log_x = std::log(x), log_rest = std::log1p(-x), narrow = std::exp(-s);
          const double r = log_x - log_rest - static_cast<double>(decoded.value(i, c));
          const double sign = r == 0 ? 0 : r / std::abs(r);  // a NaN stays
          sum += 0.693147180559945309417 + s + log_x + log_rest + std::abs(r) * narrow;
          decoded.put(i, c, factor * static_cast<R>(-sign * narrow));
          decoded.put(i, channels + c, factor * static_cast<R>(1 - std::abs(r) * narrow));
        }
        return sum;
      });
}

/// The image that logit-Laplace describes best: clamp((sigmoid(mu) - margin) / (1 - 2 margin), 0,
/// 1).
/// @param decoded  (pixels, 2 C), of which mu is read
/// @param images   (pixels, C), overwritten; a NaN stays
template <class R, class A, class D = BasicCpu<R, A>>
void logit_laplace_images(const BasicCpu<R, A>& device, In<D> decoded, double margin,
                          Out<D> images) {
  assert(decoded.rows == images.rows && decoded.cols == 2 * images.cols);
  parallel_pieces(device, images.rows, internal::row_piece(16 * images.cols),
                  [&](Index first, Index count) {
                    for (Index i = first; i < first + count; ++i)
                      for (Index c = 0; c < images.cols; ++c) {
                        const double mu = static_cast<double>(decoded(i, c));
                        const double x = (1 / (1 + std::exp(-mu)) - margin) / (1 - 2 * margin);
                        images(i, c) = static_cast<A>(x < 0 ? 0 : x > 1 ? 1 : x);
                      }
                  });
}

}  // namespace SELFSAME_FLAGS
}  // namespace selfsame
