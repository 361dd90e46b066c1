#include <selfsame/augmenter/greyscale.hpp>
#include "augmenter/random_test.hpp"
#include "image/test_image.hpp"
#include "support/catch.hpp"

using namespace selfsame;

TEST_CASE("images become grey as often as the probability says", "[augmenter]") {
  Workspace scratch;
  const double grey = share(4000, [&](const Random& random) {
    TestImage image{1, 1, 3, {1, 0, 0}};
    Greyscale{}.apply(random, image.pixels(), scratch);
    return image.numbers[1] > 0;
  });
  CHECK(grey == Approx(0.2).margin(4 * 0.4 / 63));
}

TEST_CASE("greyscale is the identity of 1 channel and refuses 2", "[augmenter]") {
  CHECK_NOTHROW(Greyscale{}.check({1, 2, 2, 1}));
  CHECK_THROWS_AS(Greyscale{}.check({1, 2, 2, 2}), std::invalid_argument);
  CHECK_NOTHROW(Greyscale{.probability = 0}.check({1, 2, 2, 2}));
}
