/// @file
/// Left becomes right.
#pragma once
#include <selfsame/image/pixels.hpp>

#include <algorithm>

namespace selfsame {

/// out(y, x) = image(y, width - 1 - x), in place. Any number of channels.
inline void flip(Pixels image) {
  for (Index y = 0; y < image.height; ++y) {
    float* left = image.row(y);
    for (float* right = left + (image.width - 1) * image.channels; left < right;
         left += image.channels, right -= image.channels)
      std::swap_ranges(left, left + image.channels, right);
  }
}

}  // namespace selfsame
