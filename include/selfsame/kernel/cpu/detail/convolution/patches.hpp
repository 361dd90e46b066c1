/// @file
/// The patches that a convolution sees, as an operand whose packing gathers them, for inputs of few
/// channels: taps share a tile's columns.
#pragma once
#include <selfsame/kernel/cpu/detail/matrix/blocked.hpp>

namespace selfsame {
inline namespace SELFSAME_FLAGS {
namespace internal {

/// Where a tap looks, relative to step * (the row's place).
struct Tap {
  Index y, x;
};

/// A matrix of patches: row (image, y, x) of a grid, column (tap, channel), and the element
///
///     image[step * y + tap.y][step * x + tap.x][channel], or 0 beyond the image's border.
template <class T>
struct Patches {
  const T* data;
  Index stride;                         ///< between pixels
  Index height, width, channels;        ///< of an image
  Index grid_height, grid_width, step;  ///< rows of the matrix
  const Tap* taps;
  const T* zeros;  ///< `channels` of them: what stands beyond the border

  /// A row's place in the image.
  struct Place {
    const T* image;
    Index y, x;
  };
  SELFSAME_INLINE Place place(Index row) const {
    const Index line = row / grid_width, image = line / grid_height;
    return {data + image * height * width * stride, step * (line - image * grid_height),
            step * (row - line * grid_width)};
  }
  /// The channels that a tap sees from there.
  SELFSAME_INLINE const T* at(const Place& p, const Tap& tap) const {
    const Index y = p.y + tap.y, x = p.x + tap.x;
    const bool inside = y >= 0 && y < height && x >= 0 && x < width;
    return inside ? p.image + (y * width + x) * stride : zeros;
  }
};

/// Lines are the columns of the patches: the right operand of back to weight, whose sum runs over
/// positions.
template <class T>
struct PatchColumns {
  const Patches<T>& patches;

  template <int lines, class Real>
  SELFSAME_INLINE void pack(Index first, Index count, Index k, Index depth, Real* panel) const {
    struct Run {
      Tap tap;
      Index channel, length;
    } runs[lines];
    Index known = 0;
    for (Index done = 0; done < count; done += runs[known++].length) {
      const Index tap = (first + done) / patches.channels;
      const Index channel = first + done - tap * patches.channels;
      runs[known] = {patches.taps[tap], channel,
                     std::min(patches.channels - channel, count - done)};
    }
    if (depth == 0) return;
    auto place = patches.place(k);
    const Index edge = patches.step * patches.grid_width;
    for (Index i = 0; i < depth; ++i, panel += lines) {
      Real* to = panel;
      if (known == 1 && count == lines) {
        pack_straight<lines>(patches.at(place, runs[0].tap) + runs[0].channel, count, to);
      } else {
        for (Index r = 0; r < known; ++r) {
          const T* const from = patches.at(place, runs[r].tap) + runs[r].channel;
          for (Index c = 0; c < runs[r].length; ++c) to[c] = static_cast<Real>(from[c]);
          to += runs[r].length;
        }
        for (; to < panel + lines; ++to) *to = 0;
      }
      place.x += patches.step;
      if (place.x == edge && i + 1 < depth) place = patches.place(k + i + 1);
    }
  }
};

}  // namespace internal
}  // namespace SELFSAME_FLAGS
}  // namespace selfsame
