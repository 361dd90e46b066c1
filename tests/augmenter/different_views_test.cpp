#include <selfsame/augmenter/different_views.hpp>

#include "image/test_image.hpp"
#include "support/catch.hpp"

using namespace selfsame;

namespace {

std::vector<double> made(const DifferentViews& views, std::size_t view) {
  TestImage image(8, 8, 1);
  for (std::size_t i = 0; i < image.numbers.size(); ++i)
    image.numbers[i] = static_cast<float>(i * 37 % 251) / 255;
  TestImage first(8, 8, 1), second(8, 8, 1);
  const Pixels outs[] = {first.pixels(), second.pixels()};
  Workspace scratch;
  views.make(5, {3, 1}, image.source(), outs, scratch);
  const TestImage& seen = view == 0 ? first : second;
  return {seen.numbers.begin(), seen.numbers.end()};
}

}  // namespace

TEST_CASE("DifferentViews: each view has its own distribution", "[augmenter]") {
  const TwoViews still{.crop = {.area = {1, 1}, .aspect = {1, 1}},
                       .flip = {.probability = 0},
                       .jitter = {.probability = 0},
                       .greyscale = {.probability = 0}};
  DifferentViews views{.first = still, .second = still};
  CHECK(made(views, 0) == made(views, 1));
  views.second.solarise.probability = 1;
  const auto plain = made(views, 0), solarised = made(views, 1);
  CHECK(plain == made({.first = still, .second = still}, 0));
  for (std::size_t i = 0; i < plain.size(); ++i)
    CHECK(solarised[i] == Approx(plain[i] >= 0.5 ? 1 - plain[i] : plain[i]));
}

TEST_CASE("DifferentViews: views of two sizes are refused with both", "[augmenter]") {
  DifferentViews views;
  views.check({1, 32, 32, 3});
  views.second.crop.size = 20;
  views.first.crop.size = 24;
  CHECK_THROWS_WITH(views.check({1, 32, 32, 3}), Catch::Matchers::ContainsSubstring("24 x 24") &&
                                                     Catch::Matchers::ContainsSubstring("20 x 20"));
}
