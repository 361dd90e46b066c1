#include <selfsame/augmenter/one_view.hpp>
#include "augmenter/random_test.hpp"
#include "image/test_image.hpp"
#include "support/catch.hpp"

using namespace selfsame;

TEST_CASE("one view crops and flips, and takes any number of channels", "[augmenter]") {
  STATIC_REQUIRE(ViewMaker<OneViewOf<RandomResizedCrop>>);
  const TestImage image = waves(8, 8, 5);
  TestImage a{8, 8, 5}, b{8, 8, 5};
  const Pixels outs[] = {a.pixels()}, again[] = {b.pixels()};
  Workspace scratch;
  const OneView augmenter{.crop = {.padding = 1}};
  augmenter.check({1, 8, 8, 5});
  augmenter.make(1, {0, 0}, image.source(), outs, scratch);
  augmenter.make(1, {0, 0}, image.source(), again, scratch);
  CHECK(a.numbers == b.numbers);
  augmenter.make(1, {0, 1}, image.source(), again, scratch);
  CHECK(a.numbers != b.numbers);
}

TEST_CASE("a plain view is a function of the image alone", "[augmenter]") {
  const TestImage image = waves(8, 8, 3);
  TestImage a{8, 8, 3}, b{8, 8, 3};
  const Pixels outs[] = {a.pixels()}, again[] = {b.pixels()};
  Workspace scratch;
  Plain{}.make(1, {0, 0}, image.source(), outs, scratch);
  Plain{}.make(2, {5, 7}, image.source(), again, scratch);
  CHECK(a.numbers == image.numbers);
  CHECK(b.numbers == image.numbers);
}
