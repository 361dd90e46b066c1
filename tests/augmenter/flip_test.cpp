#include <selfsame/augmenter/flip.hpp>
#include "augmenter/random_test.hpp"
#include "image/test_image.hpp"
#include "support/catch.hpp"

using namespace selfsame;

TEST_CASE("images are flipped as often as the probability says", "[augmenter]") {
  const double probability = GENERATE(0.0, 0.5, 0.8, 1.0);
  Workspace scratch;
  const double flipped = share(4000, [&](const Random& random) {
    TestImage image{1, 2, 1, {0, 1}};
    Flip{.probability = probability}.apply(random, image.pixels(), scratch);
    return image.numbers[0] == 1;
  });
  CHECK(flipped ==
        Approx(probability).margin(4 * std::sqrt(probability * (1 - probability) / 4000)));
}
