#include <selfsame/augmenter/colour_jitter.hpp>
#include "augmenter/random_test.hpp"
#include "image/test_image.hpp"
#include "support/catch.hpp"

#include <set>

using namespace selfsame;

TEST_CASE("jitter of no strength changes nothing", "[augmenter]") {
  const TestImage before = waves(4, 4, 3);
  TestImage image = before;
  Workspace scratch;
  ColourJitter{.brightness = 0, .contrast = 0, .saturation = 0, .hue = 0, .probability = 1}.apply(
      test_random(0), image.pixels(), scratch);
  CHECK(image.numbers == before.numbers);
}

TEST_CASE("the brightness factor is uniform within 1 - s and 1 + s, and not negative",
          "[augmenter]") {
  const auto [strength, low, high] =
      GENERATE(table<double, double, double>({{0.4, 0.6, 1.4}, {1.5, 0, 2.5}}));
  Workspace scratch;
  double sum = 0, least = 9, most = 0;
  for (Index i = 0; i < 5000; ++i) {
    TestImage image{1, 1, 1, {0.25f}};
    ColourJitter{.brightness = strength, .contrast = 0, .saturation = 0, .hue = 0, .probability = 1}
        .apply(test_random(i), image.pixels(), scratch);
    const double factor = static_cast<double>(image.numbers[0]) * 4;
    sum += factor;
    least = std::min(least, factor);
    most = std::max(most, factor);
  }
  CHECK(sum / 5000 == Approx((low + high) / 2).margin(4 * (high - low) * 0.289 / 70));
  CHECK(least == Approx(low).margin(0.01));
  CHECK(least >= low - 1e-6);
  CHECK(most == Approx(high).margin(0.01));
  CHECK(most <= high + 1e-6);
}

TEST_CASE("all 24 orders of the four occur, and give other images", "[augmenter]") {
  // Factors at one place, orders many: the same jitter drawn for many samples, told apart by its
  // order alone.
  std::set<std::array<Index, 3>> picks;
  for (Index i = 0; i < 2000; ++i) {
    const Random random = test_random(i);
    picks.insert({random.below(5, 4), random.below(6, 3), random.below(7, 2)});
  }
  CHECK(picks.size() == 24);
}

TEST_CASE("a jittered image stays in [0, 1] after every step", "[augmenter]") {
  Workspace scratch;
  for (Index i = 0; i < 200; ++i) {
    TestImage image = waves(4, 4, 3);
    ColourJitter{.brightness = 2, .contrast = 2, .saturation = 2, .hue = 0.5, .probability = 1}
        .apply(test_random(i), image.pixels(), scratch);
    for (const float x : image.numbers) REQUIRE((x >= 0 && x <= 1));
  }
}

TEST_CASE("grey images are jittered in brightness and contrast only", "[augmenter]") {
  Workspace scratch;
  const ColourJitter jitter{
      .brightness = 0, .contrast = 0, .saturation = 0.9, .hue = 0.5, .probability = 1};
  jitter.check({1, 4, 4, 1});
  const TestImage before = waves(4, 4, 1);
  TestImage image = before;
  jitter.apply(test_random(5), image.pixels(), scratch);
  CHECK(image.numbers == before.numbers);
}

TEST_CASE("jitter of colour refuses images that have none to speak of, and says what to set",
          "[augmenter]") {
  using Catch::Matchers::ContainsSubstring;
  const Shape four{1, 4, 4, 4};
  CHECK_THROWS_WITH(
      ColourJitter{}.check(four),
      ContainsSubstring("jitter.saturation needs 1 or 3 channels, images have 4; set it to 0"));
  CHECK_THROWS_WITH((ColourJitter{.saturation = 0}.check(four)), ContainsSubstring("jitter.hue"));
  CHECK_THROWS_WITH(
      (ColourJitter{.saturation = 0, .hue = 0, .contrast_mean = ContrastMean::grey}.check(four)),
      ContainsSubstring("grey mean"));
  CHECK_NOTHROW((ColourJitter{.saturation = 0, .hue = 0}.check(four)));
  CHECK_NOTHROW(ColourJitter{.probability = 0}.check(four));
}

TEST_CASE("jitter is its four steps in the order that is drawn, clipped after each",
          "[augmenter]") {
  Workspace scratch;
  const ColourJitter jitter{
      .brightness = 0.8, .contrast = 0.7, .saturation = 0.6, .hue = 0.2, .probability = 1};
  for (Index i = 0; i < 50; ++i) {
    const Random random = test_random(i);
    TestImage wanted = waves(4, 4, 3), image = wanted;
    std::vector<int> left = {0, 1, 2, 3};
    for (Index k = 0; k < 4;
         ++k) {  // Fisher and Yates takes one of those left, and puts the first in its place
      const Index pick = k < 3 ? random.below(5 + k, 4 - k) : 0;
      const int step = left[static_cast<std::size_t>(pick)];
      left[static_cast<std::size_t>(pick)] = left[0];
      left.erase(left.begin());
      const auto factor = [&](Index element, double s) {
        return static_cast<float>(random.uniform(element, 1 - s, 1 + s));
      };
      if (step == 0) brightness(wanted.pixels(), factor(1, 0.8));
      if (step == 1) contrast(wanted.pixels(), factor(2, 0.7));
      if (step == 2) saturation(wanted.pixels(), factor(3, 0.6));
      if (step == 3) hue(wanted.pixels(), random.uniform(4, -0.2, 0.2));
      clip(wanted.pixels());
    }
    jitter.apply(random, image.pixels(), scratch);
    REQUIRE(image.numbers == wanted.numbers);
  }
}
