/// @file
/// A box of an image at another size.
#pragma once
#include <selfsame/image/pixels.hpp>
#include <selfsame/tensor/buffer.hpp>

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <type_traits>
#include <utility>

namespace selfsame {

enum class Interpolation {
  bilinear,
  bicubic  ///< Keys 1981, a = -1/2: PIL, TensorFlow 2 (torch without antialias: -3/4)
};

/// A part of an image, in pixels; it lies within.
struct Box {
  Index top = 0;
  Index left = 0;
  Index height = 0;
  Index width = 0;
  friend bool operator==(const Box&, const Box&) = default;
};

namespace detail {

// Where one number of the result comes from: positions along an axis, and their weights.
template <std::size_t taps>
struct Taps {
  std::array<Index, taps> at;
  std::array<float, taps> weight;
};

inline std::array<float, 2> weights_of(double t, std::integral_constant<std::size_t, 2>) {
  return {static_cast<float>(1 - t), static_cast<float>(t)};
}
inline std::array<float, 4> weights_of(double t, std::integral_constant<std::size_t, 4>) {
  const auto inner = [](double x) { return (1.5 * x - 2.5) * x * x + 1; };         // 0 <= x <= 1
  const auto outer = [](double x) { return ((-0.5 * x + 2.5) * x - 4) * x + 2; };  // 1 <= x <= 2
  return {static_cast<float>(outer(1 + t)), static_cast<float>(inner(t)),
          static_cast<float>(inner(1 - t)), static_cast<float>(outer(2 - t))};
}

// Half-pixel centres: place o of `out` lies at (o + 1/2) in / out - 1/2; positions are clamped to
// the box.
template <std::size_t taps>
void find_taps(Index in, Index out, Index stride, Taps<taps>* places) {
  const double scale = static_cast<double>(in) / static_cast<double>(out);
  for (Index o = 0; o < out; ++o) {
    const double centre = (static_cast<double>(o) + 0.5) * scale - 0.5, below = std::floor(centre);
    places[o].weight = weights_of(centre - below, std::integral_constant<std::size_t, taps>{});
    for (std::size_t k = 0; k < taps; ++k) {
      const Index at =
          static_cast<Index>(below) + static_cast<Index>(k) - (static_cast<Index>(taps) / 2 - 1);
      places[o].at[k] = std::clamp(at, Index{0}, in - 1) * stride;
    }
  }
}

// sum_k weight[k] * number(k), written out: compilers unroll no loop at -O2.
template <std::size_t taps, class F>
float weighted(const std::array<float, taps>& weight, F number) {
  return [&]<std::size_t... k>(std::index_sequence<k...>) {
    return ((weight[k] * static_cast<float>(number(k))) + ...);
  }(std::make_index_sequence<taps>{});
}

// Rows first, into one row of the box; then along it. Only rows that are asked for are read.
template <std::size_t taps, class T>
void resample(PixelsOf<const T> from, Box box, Pixels out, Workspace& scratch) {
  const Workspace::Scope scope(scratch);
  const Index channels = out.channels, numbers = box.width * channels;
  auto* ys = scratch.take<Taps<taps>>(out.height);
  auto* xs = scratch.take<Taps<taps>>(out.width);
  float* row = scratch.take<float>(numbers);
  find_taps(box.height, out.height, from.row_size(), ys);
  find_taps(box.width, out.width, channels, xs);
  const T* first = from.row(box.top) + box.left * channels;
  for (Index y = 0; y < out.height; ++y) {
    std::array<const T*, taps> rows;
    std::array<float, taps> weight = ys[y].weight;
    for (std::size_t k = 0; k < taps; ++k) {
      rows[k] = first + ys[y].at[k];
      weight[k] *= unit_scale<T>;
    }
    for (Index i = 0; i < numbers; ++i)
      row[i] = weighted(weight, [&](std::size_t k) { return rows[k][i]; });
    float* to = out.row(y);
    for (Index x = 0; x < out.width; ++x)
      for (Index c = 0; c < channels; ++c)
        *to++ = weighted(xs[x].weight, [&](std::size_t k) { return row[xs[x].at[k] + c]; });
  }
}

}  // namespace detail

/// The box of `source`, resized to the extents of `out` and scaled by 1/255 (bytes), 1/65535 (16
/// bits) or 1.
///
/// Half-pixel centres, no antialiasing, pixels beyond the edge of the box are those at its edge:
/// what cropping and then resizing does. A box of the extents of `out` is copied exactly. Bicubic
/// results leave [0, 1] near edges by up to 1/8 or so: clip them.
///
/// @param box  within the source, at least 1 x 1
/// @param out  overwritten; the channels are the source's
inline void crop_resize(const Source& source, Box box, Interpolation interpolation, Pixels out,
                        Workspace& scratch) {
  std::visit(
      [&]<class T>(PixelsOf<const T> from) {
        assert(from.channels == out.channels && box.height > 0 && box.width > 0);
        assert(box.top >= 0 && box.left >= 0);
        assert(box.top + box.height <= from.height && box.left + box.width <= from.width);
        if (interpolation == Interpolation::bilinear)
          detail::resample<2>(from, box, out, scratch);
        else
          detail::resample<4>(from, box, out, scratch);
      },
      source);
}

}  // namespace selfsame
