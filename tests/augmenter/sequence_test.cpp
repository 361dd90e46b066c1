#include <selfsame/augmenter/flip.hpp>
#include <selfsame/augmenter/padded_crop.hpp>
#include <selfsame/augmenter/sequence.hpp>
#include <selfsame/augmenter/two_views.hpp>
#include "augmenter/random_test.hpp"
#include "image/test_image.hpp"
#include "support/catch.hpp"

using namespace selfsame;

TEST_CASE("a sequence is its steps, one after the other, each with its own numbers",
          "[augmenter]") {
  constexpr Sequence sequence{PaddedCrop{.padding = 1}, Flip{}, Flip{}};
  STATIC_REQUIRE(SourceOperation<Sequence<PaddedCrop, Flip, Flip>>);
  const TestImage image = waves(5, 5, 2);
  Workspace scratch;
  int differ = 0;
  for (Index i = 0; i < 64; ++i) {
    const Random random = test_random(i);
    TestImage a{5, 5, 2}, b{5, 5, 2};
    sequence.apply(random, image.source(), a.pixels(), scratch);
    PaddedCrop{.padding = 1}.apply(random.at(0), image.source(), b.pixels(), scratch);
    Flip{}.apply(random.at(1), b.pixels(), scratch);
    Flip{}.apply(random.at(2), b.pixels(), scratch);
    REQUIRE(a.numbers == b.numbers);
    if (random.at(1).chance(0, 0.5) != random.at(2).chance(0, 0.5)) ++differ;
  }
  CHECK(differ > 16);  // the two flips are independent
  CHECK(differ < 48);
}

TEST_CASE("a sequence refuses what a step of it refuses", "[augmenter]") {
  const Sequence sequence{PaddedCrop{}, Greyscale{}};
  CHECK_NOTHROW(sequence.check({1, 8, 8, 3}));
  CHECK_THROWS_AS(sequence.check({1, 8, 8, 2}), std::invalid_argument);
}

TEST_CASE("two views of a sequence are two views", "[augmenter]") {
  using Twice = TwoViewsOf<Sequence<PaddedCrop, Flip>>;
  STATIC_REQUIRE(ViewMaker<Twice>);
  CHECK(Twice{}.views({1, 8, 6, 2}).size() == 2);
  CHECK(Twice{}.views({1, 8, 6, 2})[1].shape == Shape{1, 8, 6, 2});
}
