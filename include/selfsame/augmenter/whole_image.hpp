/// @file
/// The image as it is.
#pragma once
#include <selfsame/augmenter/operation.hpp>
#include <selfsame/image/crop.hpp>
#include <selfsame/image/crop_resize.hpp>
#include <selfsame/image/tone.hpp>

namespace selfsame {

/// The whole image, scaled to [0, 1], and resized where its size is another. Any number of
/// channels; draws nothing.
struct WholeImage {
  Index size = 0;  ///< height and width of the result; 0: the image's
  Interpolation interpolation = Interpolation::bilinear;

  Shape output(Shape image) const {
    return size > 0 ? Shape{1, size, size, image.channels} : image.with_images(1);
  }
  void check(Shape) const {
    if (size < 0)
      throw std::invalid_argument("selfsame: crop.size is " + std::to_string(size) +
                                  "; it must be positive, or 0 for the size of the images");
  }
  void apply(const Random&, const Source& source, Pixels out, Workspace& scratch) const {
    const Shape image = shape_of(source);
    if (image == out.shape()) return crop(source, 0, 0, out);
    crop_resize(source, {0, 0, image.height, image.width}, interpolation, out, scratch);
    clip(out);
  }
  friend bool operator==(const WholeImage&, const WholeImage&) = default;
};
static_assert(SourceOperation<WholeImage>);

}  // namespace selfsame
