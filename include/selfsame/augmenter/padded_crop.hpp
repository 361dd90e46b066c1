/// @file
/// The image, shifted by a few pixels.
#pragma once
#include <selfsame/augmenter/operation.hpp>
#include <selfsame/image/crop.hpp>

namespace selfsame {

/// Pads the image with `padding` zeros on each side and takes a random window of its size. Any
/// number of channels.
///
/// He et al. 2016, arXiv:1512.03385, section 4.2 (CIFAR-10: 4 pixels)
struct PaddedCrop {
  Index padding = 4;  ///< in pixels; 0 keeps the image where it is

  Shape output(Shape image) const { return image.with_images(1); }
  void check(Shape) const {
    if (padding < 0)
      throw std::invalid_argument("selfsame: crop.padding is " + std::to_string(padding) +
                                  "; it must not be negative");
  }
  void apply(const Random& random, const Source& source, Pixels out, Workspace&) const {
    crop(source, random.below(0, 2 * padding + 1) - padding,
         random.below(1, 2 * padding + 1) - padding, out);
  }
  friend bool operator==(const PaddedCrop&, const PaddedCrop&) = default;
};
static_assert(SourceOperation<PaddedCrop>);

}  // namespace selfsame
