#include <selfsame/augmenter/random_resized_crop.hpp>
#include "augmenter/random_test.hpp"
#include "image/test_image.hpp"
#include "support/catch.hpp"

using namespace selfsame;

TEST_CASE("boxes lie within the image, and area and aspect within their ranges", "[augmenter]") {
  const auto [height, width] = GENERATE(table<Index, Index>({{200, 200}, {150, 240}}));
  const RandomResizedCrop crop{.area = {0.1, 0.6}, .aspect = {0.5, 2}};
  for (Index i = 0; i < 2000; ++i) {
    const Box box = crop.box(test_random(i), {1, height, width, 3});
    REQUIRE(box.top >= 0);
    REQUIRE(box.left >= 0);
    REQUIRE(box.top + box.height <= height);
    REQUIRE(box.left + box.width <= width);
    const double area =
        static_cast<double>(box.height * box.width) / static_cast<double>(height * width);
    REQUIRE(area > 0.1 * 0.97);  // sides are rounded
    REQUIRE(area < 0.6 * 1.03);
    const double aspect = static_cast<double>(box.width) / static_cast<double>(box.height);
    REQUIRE(aspect > 0.5 * 0.97);
    REQUIRE(aspect < 2 * 1.03);
  }
}

TEST_CASE("areas are uniform, aspects log-uniform, and places uniform", "[augmenter]") {
  const RandomResizedCrop crop{.area = {0.1, 0.3}, .aspect = {0.5, 2}};  // always fits
  const Index count = 20000, side = 1000;
  double area = 0, area_squared = 0, log_aspect = 0, log_squared = 0, top = 0, left = 0;
  for (Index i = 0; i < count; ++i) {
    const Box box = crop.box(test_random(i), {1, side, side, 1});
    const double a = static_cast<double>(box.height * box.width) / 1e6;
    const double l = std::log(static_cast<double>(box.width) / static_cast<double>(box.height));
    area += a / 20000;
    area_squared += a * a / 20000;
    log_aspect += l / 20000;
    log_squared += l * l / 20000;
    top += static_cast<double>(box.top) / static_cast<double>(side - box.height) / 20000;
    left += static_cast<double>(box.left) / static_cast<double>(side - box.width) / 20000;
  }
  // within 4 standard errors of a uniform's mean, and 2 % of its variance (width^2 / 12)
  CHECK(area == Approx(0.2).margin(4 * 0.0577 / 141));
  CHECK(area_squared - area * area == Approx(0.04 / 12).epsilon(0.03));
  CHECK(log_aspect == Approx(0).margin(4 * 0.4 / 141));
  CHECK(log_squared == Approx(4 * std::log(2) * std::log(2) / 12).epsilon(0.03));
  CHECK(top == Approx(0.5).margin(4 * 0.289 / 141));
  CHECK(left == Approx(0.5).margin(4 * 0.289 / 141));
}

TEST_CASE("after ten boxes that do not fit comes the largest centred one", "[augmenter]") {
  const Random random = test_random(0);
  SECTION("an image wider than the range") {
    const RandomResizedCrop crop{.area = {1, 1}, .aspect = {0.75, 4.0 / 3}};
    CHECK(crop.box(random, {1, 30, 90, 1}) == Box{0, 25, 30, 40});
  }
  SECTION("an image taller than the range") {
    const RandomResizedCrop crop{.area = {1, 1}, .aspect = {0.75, 4.0 / 3}};
    CHECK(crop.box(random, {1, 80, 30, 1}) == Box{20, 0, 40, 30});
  }
  SECTION("no area at all") {
    const RandomResizedCrop crop{.area = {0, 0}};
    CHECK(crop.box(random, {1, 5, 5, 1}) == Box{0, 0, 5, 5});
  }
}

TEST_CASE("the whole area at the image's own aspect is the image, exactly", "[augmenter]") {
  const RandomResizedCrop crop{.area = {1, 1}, .aspect = {1, 1}};
  const TestImage image = waves(12, 12, 3);
  TestImage out{12, 12, 3};
  Workspace scratch;
  crop.apply(test_random(3), image.source(), out.pixels(), scratch);
  CHECK(out.numbers == image.numbers);
}

TEST_CASE("a bicubic view stays in [0, 1], where the picture has edges", "[augmenter]") {
  TestImage image{16, 16, 1}, out{16, 16, 1};
  for (Index y = 0; y < 16; ++y)
    for (Index x = 0; x < 16; ++x) image.pixels()(y, x, 0) = (x / 2 + y / 2) % 2 == 0 ? 0.0f : 1.0f;
  Workspace scratch;
  for (Index i = 0; i < 100; ++i) {
    RandomResizedCrop{}.apply(test_random(i), image.source(), out.pixels(), scratch);
    for (const float x : out.numbers) REQUIRE((x >= 0 && x <= 1));
  }
}

TEST_CASE("the size of a crop is the image's, unless it is given", "[augmenter]") {
  CHECK(RandomResizedCrop{}.output({50, 28, 30, 2}) == Shape{1, 28, 30, 2});
  CHECK(RandomResizedCrop{.size = 16}.output({50, 28, 30, 2}) == Shape{1, 16, 16, 2});
  CHECK_THROWS_WITH(RandomResizedCrop{.size = -3}.check({1, 28, 28, 1}),
                    Catch::Matchers::ContainsSubstring("crop.size is -3"));
  CHECK_THROWS_AS((RandomResizedCrop{.area = {0.5, 0.2}}.check({1, 28, 28, 1})),
                  std::invalid_argument);
}
