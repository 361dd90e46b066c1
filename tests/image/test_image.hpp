/// @file
/// Images with numbers that a formula gives.
#pragma once
#include <selfsame/image/pixels.hpp>

#include <cmath>
#include <vector>

namespace selfsame {

/// An image that owns its pixels.
struct TestImage {
  Index height, width, channels;
  std::vector<float> numbers =
      std::vector<float>(static_cast<std::size_t>(height * width * channels));

  Pixels pixels() { return {numbers.data(), height, width, channels}; }
  Source source() const { return ConstPixels{numbers.data(), height, width, channels}; }
};

/// x(y, x, c) = (1 + sin(1 + 2 y + 3 x + 5 c)) / 2
inline TestImage waves(Index height, Index width, Index channels) {
  TestImage image{height, width, channels};
  for (Index y = 0; y < height; ++y)
    for (Index x = 0; x < width; ++x)
      for (Index c = 0; c < channels; ++c)
        image.pixels()(y, x, c) =
            static_cast<float>((1 + std::sin(static_cast<double>(1 + 2 * y + 3 * x + 5 * c))) / 2);
  return image;
}

inline float largest_difference(const std::vector<float>& a, const std::vector<float>& b) {
  if (a.size() != b.size()) return INFINITY;
  float most = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (std::isnan(a[i]) || std::isnan(b[i])) return INFINITY;
    most = std::max(most, std::abs(a[i] - b[i]));
  }
  return most;
}

}  // namespace selfsame
