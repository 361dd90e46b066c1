#include <selfsame/augmenter/operation.hpp>
#include "support/catch.hpp"

using namespace selfsame;

TEST_CASE("a range whose ends are exchanged is refused by name", "[augmenter]") {
  CHECK_NOTHROW((Between<Fraction>{0.2, 0.2}.check("crop.area")));
  CHECK_THROWS_WITH((Between<Fraction>{0.5, 0.25}.check("crop.area")),
                    Catch::Matchers::ContainsSubstring("crop.area.low is 0.5") &&
                        Catch::Matchers::ContainsSubstring(".high is 0.25"));
}

TEST_CASE("colour needs 1 or 3 channels, and the message says how many there are", "[augmenter]") {
  CHECK_NOTHROW(require_colour("hue", {1, 2, 2, 1}));
  CHECK_NOTHROW(require_colour("hue", {1, 2, 2, 3}));
  CHECK_THROWS_WITH(require_colour("hue", {1, 2, 2, 4}),
                    Catch::Matchers::ContainsSubstring("hue needs 1 or 3 channels, images have 4"));
}
