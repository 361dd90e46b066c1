/// @file
/// How light and dark an image is: operations on any number of channels, in place.
#pragma once
#include <selfsame/image/pixels.hpp>

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>
#include <span>

namespace selfsame {

/// Weights of red, green and blue in the grey image (ITU-R BT.601, as SimCLR and torchvision have
/// them).
inline constexpr float red_weight = 0.2989f, green_weight = 0.5870f, blue_weight = 0.1140f;

namespace detail {

/// Four numbers: the compiler's vectors of 16 bytes are in every instruction set.
typedef float Four __attribute__((vector_size(16)));

/// f(x) changes four numbers at a time; the last may be less than four.
template <class F>
void each_four(Pixels image, F&& f) {
  float* p = image.data;
  Index left = image.size();
  const auto four = [&](Index count) {
    Four x{};
    std::memcpy(&x, p, static_cast<std::size_t>(count) * sizeof(float));
    f(x);
    std::memcpy(p, &x, static_cast<std::size_t>(count) * sizeof(float));
  };
  for (; left >= 4; left -= 4, p += 4) four(4);
  if (left > 0) four(left);
}

}  // namespace detail

/// x <- min(max(x, low), high)
inline void clip(Pixels image, float low = 0, float high = 1) {
  using detail::Four;
  detail::each_four(image, [least = Four{} + low, most = Four{} + high](Four& x) {
    x = x < least ? least : x;
    x = x > most ? most : x;
  });
}

/// x <- factor x; factor >= 0, 1 changes nothing. Not clipped.
inline void brightness(Pixels image, float factor) {
  detail::each_four(image, [factor](detail::Four& x) { x *= factor; });
}

/// What stands still when contrast changes.
enum class ContrastMean {
  channel,  ///< the mean of each channel: SimCLR, TensorFlow
  grey      ///< the mean of the grey image: torchvision. 1 or 3 channels
};

namespace detail {
// The means over positions of a run of channels; summed in double, so that size costs no accuracy.
template <int together>
std::array<double, together> channel_means(ConstPixels image, Index first) {
  std::array<double, together> means{};
  for (const float *p = image.data + first, *end = image.data + image.size(); p < end;
       p += image.channels)
    for (std::size_t c = 0; c < together; ++c) means[c] += static_cast<double>(p[c]);
  for (double& mean : means) mean /= static_cast<double>(image.height * image.width);
  return means;
}
inline double grey_mean(ConstPixels image) {
  assert(image.channels == 1 || image.channels == 3);
  if (image.channels == 1) return channel_means<1>(image, 0)[0];
  const auto means = channel_means<3>(image, 0);
  return static_cast<double>(red_weight) * means[0] + static_cast<double>(green_weight) * means[1] +
         static_cast<double>(blue_weight) * means[2];
}
// x <- mean + factor (x - mean) of a run of channels.
template <int together>
void spread(Pixels image, Index first, const std::array<double, together>& means, float factor) {
  float mean[together];
  for (int c = 0; c < together; ++c)
    mean[c] = static_cast<float>(means[static_cast<std::size_t>(c)]);
  for (float *p = image.data + first, *end = image.data + image.size(); p < end;
       p += image.channels)
    for (int c = 0; c < together; ++c) p[c] = mean[c] + factor * (p[c] - mean[c]);
}
template <int together>
void contrast_of(Pixels image, Index first, float factor, const double* grey) {
  std::array<double, together> means{};
  if (grey != nullptr)
    means.fill(*grey);
  else
    means = channel_means<together>(image, first);
  spread<together>(image, first, means, factor);
}
}  // namespace detail

/// x <- mean + factor (x - mean); factor >= 0, 1 changes nothing. Not clipped.
inline void contrast(Pixels image, float factor, ContrastMean about = ContrastMean::channel) {
  const bool grey = about == ContrastMean::grey;
  const double mean = grey ? detail::grey_mean(image) : 0;
  Index c = 0;
  for (; c + 3 <= image.channels; c += 3)
    detail::contrast_of<3>(image, c, factor, grey ? &mean : nullptr);
  for (; c < image.channels; ++c) detail::contrast_of<1>(image, c, factor, grey ? &mean : nullptr);
}

/// x <- 1 - x where x >= threshold
inline void solarise(Pixels image, float threshold) {
  using detail::Four;
  detail::each_four(image, [bound = Four{} + threshold](Four& x) { x = x >= bound ? 1 - x : x; });
}

/// x <- (x - mean) / deviation, one of each a channel.
inline void normalise(Pixels image, std::span<const double> mean,
                      std::span<const double> deviation) {
  assert(static_cast<Index>(mean.size()) == image.channels && mean.size() == deviation.size());
  const Index size = image.size();
  for (Index c = 0; c < image.channels; ++c) {
    const auto m = static_cast<float>(mean[static_cast<std::size_t>(c)]);
    const auto factor = static_cast<float>(1 / deviation[static_cast<std::size_t>(c)]);
    for (Index i = c; i < size; i += image.channels) image.data[i] = (image.data[i] - m) * factor;
  }
}

}  // namespace selfsame
