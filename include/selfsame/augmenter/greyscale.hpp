/// @file
/// Now and then, no colour.
#pragma once
#include <selfsame/augmenter/operation.hpp>
#include <selfsame/image/colour.hpp>

namespace selfsame {

/// The grey image in all three channels. Of 1 channel nothing changes; other numbers are refused
/// unless the probability is 0.
///
/// Default: Chen et al. 2020, arXiv:2002.05709, appendix A.
struct Greyscale {
  Fraction probability = 0.2;

  void check(Shape image) const {
    if (probability > 0) require_colour("greyscale.probability", image);
  }
  void apply(const Random& random, Pixels image, Workspace&) const {
    if (random.chance(0, probability)) greyscale(image);
  }
  friend bool operator==(const Greyscale&, const Greyscale&) = default;
};
static_assert(PixelOperation<Greyscale>);

}  // namespace selfsame
