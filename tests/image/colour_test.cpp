#include <selfsame/image/colour.hpp>
#include "image/test_image.hpp"
#include "support/catch.hpp"
#include "support/golden.hpp"

using namespace selfsame;

namespace {

struct Hsv {
  double h, s, v;  // h in turns
};
// Smith 1978, from the definition.
Hsv to_hsv(const float* p) {
  const double r = static_cast<double>(p[0]), g = static_cast<double>(p[1]),
               b = static_cast<double>(p[2]);
  const double v = std::max({r, g, b}), c = v - std::min({r, g, b});
  double h = 0;
  if (c > 0) h = v == r ? (g - b) / c : v == g ? 2 + (b - r) / c : 4 + (r - g) / c;
  return {h < 0 ? h / 6 + 1 : h / 6, v > 0 ? c / v : 0, v};
}
double turns_apart(double a, double b) {
  const double d = std::abs(a - b);
  return std::min(d, 1 - d);
}

}  // namespace

TEST_CASE("a grey image has the weighted mean in all channels, and again is the same", "[image]") {
  TestImage image{1, 2, 3, {1, 0, 0, 0.2f, 0.4f, 0.8f}};
  greyscale(image.pixels());
  CHECK(image.numbers[0] == 0.2989f);
  CHECK(image.numbers[1] == image.numbers[0]);
  CHECK(image.numbers[2] == image.numbers[0]);
  CHECK(image.numbers[4] == Approx(0.2989 * 0.2 + 0.5870 * 0.4 + 0.1140 * 0.8));
  const TestImage once = image;
  greyscale(image.pixels());
  CHECK(largest_difference(image.numbers, once.numbers) < 2e-4f);  // the weights' sum is 0.9999
}

TEST_CASE("an image of one channel has no colour to change", "[image]") {
  const TestImage before = waves(4, 3, 1);
  TestImage image = before;
  greyscale(image.pixels());
  saturation(image.pixels(), 0.3f);
  saturation(image.pixels(), 0.3f, SaturationModel::blend);
  hue(image.pixels(), 0.3);
  CHECK(image.numbers == before.numbers);
}

TEST_CASE("saturation multiplies that of HSV, to at most 1, and keeps hue and value", "[image]") {
  const float factor = GENERATE(0.0f, 0.25f, 1.0f, 1.6f, 40.0f);
  CAPTURE(factor);
  const TestImage before = waves(8, 8, 3);
  TestImage image = before;
  saturation(image.pixels(), factor);
  for (std::size_t i = 0; i < image.numbers.size(); i += 3) {
    const Hsv a = to_hsv(&before.numbers[i]), b = to_hsv(&image.numbers[i]);
    REQUIRE(b.s == Approx(std::min(1.0, a.s * static_cast<double>(factor))).margin(1e-5));
    REQUIRE(b.v == Approx(a.v).margin(1e-6));
    if (factor > 0 && a.s > 0.01) REQUIRE(turns_apart(a.h, b.h) < 1e-4);
  }
}

TEST_CASE("hue turns, and keeps saturation and value", "[image]") {
  const double turns = GENERATE(-1.3, -0.4, -0.05, 0.0, 0.1, 1.0 / 3, 0.5, 0.999, 7.25);
  CAPTURE(turns);
  const TestImage before = waves(8, 8, 3);
  TestImage image = before;
  hue(image.pixels(), turns);
  for (std::size_t i = 0; i < image.numbers.size(); i += 3) {
    const Hsv a = to_hsv(&before.numbers[i]), b = to_hsv(&image.numbers[i]);
    REQUIRE(b.v == Approx(a.v).margin(1e-6));
    REQUIRE(b.s == Approx(a.s).margin(1e-5));
    const double h = a.h + turns;
    if (a.s > 0.01) REQUIRE(turns_apart(b.h, h - std::floor(h)) < 1e-4);
  }
}

TEST_CASE("there and back again is the same image", "[image]") {
  const TestImage before = waves(8, 8, 3);
  TestImage image = before;
  hue(image.pixels(), 0.3);
  hue(image.pixels(), -0.3);
  CHECK(largest_difference(image.numbers, before.numbers) < 1e-5f);
  saturation(image.pixels(), 0.5f);
  saturation(image.pixels(), 2);
  CHECK(largest_difference(image.numbers, before.numbers) < 1e-5f);
}

TEST_CASE("a third of a turn makes red green, green blue, blue red", "[image]") {
  TestImage image{1, 3, 3, {1, 0, 0, 0, 1, 0, 0, 0, 1}};
  hue(image.pixels(), 1.0 / 3);
  CHECK(largest_difference(image.numbers, {0, 1, 0, 0, 0, 1, 1, 0, 0}) < 1e-6f);
}

TEST_CASE("grey, black and white stay under hue and saturation", "[image]") {
  const std::vector<float> greys = {0, 0, 0, 0.5f, 0.5f, 0.5f, 1, 1, 1};
  TestImage image{1, 3, 3, greys};
  hue(image.pixels(), 0.2);
  saturation(image.pixels(), 3);
  CHECK(image.numbers == greys);
}

TEST_CASE("hue and blended saturation are torchvision's", "[image]") {
  const Golden golden = Golden::read("image/pixels.txt");
  TestImage image = waves(7, 9, 3);
  hue(image.pixels(), 0.2);
  CHECK(largest_difference(image.numbers, golden["hue"].as<float>()) < 2e-6f);
  image = waves(7, 9, 3);
  saturation(image.pixels(), 0.6f, SaturationModel::blend);
  CHECK(largest_difference(image.numbers, golden["saturation_blend"].as<float>()) < 1e-6f);
}

TEST_CASE("a pixel with a NaN in any channel is NaN after hue and saturation, and no other is",
          "[image]") {
  for (const Index pixel :
       {Index{0}, Index{2}, Index{5}, Index{8}})  // fours, and what is left of them
    for (Index channel = 0; channel < 3; ++channel)
      for (const int way : {0, 1, 2}) {
        CAPTURE(pixel, channel, way);
        TestImage image = waves(3, 3, 3);
        image.numbers[static_cast<std::size_t>(3 * pixel + channel)] = std::nanf("");
        if (way == 0)
          hue(image.pixels(), 0.3);
        else
          saturation(image.pixels(), 0.5f,
                     way == 1 ? SaturationModel::hsv : SaturationModel::blend);
        for (Index i = 0; i < 27; ++i)
          CHECK(std::isnan(image.numbers[static_cast<std::size_t>(i)]) == (i / 3 == pixel));
      }
}
