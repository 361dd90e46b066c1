#include <selfsame/data/epoch.hpp>
#include "support/catch.hpp"

using namespace selfsame;

TEST_CASE("an epoch has whole batches only, and at least one", "[data]") {
  CHECK(steps_per_epoch(10, 4) == 2);
  CHECK(steps_per_epoch(8, 4) == 2);
  CHECK(steps_per_epoch(3, 4) == 1);
}

TEST_CASE("each epoch begins at a multiple of the samples", "[data]") {
  CHECK(first_position(0, 10, 4) == 0);
  CHECK(first_position(1, 10, 4) == 4);
  CHECK(first_position(2, 10, 4) == 10);
  CHECK(first_position(5, 10, 4) == 24);
  CHECK(first_position(3, 10, 10) == 30);
}

TEST_CASE("batches larger than the data set follow one another without a gap", "[data]") {
  CHECK(first_position(3, 10, 11) == 33);
}
