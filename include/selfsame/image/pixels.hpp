/// @file
/// One image: a view of pixels that somebody else owns, and what a data set holds before it is
/// scaled.
#pragma once
#include <selfsame/tensor/shape.hpp>

#include <cstdint>
#include <type_traits>
#include <variant>

namespace selfsame {

/// An image in HWC: pixel (y, x) starts at data + (y * width + x) * channels. A view of n patches
/// has them under one another: its height is n times theirs.
template <class T>
struct PixelsOf {
  T* data = nullptr;
  Index height = 0;
  Index width = 0;
  Index channels = 0;

  constexpr Index row_size() const { return width * channels; }
  constexpr Index size() const { return height * row_size(); }
  constexpr T* row(Index y) const { return data + y * row_size(); }
  constexpr T& operator()(Index y, Index x, Index c) const { return row(y)[x * channels + c]; }
  constexpr Shape shape() const { return {1, height, width, channels}; }
  constexpr operator PixelsOf<const T>() const
    requires(!std::is_const_v<T>)
  {
    return {data, height, width, channels};
  }
};

/// What operations work on: numbers in [0, 1], until they are normalised.
using Pixels = PixelsOf<float>;
using ConstPixels = PixelsOf<const float>;

/// An image as a data set holds it: bytes, 16-bit numbers, or floats that are in [0, 1] already.
using Source =
    std::variant<PixelsOf<const std::uint8_t>, PixelsOf<const std::uint16_t>, ConstPixels>;

inline Shape shape_of(const Source& source) {
  return std::visit([](const auto& pixels) { return pixels.shape(); }, source);
}

/// What a number of a source is multiplied by, so that the largest becomes 1.
template <class T>
inline constexpr float unit_scale = 1;
template <>
inline constexpr float unit_scale<std::uint8_t> = 1.0f / 255;
template <>
inline constexpr float unit_scale<std::uint16_t> = 1.0f / 65535;

}  // namespace selfsame
