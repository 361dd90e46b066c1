/// @file
/// Losses of a decoder's output against its images: a mean over all numbers of the images of all
/// ranks.
#pragma once
#include <selfsame/core/numbers.hpp>
#include <selfsame/kernel/cpu/reconstruction.hpp>
#include <selfsame/loss/detail/agreed.hpp>
#include <selfsame/loss/detail/row_checks.hpp>
#include <selfsame/loss/pair_loss.hpp>

namespace selfsame {

namespace detail {
/// sum(1 / count) / count over all ranks, count being that of all numbers.
template <class D, class Sum>
Real<D> mean_of_numbers(const Pass<D>& pass, const Differentiable<D>& decoded, In<D> images,
                        const Sum& sum) {
  const double count =
      static_cast<double>(std::max<Index>(pass.total(images.rows * images.cols), 1));
  double value = sum(static_cast<Real<D>>(1 / count));
  pass.ranks->sum(&value, 1, Number::real64);
  return detail::agreed<Real<D>>(value / count, decoded);
}
}  // namespace detail

/// value = mean (x - t)^2; x and t (pixels, C).
/// @see DALLE-pytorch's default
struct MeanSquared {
  using plays = role::Loss;

  template <class D>
  Real<D> operator()(const Pass<D>& pass, Differentiable<D> decoded, In<D> images) const {
    return detail::mean_of_numbers(pass, decoded, images, [&](Real<D> factor) {
      return squared_error_sum(*pass.device, *pass.workspace, decoded, images, factor);
    });
  }
};

/// value = mean h(x - t), h(d) = d^2 / (2 beta) where |d| < beta, else |d| - beta / 2; x and t
/// (pixels, C).
/// @see DALLE-pytorch's other choice; PyTorch's smooth_l1_loss
struct SmoothL1 {
  using plays = role::Loss;
  Epsilon beta = 1;  ///< where the square ends, in units of a pixel's value

  template <class D>
  Real<D> operator()(const Pass<D>& pass, Differentiable<D> decoded, In<D> images) const {
    return detail::mean_of_numbers(pass, decoded, images, [&](Real<D> factor) {
      return smooth_l1_sum(*pass.device, *pass.workspace, decoded, images,
                           static_cast<Real<D>>(beta), factor);
    });
  }
};

/// The mean negative log-likelihood of pixels, in nats, that lie in (0, 1) as the sigmoid of a
/// Laplace variable:
///
///     x' = (1 - 2 margin) x + margin,   r = logit(x') - mu
///     -log p(x') = log 2 + s + log(x' (1 - x')) + |r| exp(-s)
///
/// The decoder gives mu of each channel, then s = log of the width: rows (pixels, 2 C), images
/// (pixels, C) in [0, 1].
///
/// @see Ramesh et al. 2021, arXiv:2102.12092, appendix A.3
struct LogitLaplace {
  using plays = role::Loss;
  Positive margin = 0.1;  ///< below 1/2: pixels are mapped into [margin, 1 - margin]

  constexpr double mapped(double x) const { return (1 - 2 * margin) * x + margin; }
  /// Its inverse, clamped to [0, 1].
  constexpr double unmapped(double x) const {
    const double pixel = (x - margin) / (1 - 2 * margin);
    return pixel < 0 ? 0 : pixel > 1 ? 1 : pixel;
  }
  template <class D>
  Real<D> operator()(const Pass<D>& pass, Differentiable<D> decoded, In<D> images) const {
    return detail::mean_of_numbers(pass, decoded, images, [&](Real<D> factor) {
      return logit_laplace_sum(*pass.device, *pass.workspace, decoded, images, margin, factor);
    });
  }
  /// The images a decoder means: unmapped(sigmoid(mu)).
  template <class D>
  void images(const Pass<D>& pass, In<D> decoded, Out<D> to) const {
    logit_laplace_images(*pass.device, decoded, margin, to);
  }
};

namespace detail {
template <class D>
void check_decoded(const MeanSquared&, const Differentiable<D>& decoded, In<D> images) {
  check_targets<D>("decoded rows", decoded, "images", images);
}
template <class D>
void check_decoded(const SmoothL1&, const Differentiable<D>& decoded, In<D> images) {
  check_targets<D>("decoded rows", decoded, "images", images);
}
template <class D>
void check_decoded(const LogitLaplace& loss, const Differentiable<D>& decoded, In<D> images) {
  check_gradient<D>("decoded rows", decoded);
  if (decoded.value.rows != images.rows || decoded.value.cols != 2 * images.cols)
    throw std::invalid_argument("selfsame: decoded rows are " + to_string(decoded.value) +
                                ", images are " + to_string(images) +
                                "; each channel needs a position and a width");
  if (!(loss.margin < 0.5))
    throw std::invalid_argument("selfsame: the margin is " + std::to_string(double(loss.margin)) +
                                "; it must be below 0.5");
}
}  // namespace detail

/// Each of the three for a trainer of your own: reconstruction(device, decoded, images,
/// SmoothL1{}).
/// @throws std::invalid_argument  where shapes do not agree
template <Device D, class Loss>
Real<D> reconstruction(const D& device, Differentiable<D> decoded, In<D> images, const Loss& loss) {
  detail::check_decoded<D>(loss, decoded, images);
  const detail::Alone<D> alone(device);
  return loss(alone.pass, decoded, images);
}

}  // namespace selfsame
