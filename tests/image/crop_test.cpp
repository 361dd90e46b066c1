#include <selfsame/image/crop.hpp>
#include "image/test_image.hpp"
#include "support/catch.hpp"

using namespace selfsame;

TEST_CASE("a crop is the source where it overlaps it, and 0 elsewhere", "[image]") {
  const Index channels = GENERATE(1, 2, 3);
  const Index top = GENERATE(-9, -2, 0, 3, 8), left = GENERATE(-9, -1, 0, 2, 8);
  CAPTURE(channels, top, left);
  const TestImage image = waves(5, 6, channels);
  TestImage out{4, 3, channels};
  std::fill(out.numbers.begin(), out.numbers.end(), NAN);
  crop(image.source(), top, left, out.pixels());
  for (Index y = 0; y < 4; ++y)
    for (Index x = 0; x < 3; ++x)
      for (Index c = 0; c < channels; ++c) {
        const bool within = top + y >= 0 && top + y < 5 && left + x >= 0 && left + x < 6;
        const float wanted =
            within ? std::get<ConstPixels>(image.source())(top + y, left + x, c) : 0;
        REQUIRE(out.pixels()(y, x, c) == wanted);
      }
}

TEST_CASE("a crop scales bytes and 16-bit numbers to [0, 1]", "[image]") {
  const std::uint8_t bytes[] = {0, 51, 255};
  const std::uint16_t words[] = {0, 13107, 65535};
  TestImage out{1, 3, 1};
  crop(PixelsOf<const std::uint8_t>{bytes, 1, 3, 1}, 0, 0, out.pixels());
  CHECK(out.numbers == std::vector{0.0f, 51 * (1.0f / 255), 1.0f});
  crop(PixelsOf<const std::uint16_t>{words, 1, 3, 1}, 0, 0, out.pixels());
  CHECK(out.numbers[1] == Approx(0.2));
  CHECK(out.numbers[2] == 1);
}
