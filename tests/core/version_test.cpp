#include <selfsame/core/version.hpp>

#include <string>

#include "support/catch.hpp"

TEST_CASE("the printed version is made of the three numbers that CMake reads", "[core]") {
  const std::string numbers = std::to_string(SELFSAME_VERSION_MAJOR) + "." +
                              std::to_string(SELFSAME_VERSION_MINOR) + "." +
                              std::to_string(SELFSAME_VERSION_PATCH);
  CHECK(numbers == selfsame::library_version);
}
