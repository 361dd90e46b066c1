#include <selfsame/augmenter/two_views.hpp>
#include "augmenter/random_test.hpp"
#include "image/test_image.hpp"
#include "support/catch.hpp"

#include <numeric>

using namespace selfsame;

namespace {

struct Pair {
  TestImage first, second;
};
Pair make(const TwoViews& augmenter, const TestImage& image, std::uint64_t seed, Draw draw) {
  const Shape shape = augmenter.output(shape_of(image.source()));
  Pair pair{{shape.height, shape.width, shape.channels},
            {shape.height, shape.width, shape.channels}};
  const Pixels outs[] = {pair.first.pixels(), pair.second.pixels()};
  std::fill(pair.first.numbers.begin(), pair.first.numbers.end(), NAN);
  Workspace scratch;
  augmenter.make(seed, draw, image.source(), outs, scratch);
  return pair;
}
double correlation(const std::vector<double>& a, const std::vector<double>& b) {
  const auto n = static_cast<double>(a.size());
  const double ma = std::accumulate(a.begin(), a.end(), 0.0) / n,
               mb = std::accumulate(b.begin(), b.end(), 0.0) / n;
  double ab = 0, aa = 0, bb = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    ab += (a[i] - ma) * (b[i] - mb);
    aa += (a[i] - ma) * (a[i] - ma);
    bb += (b[i] - mb) * (b[i] - mb);
  }
  return ab / std::sqrt(aa * bb);
}

}  // namespace

TEST_CASE("the same seed and draw make the same bits", "[augmenter]") {
  const TestImage image = waves(28, 28, 3);
  const Pair a = make({}, image, 5, {17, 2}), b = make({}, image, 5, {17, 2});
  CHECK(a.first.numbers == b.first.numbers);
  CHECK(a.second.numbers == b.second.numbers);
}

TEST_CASE("another seed, sample, turn or view makes another image", "[augmenter]") {
  const TestImage image = waves(28, 28, 3);
  const Pair a = make({}, image, 5, {17, 2});
  CHECK(a.first.numbers != a.second.numbers);
  CHECK(a.first.numbers != make({}, image, 6, {17, 2}).first.numbers);
  CHECK(a.first.numbers != make({}, image, 5, {18, 2}).first.numbers);
  CHECK(a.first.numbers != make({}, image, 5, {17, 3}).first.numbers);
}

TEST_CASE("fewer outputs are the first views", "[augmenter]") {
  const TestImage image = waves(16, 16, 1);
  const Pair both = make({}, image, 1, {3, 0});
  TestImage one{16, 16, 1};
  const Pixels outs[] = {one.pixels()};
  Workspace scratch;
  TwoViews{}.make(1, {3, 0}, image.source(), outs, scratch);
  CHECK(one.numbers == both.first.numbers);
}

TEST_CASE("the two views are independent: their brightness does not correlate", "[augmenter]") {
  // a flat image, so that only the brightness factor is left
  const TestImage image{4, 4, 1, std::vector<float>(16, 0.25f)};
  const TwoViews augmenter{.jitter = {.contrast = 0, .saturation = 0, .hue = 0, .probability = 1}};
  std::vector<double> first, second;
  for (Index i = 0; i < 4000; ++i) {
    const Pair pair = make(augmenter, image, 1, {i, 0});
    first.push_back(static_cast<double>(pair.first.numbers[0]));
    second.push_back(static_cast<double>(pair.second.numbers[0]));
  }
  CHECK(std::abs(correlation(first, second)) < 4 / std::sqrt(4000.0));
}

TEST_CASE("steps of one view are independent: flips do not follow greyscale", "[augmenter]") {
  std::vector<double> flips, greys;
  for (Index i = 0; i < 4000; ++i) {
    const Random random = view_random(1, {i, 0}, 0);
    flips.push_back(random.at("flip").chance(0, 0.5) ? 1 : 0);
    greys.push_back(random.at("greyscale").chance(0, 0.5) ? 1 : 0);
  }
  CHECK(std::abs(correlation(flips, greys)) < 4 / std::sqrt(4000.0));
}

TEST_CASE("views stay in [0, 1] until they are normalised", "[augmenter]") {
  const Index channels = GENERATE(1, 3);
  const TestImage image = waves(24, 24, channels);
  const TwoViews augmenter{.blur = {.probability = 0.5}, .solarise = {.probability = 0.5}};
  for (Index i = 0; i < 200; ++i) {
    const Pair pair = make(augmenter, image, 9, {i, 0});
    for (const float x : pair.first.numbers) REQUIRE((x >= 0 && x <= 1));
    for (const float x : pair.second.numbers) REQUIRE((x >= 0 && x <= 1));
  }
  const TwoViews normalised{.normalise = {.mean = {1, 1, 1}, .deviation = {0.5, 0.5, 0.5}}};
  const Pair plain = make({}, image, 9, {0, 0}), moved = make(normalised, image, 9, {0, 0});
  for (std::size_t i = 0; i < plain.first.numbers.size(); ++i)
    REQUIRE(moved.first.numbers[i] == Approx((plain.first.numbers[i] - 1) * 2).margin(1e-6));
}

TEST_CASE("with everything off a view is the image", "[augmenter]") {
  const TestImage image = waves(10, 10, 3);
  const TwoViews off{.crop = {.area = {1, 1}, .aspect = {1, 1}},
                     .flip = {.probability = 0},
                     .jitter = {.probability = 0},
                     .greyscale = {.probability = 0}};
  const Pair pair = make(off, image, 1, {0, 0});
  CHECK(pair.first.numbers == image.numbers);
  CHECK(pair.second.numbers == image.numbers);
}

TEST_CASE("images of 1 and 3 channels pass, 4 say what to set", "[augmenter]") {
  CHECK_NOTHROW(TwoViews{}.check({1, 28, 28, 1}));
  CHECK_NOTHROW(TwoViews{}.check({1, 32, 32, 3}));
  CHECK_THROWS_WITH(TwoViews{}.check({1, 32, 32, 4}),
                    Catch::Matchers::ContainsSubstring("images have 4"));
  CHECK_NOTHROW(
      (TwoViews{.jitter = {.saturation = 0, .hue = 0}, .greyscale = {.probability = 0}}.check(
          {1, 32, 32, 4})));
}

TEST_CASE("a plan has two views of the crop's size", "[augmenter]") {
  const auto views = TwoViews{.crop = {.size = 20}}.views({1, 28, 28, 1});
  REQUIRE(views.size() == 2);
  CHECK(views[0].shape == Shape{1, 20, 20, 1});
  CHECK(views[1].shape == views[0].shape);
}
