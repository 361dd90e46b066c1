#include <selfsame/augmenter/solarise.hpp>
#include "augmenter/random_test.hpp"
#include "image/test_image.hpp"
#include "support/catch.hpp"

using namespace selfsame;

TEST_CASE("solarising acts from its threshold on, as often as its probability says",
          "[augmenter]") {
  Workspace scratch;
  const double turned = share(4000, [&](const Random& random) {
    TestImage image{1, 2, 1, {0.5f, 1}};
    Solarise{.threshold = 0.75}.apply(random, image.pixels(), scratch);
    REQUIRE(image.numbers[0] == 0.5f);
    return image.numbers[1] == 0;
  });
  CHECK(turned == Approx(0.2).margin(4 * 0.4 / 63));
}
