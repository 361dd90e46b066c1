// Catch2's main, where no library has it: see CMakeLists.txt.
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
