#include <selfsame/tensor/images.hpp>

#include "support/catch.hpp"

using namespace selfsame;

TEST_CASE("A range of images takes its keys and its mask along", "[tensor]") {
  std::vector<float> pixels(4 * 6 * 3);
  std::vector<Key> keys(4);
  std::vector<std::uint8_t> mask(4 * 6);
  keys[2].draw.sample = 9;
  mask[12] = 1;
  const Images<Cpu> images{
      pixels.data(), {4, 2, 3, 3}, view<Cpu>(std::as_const(keys)), view<Cpu>(std::as_const(mask))};
  const Images<Cpu> part = images.range(2, 2);
  CHECK(part.data == pixels.data() + 36);
  CHECK(part.shape == Shape{2, 2, 3, 3});
  CHECK((part.keys.size == 2 && part.keys[0].draw.sample == 9));
  CHECK((part.mask.size == 12 && part.mask[0] == 1));
  CHECK((part.rows().rows == 12 && part.rows().cols == 3 && part.rows().data == part.data));
}

TEST_CASE("Images without keys or mask have ranges, and a range may be empty", "[tensor]") {
  std::vector<float> pixels(8);
  const Images<Cpu> images{pixels.data(), {2, 2, 2, 1}};
  const Images<Cpu> part = images.range(1, 1), none = images.range(2, 0);
  CHECK((part.data == pixels.data() + 4 && part.keys.size == 0 && part.mask.size == 0));
  CHECK((none.shape.images == 0 && none.rows().rows == 0));
}
