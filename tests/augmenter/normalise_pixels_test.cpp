#include <selfsame/augmenter/normalise_pixels.hpp>
#include "augmenter/random_test.hpp"
#include "image/test_image.hpp"
#include "support/catch.hpp"

using namespace selfsame;

TEST_CASE("normalising takes the first numbers for grey and three for colour", "[augmenter]") {
  const NormalisePixels normalise{.mean = {0.5, 0.25, 0}, .deviation = {0.5, 0.25, 2}};
  Workspace scratch;
  TestImage grey{1, 1, 1, {1}}, colour{1, 1, 3, {1, 1, 1}};
  normalise.apply(test_random(0), grey.pixels(), scratch);
  normalise.apply(test_random(0), colour.pixels(), scratch);
  CHECK(grey.numbers == std::vector{1.0f});
  CHECK(colour.numbers == std::vector{1.0f, 3.0f, 0.5f});
}

TEST_CASE("by default nothing is normalised, and any number of channels fits", "[augmenter]") {
  const TestImage before = waves(3, 3, 7);
  TestImage image = before;
  Workspace scratch;
  NormalisePixels{}.check({1, 3, 3, 7});
  NormalisePixels{}.apply(test_random(0), image.pixels(), scratch);
  CHECK(image.numbers == before.numbers);
  CHECK_THROWS_WITH((NormalisePixels{.mean = {0.5, 0.5, 0.5}}.check({1, 3, 3, 7})),
                    Catch::Matchers::ContainsSubstring("3 channels, images have 7"));
}
