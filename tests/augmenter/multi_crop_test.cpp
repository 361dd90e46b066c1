#include <selfsame/augmenter/multi_crop.hpp>

#include "image/test_image.hpp"
#include "support/catch.hpp"

using namespace selfsame;

TEST_CASE(
    "MultiCrop: large views come first, small ones have 3/7 of the side, or the size asked for",
    "[augmenter]") {
  MultiCrop crops;
  const auto sides = [&](Shape image) {
    std::vector<Index> all;
    for (const ViewSpec& v : crops.views(image)) {
      CHECK(v.shape.height == v.shape.width);
      CHECK(v.shape.channels == image.channels);
      all.push_back(v.shape.height);
    }
    return all;
  };
  CHECK(sides({1, 224, 224, 3}) == std::vector<Index>{224, 224, 96, 96, 96, 96, 96, 96});
  crops.smalls = 2;
  CHECK(sides({1, 28, 28, 1}) == std::vector<Index>{28, 28, 12, 12});
  crops.large.crop.size = 20, crops.small.crop.size = 9, crops.larges = 1;
  CHECK(sides({1, 32, 32, 3}) == std::vector<Index>{20, 9, 9});
}

TEST_CASE("MultiCrop: view v is that of its distribution with the random numbers of view v",
          "[augmenter]") {
  TestImage image(16, 16, 3);
  for (std::size_t i = 0; i < image.numbers.size(); ++i)
    image.numbers[i] = static_cast<float>(i * 37 % 251) / 255;
  const MultiCrop crops{.smalls = 2};
  const Draw draw{3, 1};
  std::vector<TestImage> made, expected;
  for (const ViewSpec& v : crops.views({1, 16, 16, 3})) {
    made.emplace_back(v.shape.height, v.shape.width, 3);
    expected.emplace_back(v.shape.height, v.shape.width, 3);
  }
  REQUIRE(made.size() == 4);
  CHECK(made[2].numbers.size() == 7 * 7 * 3);
  std::vector<Pixels> outs;
  for (TestImage& m : made) outs.push_back(m.pixels());
  Workspace scratch;
  crops.make(5, draw, image.source(), outs, scratch);
  for (std::size_t v = 0; v < 4; ++v) {
    (v < 2 ? crops.large : crops.small)
        .apply(view_random(5, draw, v), image.source(), expected[v].pixels(), scratch);
    CHECK(made[v].numbers == expected[v].numbers);
  }
  CHECK(made[0].numbers != made[1].numbers);
  CHECK(made[2].numbers != made[3].numbers);
}

TEST_CASE("MultiCrop: a small crop sees less than a large one", "[augmenter]") {
  const MultiCrop crops;
  const Shape image{1, 64, 64, 3};
  for (std::size_t v = 0; v < 50; ++v) {
    const Random random = view_random(7, {static_cast<Index>(v), 0}, v);
    const Box large = crops.large.crop.box(random.at("crop"), image);
    const Box small = crops.small.crop.box(random.at("crop"), image);
    CHECK(large.height * large.width > 64 * 64 * 13 / 100);
    CHECK(small.height * small.width < 64 * 64 * 15 / 100);
  }
}
