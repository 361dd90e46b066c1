/// @file
/// How light and dark an image is: operations on any number of channels, in place.
#pragma once
#include <selfsame/image/pixels.hpp>

#include <algorithm>
#include <cassert>
#include <span>

namespace selfsame {

/// Weights of red, green and blue in the grey image (ITU-R BT.601, as SimCLR and torchvision have
/// them).
inline constexpr float red_weight = 0.2989f, green_weight = 0.5870f, blue_weight = 0.1140f;

/// x <- min(max(x, low), high)
inline void clip(Pixels image, float low = 0, float high = 1) {
  const Index size = image.size();
  for (Index i = 0; i < size; ++i) {
    const float x = image.data[i] < low ? low : image.data[i];
    image.data[i] = x > high ? high : x;
  }
}

/// x <- factor x; factor >= 0, 1 changes nothing. Not clipped.
inline void brightness(Pixels image, float factor) {
  const Index size = image.size();
  for (Index i = 0; i < size; ++i) image.data[i] *= factor;
}

/// What stands still when contrast changes.
enum class ContrastMean {
  channel,  ///< the mean of each channel: SimCLR, TensorFlow
  grey      ///< the mean of the grey image: torchvision. 1 or 3 channels
};

namespace detail {
// The mean over positions of one channel; summed in double, so that size costs no accuracy.
inline double channel_mean(ConstPixels image, Index channel) {
  const Index size = image.size();
  double sum = 0;
  for (Index i = channel; i < size; i += image.channels) sum += static_cast<double>(image.data[i]);
  return sum / static_cast<double>(image.height * image.width);
}
inline double grey_mean(ConstPixels image) {
  assert(image.channels == 1 || image.channels == 3);
  if (image.channels == 1) return channel_mean(image, 0);
  return static_cast<double>(red_weight) * channel_mean(image, 0) +
         static_cast<double>(green_weight) * channel_mean(image, 1) +
         static_cast<double>(blue_weight) * channel_mean(image, 2);
}
}  // namespace detail

/// x <- mean + factor (x - mean); factor >= 0, 1 changes nothing. Not clipped.
inline void contrast(Pixels image, float factor, ContrastMean about = ContrastMean::channel) {
  const double grey = about == ContrastMean::grey ? detail::grey_mean(image) : 0;
  const Index size = image.size();
  for (Index c = 0; c < image.channels; ++c) {
    const auto mean =
        static_cast<float>(about == ContrastMean::grey ? grey : detail::channel_mean(image, c));
    for (Index i = c; i < size; i += image.channels)
      image.data[i] = mean + factor * (image.data[i] - mean);
  }
}

/// x <- 1 - x where x >= threshold
inline void solarise(Pixels image, float threshold) {
  const Index size = image.size();
  for (Index i = 0; i < size; ++i)
    image.data[i] = image.data[i] >= threshold ? 1 - image.data[i] : image.data[i];
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
