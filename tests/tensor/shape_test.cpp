#include <selfsame/tensor/shape.hpp>

#include "support/catch.hpp"

using namespace selfsame;

TEST_CASE("Rows of a shape are its positions in all images", "[tensor]") {
  constexpr Shape s{2, 28, 14, 3};
  static_assert(s.positions() == 392 && s.rows() == 784 && s.size() == 2352);
  CHECK(s.with_images(5) == Shape{5, 28, 14, 3});
  CHECK_FALSE(s.with_images(5) == s);
  CHECK(Shape{}.rows() == 0);
  CHECK(Shape{.images = 4, .channels = 10}.rows() == 4);
}

TEST_CASE("A shape of more than 2^31 numbers does not overflow", "[tensor]") {
  CHECK(Shape{100'000, 224, 224, 64}.size() == 321126400000);
}

TEST_CASE("A shape prints what it means", "[tensor]") {
  CHECK(to_string(Shape{2, 28, 28, 1}) == "(images 2, 28 x 28, channels 1)");
}

TEST_CASE("Keys are equal when sample, turn, view and part are", "[tensor]") {
  const Key key{{3, 1}, 0, 2};
  CHECK(key == Key{{3, 1}, 0, 2});
  CHECK_FALSE(key == Key{{3, 2}, 0, 2});
  CHECK_FALSE(key == Key{{3, 1}, 1, 2});
  CHECK_FALSE(key == Key{{3, 1}, 0, 0});
}
