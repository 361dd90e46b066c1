/// @file
/// The version, as numbers for the preprocessor and as text. CMakeLists.txt reads it from here.
#pragma once
#include <string_view>

// Macros, so that a user can write #if SELFSAME_VERSION_MINOR >= 2.
#define SELFSAME_VERSION_MAJOR 0
#define SELFSAME_VERSION_MINOR 1
#define SELFSAME_VERSION_PATCH 0

namespace selfsame {

/// The version of these headers, as a log or a checkpoint prints it.
inline constexpr std::string_view library_version = "0.1.0";

}  // namespace selfsame
