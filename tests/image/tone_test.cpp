#include <selfsame/image/tone.hpp>
#include "image/test_image.hpp"
#include "support/catch.hpp"
#include "support/golden.hpp"

#include <array>
#include <numeric>

using namespace selfsame;

TEST_CASE("a factor of 1 changes neither brightness nor contrast", "[image]") {
  const Index channels = GENERATE(1, 2, 3, 7);
  const TestImage before = waves(5, 4, channels);
  TestImage image = before;
  brightness(image.pixels(), 1);
  CHECK(image.numbers == before.numbers);
  contrast(image.pixels(), 1);
  CHECK(largest_difference(image.numbers, before.numbers) < 1e-7f);
}

TEST_CASE("brightness multiplies", "[image]") {
  TestImage image{1, 3, 1, {0, 0.25f, 1}};
  brightness(image.pixels(), 1.5f);
  CHECK(image.numbers == std::vector{0.0f, 0.375f, 1.5f});
}

TEST_CASE("contrast 0 leaves each channel its mean", "[image]") {
  TestImage image{1, 2, 2, {0, 0.5f, 1, 0.25f}};
  contrast(image.pixels(), 0);
  CHECK(image.numbers == std::vector{0.5f, 0.375f, 0.5f, 0.375f});
}

TEST_CASE("contrast keeps the mean of each channel and multiplies the deviations", "[image]") {
  const TestImage before = waves(6, 5, 3);
  TestImage image = before;
  contrast(image.pixels(), 1.75f);
  for (Index c = 0; c < 3; ++c) {
    const double mean = detail::channel_means<1>(TestImage(before).pixels(), c)[0];
    CHECK(detail::channel_means<1>(image.pixels(), c)[0] == Approx(mean));
    CHECK(static_cast<double>(image.pixels()(2, 3, c)) - mean ==
          Approx(1.75 * (static_cast<double>(TestImage(before).pixels()(2, 3, c)) - mean))
              .epsilon(1e-5));
  }
}

TEST_CASE("contrast about the grey mean is torchvision's", "[image]") {
  TestImage image = waves(7, 9, 3);
  contrast(image.pixels(), 0.6f, ContrastMean::grey);
  clip(image.pixels());
  CHECK(largest_difference(image.numbers,
                           Golden::read("image/pixels.txt")["contrast_grey"].as<float>()) < 1e-6f);
}

TEST_CASE("of one channel the grey mean is the channel's", "[image]") {
  TestImage a = waves(3, 3, 1), b = a;
  contrast(a.pixels(), 0.5f, ContrastMean::grey);
  contrast(b.pixels(), 0.5f, ContrastMean::channel);
  CHECK(a.numbers == b.numbers);
}

TEST_CASE("solarising turns light over, from the threshold on", "[image]") {
  TestImage image{1, 4, 1, {0.25f, 0.5f, 0.75f, 1}};
  solarise(image.pixels(), 0.5f);
  CHECK(image.numbers == std::vector{0.25f, 0.5f, 0.25f, 0.0f});
  solarise(image.pixels(), 0);  // all
  CHECK(image.numbers == std::vector{0.75f, 0.5f, 0.75f, 1.0f});
}

TEST_CASE("normalising subtracts and divides a channel at a time", "[image]") {
  TestImage image{2, 1, 2, {1, 2, 3, 4}};
  normalise(image.pixels(), std::array{1.0, 2.0}, std::array{0.5, 4.0});
  CHECK(image.numbers == std::vector{0.0f, 0.0f, 4.0f, 0.5f});
}

TEST_CASE("clipping moves only what is outside", "[image]") {
  TestImage image{1, 5, 1, {-0.5f, 0, 0.3f, 1, 1.5f}};
  clip(image.pixels());
  CHECK(image.numbers == std::vector{0.0f, 0.0f, 0.3f, 1.0f, 1.0f});
}
