#include <selfsame/data/packed.hpp>

#include "../support/temporary_folder.hpp"
#include "reader.hpp"

// As an array, as labels, and as images that are mapped.
SELFSAME_FUZZ(path) {
  static const selfsame::TemporaryFolder folder;
  static const std::filesystem::path set = [&] {
    std::filesystem::create_symlink(path, folder / "images.npy");
    return folder / ".";
  }();
  selfsame::testing::each_reader([&] { selfsame::read_npy(path).numbers<float>(); },
                                 [&] { selfsame::read_labels(path); },
                                 [&] { selfsame::map_packed(set); });
}
