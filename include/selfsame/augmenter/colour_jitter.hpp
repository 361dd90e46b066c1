/// @file
/// Random brightness, contrast, saturation and hue, in random order.
#pragma once
#include <selfsame/augmenter/operation.hpp>
#include <selfsame/image/colour.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace selfsame {

/// Each strength s draws its factor from U(max(0, 1 - s), 1 + s), hue its shift from U(-s, s) of a
/// turn. The four act in random order, and the image is clipped to [0, 1] after each.
///
/// Of 1 channel, saturation and hue change nothing; of other numbers than 1 and 3 they must be 0,
/// and the contrast must be about the channels' means.
///
/// Chen et al. 2020, arXiv:2002.05709, appendix A, with the strength 0.5 of its CIFAR-10
/// experiments.
struct ColourJitter {
  NonNegative brightness = 0.4;
  NonNegative contrast = 0.4;
  NonNegative saturation = 0.4;
  Fraction hue = 0.1;  ///< in turns
  Fraction probability = 0.8;
  ContrastMean contrast_mean = ContrastMean::channel;
  SaturationModel saturation_model = SaturationModel::hsv;

  void check(Shape image) const {
    if (probability.value == 0) return;
    if (saturation > 0) require_colour("jitter.saturation", image);
    if (hue > 0) require_colour("jitter.hue", image);
    if (contrast > 0 && contrast_mean == ContrastMean::grey)
      require_colour("jitter.contrast about the grey mean", image);
  }
  /// Elements: 0 whether, 1 ... 4 the factors, 5 ... 7 the order.
  void apply(const Random& random, Pixels image, Workspace&) const {
    if (!random.chance(0, probability)) return;
    std::array<int, 4> order = {0, 1, 2, 3};
    for (Index i = 0; i < 3; ++i)  // Fisher and Yates
      std::swap(order[static_cast<std::size_t>(i)],
                order[static_cast<std::size_t>(i + random.below(5 + i, 4 - i))]);
    for (const int which : order) one(which, random, image);
  }
  friend bool operator==(const ColourJitter&, const ColourJitter&) = default;

 private:
  static float factor(const Random& random, Index element, double strength) {
    return static_cast<float>(random.uniform(element, std::max(0.0, 1 - strength), 1 + strength));
  }
  void one(int which, const Random& random, Pixels image) const {
    if (which == 0 && brightness > 0)
      selfsame::brightness(image, factor(random, 1, brightness));
    else if (which == 1 && contrast > 0)
      selfsame::contrast(image, factor(random, 2, contrast), contrast_mean);
    else if (which == 2 && saturation > 0)
      selfsame::saturation(image, factor(random, 3, saturation), saturation_model);
    else if (which == 3 && hue > 0)
      selfsame::hue(image, random.uniform(4, -hue, hue));
    else
      return;
    clip(image);
  }
};
static_assert(PixelOperation<ColourJitter>);

}  // namespace selfsame
