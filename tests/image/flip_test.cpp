#include <selfsame/image/flip.hpp>
#include "image/test_image.hpp"
#include "support/catch.hpp"

using namespace selfsame;

TEST_CASE("a flip puts pixel x at width - 1 - x, and two flips change nothing", "[image]") {
  const Index width = GENERATE(1, 2, 5, 6), channels = GENERATE(1, 3, 4);
  CAPTURE(width, channels);
  TestImage before = waves(3, width, channels), image = before;
  flip(image.pixels());
  for (Index y = 0; y < 3; ++y)
    for (Index x = 0; x < width; ++x)
      for (Index c = 0; c < channels; ++c)
        REQUIRE(image.pixels()(y, x, c) == before.pixels()(y, width - 1 - x, c));
  flip(image.pixels());
  CHECK(image.numbers == before.numbers);
}
