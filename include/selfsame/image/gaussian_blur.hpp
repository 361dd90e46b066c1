/// @file
/// Gaussian blur as SimCLR has it: a kernel of fixed radius, and darkness beyond the edges.
#pragma once
#include <selfsame/image/pixels.hpp>
#include <selfsame/tensor/buffer.hpp>

#include <algorithm>
#include <cmath>

namespace selfsame {

/// SimCLR's radius: floor((height div 10) / 2); 224 -> 11 (23 taps), 32 -> 1 (3 taps), below 20 ->
/// 0.
constexpr Index blur_radius(Index height) { return height / 10 / 2; }

/// taps[radius + x] = exp(-x^2 / (2 sigma^2)) / sum, x = -radius ... radius
inline void gaussian_taps(double sigma, Index radius, float* taps) {
  const auto bell = [sigma](Index x) {
    const auto t = static_cast<double>(x) / sigma;
    return std::exp(-t * t / 2);
  };
  double sum = 1;
  for (Index x = 1; x <= radius; ++x) sum += 2 * bell(x);
  for (Index x = -radius; x <= radius; ++x) taps[radius + x] = static_cast<float>(bell(x) / sum);
}

/// Convolves rows and columns with a Gaussian of 2 radius + 1 taps. Pixels outside count as 0, so
/// borders darken. Any number of channels, in place.
///
/// @param sigma   > 0, in pixels
/// @param radius  >= 0; 0 changes nothing
/// @see Chen et al. 2020, arXiv:2002.05709, appendix A
inline void gaussian_blur(Pixels image, double sigma, Index radius, Workspace& scratch) {
  if (radius == 0) return;
  const Workspace::Scope scope(scratch);
  float* taps = scratch.take<float>(2 * radius + 1);
  float* along = scratch.take<float>(image.size());  // blurred along rows
  gaussian_taps(sigma, radius, taps);
  const Index row = image.row_size();
  std::fill_n(along, image.size(), 0.0f);
  for (Index y = 0; y < image.height; ++y) {
    for (Index x = -radius; x <= radius; ++x) {
      const Index shift = x * image.channels, last = std::min(row, row - shift);
      const float *from = image.row(y), tap = taps[radius + x];
      float* to = along + y * row;
      for (Index i = std::max(Index{0}, -shift); i < last; ++i) to[i] += tap * from[i + shift];
    }
  }
  std::fill_n(image.data, image.size(), 0.0f);
  for (Index y = 0; y < image.height; ++y) {
    float* to = image.row(y);
    for (Index k = std::max(-radius, -y); k <= std::min(radius, image.height - 1 - y); ++k) {
      const float *from = along + (y + k) * row, tap = taps[radius + k];
      for (Index i = 0; i < row; ++i) to[i] += tap * from[i];
    }
  }
}

}  // namespace selfsame
