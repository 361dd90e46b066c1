/// @file
/// A random part of the image, resized.
#pragma once
#include <selfsame/augmenter/operation.hpp>
#include <selfsame/image/crop_resize.hpp>
#include <selfsame/image/tone.hpp>

#include <algorithm>
#include <cmath>

namespace selfsame {

/// Crops a box of random area and aspect (width / height), and resizes it. Any number of channels;
/// the result is in [0, 1].
///
///     area A uniform in `area` times the image's,  aspect a log-uniform in `aspect`
///     w = round(sqrt(A a)),  h = round(sqrt(A / a)),  ties to even;  anywhere it fits, uniformly
///
/// After 10 boxes that do not fit: the largest centred box whose aspect is the image's, clamped to
/// the range.
///
/// Szegedy et al. 2015, arXiv:1409.4842. Defaults: Chen et al. 2020, arXiv:2002.05709, appendix A.
struct RandomResizedCrop {
  Between<Fraction> area = {0.08, 1};          ///< share of the image
  Between<Positive> aspect = {0.75, 4.0 / 3};  ///< width over height
  Index size = 0;                              ///< height and width of the view; 0: the image's
  Interpolation interpolation = Interpolation::bicubic;

  Shape output(Shape image) const {
    return size > 0 ? Shape{1, size, size, image.channels} : image.with_images(1);
  }
  void check(Shape) const {
    area.check("crop.area");
    aspect.check("crop.aspect");
    if (size < 0)
      throw std::invalid_argument("selfsame: crop.size is " + std::to_string(size) +
                                  "; it must be positive, or 0 for the size of the images");
  }
  void apply(const Random& random, const Source& source, Pixels out, Workspace& scratch) const {
    crop_resize(source, box(random, shape_of(source)), interpolation, out, scratch);
    clip(out);  // bicubic weights overshoot
  }

  /// The box for an image: try t draws elements 4 t ... 4 t + 3 (area, aspect, top, left).
  Box box(const Random& random, Shape image) const {
    const auto height = static_cast<double>(image.height), width = static_cast<double>(image.width);
    for (Index t = 0; t < 10; ++t) {
      const double pixels = height * width * random.uniform(4 * t, area.low, area.high);
      const double a =
          std::exp(random.uniform(4 * t + 1, std::log(aspect.low), std::log(aspect.high)));
      const auto w = static_cast<Index>(std::nearbyint(std::sqrt(pixels * a)));
      const auto h = static_cast<Index>(std::nearbyint(std::sqrt(pixels / a)));
      if (w > 0 && h > 0 && w <= image.width && h <= image.height)
        return {random.below(4 * t + 2, image.height - h + 1),
                random.below(4 * t + 3, image.width - w + 1), h, w};
    }
    const double a = std::clamp<double>(width / height, aspect.low, aspect.high);
    const auto fit = [](double x, Index most) {
      return std::clamp(static_cast<Index>(std::nearbyint(x)), Index{1}, most);
    };
    const Index w = fit(std::min(width, height * a), image.width);
    const Index h = fit(std::min(height, width / a), image.height);
    return {(image.height - h) / 2, (image.width - w) / 2, h, w};
  }
  friend bool operator==(const RandomResizedCrop&, const RandomResizedCrop&) = default;
};
static_assert(SourceOperation<RandomResizedCrop>);

}  // namespace selfsame
