/// @file
/// Pixels of mean 0 and deviation 1.
#pragma once
#include <selfsame/augmenter/operation.hpp>
#include <selfsame/image/tone.hpp>

#include <array>

namespace selfsame {

/// A number for each channel: grey is the first; red, green and blue are the first three.
template <class Number>
struct PerChannel {
  Number first;
  Number second;
  Number third;
  friend constexpr bool operator==(const PerChannel&, const PerChannel&) = default;
};

/// x <- (x - mean) / deviation, a channel at a time; the last step of a view, which then leaves [0,
/// 1]. The default changes nothing, and fits any number of channels; other numbers fit up to 3.
struct NormalisePixels {
  PerChannel<double> mean = {0, 0, 0};
  PerChannel<Positive> deviation = {1, 1, 1};

  void check(Shape image) const {
    if (*this != NormalisePixels{} && image.channels > 3)
      throw std::invalid_argument("selfsame: normalise has numbers for 3 channels, images have " +
                                  std::to_string(image.channels));
  }
  void apply(const Random&, Pixels image, Workspace&) const {
    if (*this == NormalisePixels{}) return;
    const std::array<double, 3> m = {mean.first, mean.second, mean.third};
    const std::array<double, 3> d = {deviation.first, deviation.second, deviation.third};
    const auto channels = static_cast<std::size_t>(image.channels);
    normalise(image, std::span(m).first(channels), std::span(d).first(channels));
  }
  friend constexpr bool operator==(const NormalisePixels&, const NormalisePixels&) = default;
};
static_assert(PixelOperation<NormalisePixels>);

}  // namespace selfsame
