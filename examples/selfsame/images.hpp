/// @file
/// Which images a folder has.
#pragma once
#include <selfsame/data/dataset.hpp>

#include <string>

namespace selfsame::program {

/// The folder of images: what was asked for; else Debian's package; else the repository's excerpt, and
/// then it says so on stderr.
/// @throws std::invalid_argument  where what was asked for is no folder
std::string find_images(const std::string& asked);

/// What `selfsame pack` wrote, CIFAR in its binary version, or IDX files, by what the folder has.
Split load_images(const std::string& folder);

}  // namespace selfsame::program
