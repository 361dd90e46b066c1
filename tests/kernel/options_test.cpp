#include <selfsame/kernel/options.hpp>

#include "support/catch.hpp"

using namespace selfsame;

TEST_CASE("a convolution's shape counts the places its window fits", "[kernel]") {
  const Shape in{2, 7, 10, 3};
  CHECK(convolved(in, 5, {}) == Shape{2, 7, 10, 5});
  CHECK(convolved(in, 5, {3, 3, 1, 1}) == Shape{2, 7, 10, 5});
  CHECK(convolved(in, 5, {3, 3, 2, 1}) == Shape{2, 4, 5, 5});
  CHECK(convolved(in, 5, {7, 7, 2, 3}) == Shape{2, 4, 5, 5});
  CHECK(convolved(in, 5, {8, 1, 1, 0}) == Shape{2, 0, 10, 5});  // larger than the image
  static_assert(Window{}.pointwise() && !Window{.stride = 2}.pointwise());
  static_assert(Window{.kernel_height = 3, .kernel_width = 2}.taps() == 6);
}
