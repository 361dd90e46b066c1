#include <selfsame/image/pixels.hpp>
#include "support/catch.hpp"

using namespace selfsame;

TEST_CASE("a source tells its shape, whatever its numbers are", "[image]") {
  const std::uint8_t bytes[12] = {};
  const std::uint16_t words[12] = {};
  CHECK(shape_of(PixelsOf<const std::uint8_t>{bytes, 2, 3, 2}) == Shape{1, 2, 3, 2});
  CHECK(shape_of(PixelsOf<const std::uint16_t>{words, 3, 4, 1}) == Shape{1, 3, 4, 1});
}

TEST_CASE("the largest number of each type is 1 in a view", "[image]") {
  CHECK(unit_scale<std::uint8_t> * 255 == 1.0f);
  CHECK(unit_scale<std::uint16_t> * 65535 == 1.0f);
  CHECK(unit_scale<float> == 1.0f);
}
