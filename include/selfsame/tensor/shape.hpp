/// @file
/// What the rows of a matrix are: positions of images, and whose images.
#pragma once
#include <selfsame/tensor/device.hpp>

#include <cstdint>
#include <string>

namespace selfsame {

/// Every activation is a matrix (decision D3): rows are (image, y, x), columns are channels. Tokens
/// are (image, 1, token).
struct Shape {
  Index images = 0;
  Index height = 1;
  Index width = 1;
  Index channels = 0;

  constexpr Index positions() const { return height * width; }
  constexpr Index rows() const { return images * positions(); }
  constexpr Index size() const { return rows() * channels; }
  constexpr Shape with_images(Index n) const { return {n, height, width, channels}; }
  friend bool operator==(const Shape&, const Shape&) = default;
};

/// "(images 2, 28 x 28, channels 1)"
inline std::string to_string(const Shape& s) {
  return "(images " + std::to_string(s.images) + ", " + std::to_string(s.height) + " x " +
         std::to_string(s.width) + ", channels " + std::to_string(s.channels) + ")";
}

/// One turn of one sample of a data set. `turn` counts how often a sampler has handed this sample
/// out, so each turn has its own randomness (decision D6).
struct Draw {
  Index sample = 0;
  std::uint32_t turn = 0;
  friend bool operator==(const Draw&, const Draw&) = default;
};

/// Whose image this is. It travels with the image through concatenation, splitting and shuffling,
/// so that views and dropout masks do not depend on where in which batch the image stands.
struct Key {
  Draw draw;
  std::uint32_t view = 0;  ///< which view of the sample
  std::uint32_t part = 0;  ///< which patch of the view
  friend bool operator==(const Key&, const Key&) = default;
};

}  // namespace selfsame
