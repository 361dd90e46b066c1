/// @file
/// An image of any size at another one, for data sets of one shape.
#pragma once
#include <selfsame/image/pixels.hpp>
#include <selfsame/tensor/buffer.hpp>

#include <algorithm>
#include <cassert>
#include <cmath>

namespace selfsame {

namespace detail {

// The numbers along one axis that make one of the result: weights of count pixels from first on.
struct Reach {
  Index first = 0;
  Index count = 0;
};

// A triangle of two pixels of the result, or of the source where those are larger, around the
// middle of each pixel of the result. `size` of the source's `in` pixels become `out`, from `begin`
// on. Place o has its weights at o * most.
inline void find_reaches(double begin, double size, Index in, Index out, Index most, Reach* reaches,
                         float* weights) {
  const double scale = size / static_cast<double>(out), width = std::max(scale, 1.0);
  for (Index o = 0; o < out; ++o) {
    const double centre = begin + (static_cast<double>(o) + 0.5) * scale;
    const Index first = std::max(Index{std::lround(centre - width)}, Index{0});
    const Index last = std::min(Index{std::lround(centre + width)}, in);
    const auto weight = [&](Index x) {
      return std::max(0.0, 1 - std::abs(static_cast<double>(x) + 0.5 - centre) / width);
    };
    double sum = 0;
    for (Index x = first; x < last; ++x) sum += weight(x);
    for (Index x = first; x < last; ++x)
      weights[o * most + x - first] = static_cast<float>(weight(x) / sum);
    reaches[o] = {first, last - first};
  }
}
inline Index most_reach(double size, Index out) {
  return 2 * static_cast<Index>(std::ceil(std::max(size / static_cast<double>(out), 1.0))) + 1;
}

template <class T>
void fit(PixelsOf<const T> from, Pixels out, Workspace& scratch) {
  const Workspace::Scope scope(scratch);
  const auto real = [](Index n) { return static_cast<double>(n); };
  double height = real(from.height), width = real(from.width);  // of the part that is seen
  if (width * real(out.height) >= height * real(out.width))
    width = height * real(out.width) / real(out.height);
  else
    height = width * real(out.height) / real(out.width);
  const Index most_y = most_reach(height, out.height), most_x = most_reach(width, out.width);
  auto* ys = scratch.take<Reach>(out.height);
  auto* xs = scratch.take<Reach>(out.width);
  auto* down = scratch.take<float>(out.height * most_y);
  auto* along = scratch.take<float>(out.width * most_x);
  auto* row = scratch.take<float>(from.row_size());
  find_reaches((real(from.height) - height) / 2, height, from.height, out.height, most_y, ys, down);
  find_reaches((real(from.width) - width) / 2, width, from.width, out.width, most_x, xs, along);
  for (Index y = 0; y < out.height; ++y) {
    std::fill_n(row, from.row_size(), 0.0f);
    for (Index k = 0; k < ys[y].count; ++k) {
      const T* line = from.row(ys[y].first + k);
      const float weight = down[y * most_y + k] * unit_scale<T>;
      for (Index i = 0; i < from.row_size(); ++i) row[i] += weight * static_cast<float>(line[i]);
    }
    float* to = out.row(y);
    for (Index x = 0; x < out.width; ++x) {
      const float* weight = along + x * most_x;
      for (Index c = 0; c < out.channels; ++c) {
        float sum = 0;
        for (Index k = 0; k < xs[x].count; ++k)
          sum += weight[k] * row[(xs[x].first + k) * out.channels + c];
        *to++ = sum;
      }
    }
  }
}

}  // namespace detail

/// The largest centred part of `source` that has the proportions of `out`, resized to it and scaled
/// by 1/255 (bytes), 1/65535 (16 bits) or 1: resizing the shorter side and cropping the centre.
///
/// Bilinear with antialiasing: a pixel of the result is the mean of what lies below a triangle of two
/// of its own pixels, or of two of the source's where those are larger. An image of the extents of
/// `out` is copied.
///
/// @param source  at least 1 x 1
/// @param out     overwritten, at least 1 x 1; the channels are the source's
/// @see Pillow's ImageOps.fit with Resampling.BILINEAR
inline void fit(const Source& source, Pixels out, Workspace& scratch) {
  std::visit(
      [&]<class T>(PixelsOf<const T> from) {
        assert(from.height > 0 && from.width > 0 && out.height > 0 && out.width > 0);
        assert(from.channels == out.channels);
        detail::fit(from, out, scratch);
      },
      source);
}

}  // namespace selfsame
