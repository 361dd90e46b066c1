#include <selfsame/augmenter/padded_crop.hpp>
#include "augmenter/random_test.hpp"
#include "image/test_image.hpp"
#include "support/catch.hpp"

#include <map>

using namespace selfsame;

TEST_CASE("a padded crop shifts by up to `padding` in each direction, all shifts alike",
          "[augmenter]") {
  TestImage image{9, 9, 1}, out{9, 9, 1};
  image.pixels()(4, 4, 0) = 1;  // one bright pixel tells the shift
  Workspace scratch;
  std::map<std::pair<Index, Index>, int> seen;
  for (Index i = 0; i < 5000; ++i) {
    PaddedCrop{.padding = 2}.apply(test_random(i), image.source(), out.pixels(), scratch);
    const auto at = std::find(out.numbers.begin(), out.numbers.end(), 1.0f) - out.numbers.begin();
    REQUIRE(at < 81);
    ++seen[{at / 9 - 4, at % 9 - 4}];
  }
  CHECK(seen.size() == 25);
  CHECK(seen.begin()->first == std::pair<Index, Index>{-2, -2});
  CHECK(seen.rbegin()->first == std::pair<Index, Index>{2, 2});
  for (const auto& [shift, count] : seen)
    CHECK(std::abs(count - 200) < 60);  // 4 standard deviations
}

TEST_CASE("no padding keeps the image", "[augmenter]") {
  const TestImage image = waves(5, 6, 3);
  TestImage out{5, 6, 3};
  Workspace scratch;
  PaddedCrop{.padding = 0}.apply(test_random(1), image.source(), out.pixels(), scratch);
  CHECK(out.numbers == image.numbers);
  CHECK_THROWS_AS(PaddedCrop{.padding = -1}.check({1, 5, 6, 3}), std::invalid_argument);
}
