#include <selfsame/image/gaussian_blur.hpp>
#include "image/test_image.hpp"
#include "support/catch.hpp"

using namespace selfsame;

TEST_CASE("the blur's radius is half the tenth of the height, rounded down twice", "[image]") {
  CHECK(blur_radius(224) == 11);
  CHECK(blur_radius(32) == 1);
  CHECK(blur_radius(28) == 1);
  CHECK(blur_radius(39) == 1);
  CHECK(blur_radius(40) == 2);
  CHECK(blur_radius(19) == 0);
}

TEST_CASE("the taps are exp(-x^2 / (2 sigma^2)), divided by their sum", "[image]") {
  std::vector<float> taps(23);
  gaussian_taps(1, blur_radius(32), taps.data());
  CHECK(taps[0] == Approx(.2740686190612).epsilon(1e-6));
  CHECK(taps[1] == Approx(.4518627618776).epsilon(1e-6));
  CHECK(taps[2] == taps[0]);
  gaussian_taps(1, blur_radius(224), taps.data());
  CHECK(taps[11] == Approx(.3989422782669).epsilon(1e-6));
  CHECK(taps[12] == Approx(.2419707232245).epsilon(1e-6));
}

TEST_CASE("a blur is the sum over the window, with 0 outside", "[image]") {
  const Index radius = GENERATE(1, 2, 6), channels = GENERATE(1, 3);
  const auto [height, width] = GENERATE(table<Index, Index>({{7, 9}, {1, 1}, {3, 2}}));
  CAPTURE(radius, channels, height, width);
  TestImage before = waves(height, width, channels), image = before;
  Workspace scratch;
  gaussian_blur(image.pixels(), 1.3, radius, scratch);
  std::vector<float> taps(static_cast<std::size_t>(2 * radius + 1));
  gaussian_taps(1.3, radius, taps.data());
  for (Index y = 0; y < height; ++y)
    for (Index x = 0; x < width; ++x)
      for (Index c = 0; c < channels; ++c) {
        double sum = 0;
        for (Index v = std::max(Index{0}, y - radius); v <= std::min(height - 1, y + radius); ++v)
          for (Index u = std::max(Index{0}, x - radius); u <= std::min(width - 1, x + radius); ++u)
            sum += static_cast<double>(taps[static_cast<std::size_t>(v - y + radius)]) *
                   static_cast<double>(taps[static_cast<std::size_t>(u - x + radius)]) *
                   static_cast<double>(before.pixels()(v, u, c));
        REQUIRE(static_cast<double>(image.pixels()(y, x, c)) == Approx(sum).margin(1e-6));
      }
}

TEST_CASE("a blur of radius 0 changes nothing", "[image]") {
  const TestImage before = waves(4, 4, 3);
  TestImage image = before;
  Workspace scratch;
  gaussian_blur(image.pixels(), 2, 0, scratch);
  CHECK(image.numbers == before.numbers);
}

TEST_CASE("a blurred white image is white inside and darker at the borders", "[image]") {
  TestImage image{5, 5, 1, std::vector<float>(25, 1)};
  Workspace scratch;
  gaussian_blur(image.pixels(), 1, 1, scratch);
  CHECK(image.pixels()(2, 2, 0) == Approx(1));
  CHECK(image.pixels()(0, 2, 0) == Approx(1 - .2740686190612));
  CHECK(image.pixels()(0, 0, 0) == Approx((1 - .2740686190612) * (1 - .2740686190612)));
}
