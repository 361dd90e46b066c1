/// @file
/// What comes out of an image file.
#pragma once
#include <selfsame/tensor/device.hpp>

#include <xtensor/xtensor.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

namespace selfsame {

/// Bytes (H, W, C) as a file has them; C is 1 (grey) or 3 (RGB).
struct DecodedImage {
  xt::xtensor<std::uint8_t, 3> pixels;
  int orientation = 1;  ///< EXIF's: how `pixels` must be turned to be upright
};

namespace detail {
// Lying files must not take all memory.
inline constexpr Index most_pixels = Index{1} << 28;

// Empty, or why so large an image cannot be in a file of so many bytes, each of which says at most
// `per_byte` pixels.
inline std::string too_large(Index height, Index width, std::size_t bytes, Index per_byte) {
  const std::string claim =
      "the image claims to be " + std::to_string(height) + " x " + std::to_string(width) + ", ";
  if (height > most_pixels / width) return claim + "more than 2^28 pixels";
  if (height * width / per_byte > static_cast<Index>(bytes))
    return claim + "which " + std::to_string(bytes) + " bytes cannot hold";
  return {};
}
}  // namespace detail

/// The image turned by EXIF's orientation: 1 as it is; 2 mirrored; 3 by 180 degrees; 4 upside down
/// and mirrored; 5 to 8 with rows and columns exchanged.
inline xt::xtensor<std::uint8_t, 3> upright(DecodedImage image) {
  const int o = image.orientation;
  if (o == 1) return std::move(image.pixels);
  const auto& from = image.pixels;
  const std::size_t height = from.shape(0), width = from.shape(1), channels = from.shape(2);
  const bool turned = o >= 5, from_below = o == 3 || o == 4 || o == 6 || o == 7,
             from_right = o == 2 || o == 3 || o == 7 || o == 8;
  auto to = xt::xtensor<std::uint8_t, 3>::from_shape(
      {turned ? width : height, turned ? height : width, channels});
  std::uint8_t* next = to.data();
  for (std::size_t y = 0; y < to.shape(0); ++y)
    for (std::size_t x = 0; x < to.shape(1); ++x) {
      std::size_t row = turned ? x : y, column = turned ? y : x;
      if (from_below) row = height - 1 - row;
      if (from_right) column = width - 1 - column;
      const std::uint8_t* pixel = from.data() + (row * width + column) * channels;
      for (std::size_t c = 0; c < channels; ++c) *next++ = pixel[c];
    }
  return to;
}

/// Grey or RGB, as asked: grey becomes three times itself, colours become Rec. 601 luma in Pillow's
/// integers, (19595 R + 38470 G + 7471 B + 2^15) / 2^16.
///
/// @param channels  1 or 3
inline xt::xtensor<std::uint8_t, 3> with_channels(xt::xtensor<std::uint8_t, 3> image,
                                                  Index channels) {
  if (static_cast<Index>(image.shape(2)) == channels) return image;
  auto to = xt::xtensor<std::uint8_t, 3>::from_shape(
      {image.shape(0), image.shape(1), static_cast<std::size_t>(channels)});
  const std::uint8_t* from = image.data();
  for (std::size_t i = 0, pixels = image.shape(0) * image.shape(1); i < pixels; ++i) {
    if (channels == 3) {
      for (std::size_t c = 0; c < 3; ++c) to.data()[3 * i + c] = from[i];
    } else {
      const std::uint8_t* rgb = from + 3 * i;
      to.data()[i] = static_cast<std::uint8_t>(
          (19595u * rgb[0] + 38470u * rgb[1] + 7471u * rgb[2] + (1u << 15)) >> 16);
    }
  }
  return to;
}

}  // namespace selfsame
