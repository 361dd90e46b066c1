#include <selfsame/augmenter/gaussian_blur.hpp>
#include "augmenter/random_test.hpp"
#include "image/test_image.hpp"
#include "support/catch.hpp"

using namespace selfsame;

TEST_CASE("the width of a blur is drawn from its range", "[augmenter]") {
  Workspace scratch;
  const GaussianBlur blur{.sigma = {0.5, 1.5}, .probability = 1};
  double least = 9, most = 0;
  for (Index i = 0; i < 500; ++i) {
    TestImage image{21, 21, 1};
    image.pixels()(10, 10, 0) = 1;
    blur.apply(test_random(i), image.pixels(), scratch);
    // the neighbour's share of the middle's is exp(-1 / (2 sigma^2))
    const double ratio = static_cast<double>(image.pixels()(10, 11, 0) / image.pixels()(10, 10, 0));
    const double sigma = std::sqrt(-1 / (2 * std::log(ratio)));
    least = std::min(least, sigma);
    most = std::max(most, sigma);
  }
  CHECK(least == Approx(0.5).margin(0.01));
  CHECK(most == Approx(1.5).margin(0.01));
  CHECK_THROWS_AS((GaussianBlur{.sigma = {2, 1}}.check({1, 32, 32, 3})), std::invalid_argument);
}

TEST_CASE("blur of probability 0 and of images below 20 rows changes nothing", "[augmenter]") {
  Workspace scratch;
  TestImage large = waves(32, 8, 3), small = waves(19, 8, 3);
  const TestImage large_before = large, small_before = small;
  GaussianBlur{.probability = 0}.apply(test_random(0), large.pixels(), scratch);
  GaussianBlur{.probability = 1}.apply(test_random(0), small.pixels(), scratch);
  CHECK(large.numbers == large_before.numbers);
  CHECK(small.numbers == small_before.numbers);
}
