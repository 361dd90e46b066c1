#include <selfsame/augmenter/whole_image.hpp>
#include "augmenter/random_test.hpp"
#include "image/test_image.hpp"
#include "support/catch.hpp"

using namespace selfsame;

TEST_CASE("a whole image of its own size is the source, scaled", "[augmenter]") {
  const std::uint8_t bytes[] = {0, 255, 51, 102};
  TestImage out{2, 2, 1};
  Workspace scratch;
  const WholeImage whole;
  CHECK(whole.output({9, 2, 2, 1}) == Shape{1, 2, 2, 1});
  whole.apply(test_random(0), PixelsOf<const std::uint8_t>{bytes, 2, 2, 1}, out.pixels(), scratch);
  CHECK(largest_difference(out.numbers, {0, 1, 0.2f, 0.4f}) < 1e-7f);
}

TEST_CASE("another size is resized", "[augmenter]") {
  const TestImage image{2, 2, 1, {0, 0, 1, 1}};
  const WholeImage whole{.size = 4};
  TestImage out{4, 4, 1};
  Workspace scratch;
  whole.apply(test_random(0), image.source(), out.pixels(), scratch);
  CHECK(out.pixels()(0, 1, 0) == 0);
  CHECK(out.pixels()(1, 1, 0) == 0.25f);
  CHECK(out.pixels()(2, 1, 0) == 0.75f);
  CHECK(out.pixels()(3, 1, 0) == 1);
}
