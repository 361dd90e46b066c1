/// @file
/// Now and then, out of focus.
#pragma once
#include <selfsame/augmenter/operation.hpp>
#include <selfsame/image/gaussian_blur.hpp>
#include <selfsame/image/tone.hpp>

namespace selfsame {

/// Gaussian blur of random width; SimCLR's radius, floor((height div 10) / 2), and zeros beyond the
/// edges. Any number of channels. Images below 20 rows stay as they are.
///
/// Defaults: Chen et al. 2020, arXiv:2002.05709, appendix A (ImageNet; none on CIFAR-10).
struct GaussianBlur {
  Between<Positive> sigma = {0.1, 2};  ///< in pixels
  Fraction probability = 0.5;

  void check(Shape) const { sigma.check("blur.sigma"); }
  /// Elements: 0 whether, 1 sigma.
  void apply(const Random& random, Pixels image, Workspace& scratch) const {
    if (!random.chance(0, probability)) return;
    gaussian_blur(image, random.uniform(1, sigma.low, sigma.high), blur_radius(image.height),
                  scratch);
    clip(image);  // the taps' sum is 1 up to rounding
  }
  friend bool operator==(const GaussianBlur&, const GaussianBlur&) = default;
};
static_assert(PixelOperation<GaussianBlur>);

}  // namespace selfsame
