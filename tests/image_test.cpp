#include <selfsame/image.hpp>
#include "image/test_image.hpp"
#include "support/catch.hpp"

using namespace selfsame;

TEST_CASE("a flipped crop is the crop of the flipped image, mirrored", "[image]") {
  TestImage image = waves(6, 9, 3), crop_first{4, 5, 3}, flip_first{4, 5, 3};
  Workspace scratch;
  crop_resize(image.source(), {1, 2, 3, 4}, Interpolation::bicubic, crop_first.pixels(), scratch);
  flip(crop_first.pixels());
  flip(image.pixels());
  crop_resize(image.source(), {1, 9 - 2 - 4, 3, 4}, Interpolation::bicubic, flip_first.pixels(),
              scratch);
  CHECK(largest_difference(crop_first.numbers, flip_first.numbers) < 1e-6f);
}
