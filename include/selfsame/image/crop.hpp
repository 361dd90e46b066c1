/// @file
/// A window of an image, pixel by pixel; it may stand over the edge.
#pragma once
#include <selfsame/image/pixels.hpp>

#include <algorithm>
#include <cassert>

namespace selfsame {

/// out(y, x) = scale * source(top + y, left + x), and 0 outside the source. The result is in [0,
/// 1].
///
/// @param top, left  where the window begins; may be negative
/// @param out        overwritten; its extents are the window's, its channels the source's
inline void crop(const Source& source, Index top, Index left, Pixels out) {
  std::visit(
      [&]<class T>(PixelsOf<const T> from) {
        assert(from.channels == out.channels);
        const Index first = std::clamp(-left, Index{0}, out.width);  // the first column within
        const Index last = std::clamp(from.width - left, first, out.width);  // one behind the last
        for (Index y = 0; y < out.height; ++y) {
          float* to = out.row(y);
          if (top + y < 0 || top + y >= from.height) {
            std::fill_n(to, out.row_size(), 0.0f);
            continue;
          }
          std::fill_n(to, first * out.channels, 0.0f);
          std::fill(to + last * out.channels, to + out.row_size(), 0.0f);
          const T* pixels = from.row(top + y);
          for (Index i = first * out.channels; i < last * out.channels; ++i)
            to[i] = unit_scale<T> * static_cast<float>(pixels[left * out.channels + i]);
        }
      },
      source);
}

}  // namespace selfsame
