#include <selfsame/selfsame.hpp>

#include "support/catch.hpp"

// clang-tidy reads all headers through this file.
TEST_CASE("selfsame.hpp brings every header of the core component", "[umbrella]") {
  CHECK_FALSE(selfsame::library_version.empty());
}
