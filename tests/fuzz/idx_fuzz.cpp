#include <selfsame/data/idx.hpp>

#include "../data/files.hpp"
#include "../support/temporary_folder.hpp"
#include "reader.hpp"

// As images beside labels of two, as labels, and as any array.
SELFSAME_FUZZ(path) {
  static const selfsame::TemporaryFolder folder;
  static const std::string labels = [] {
    selfsame::write_file(folder / "labels",
                         selfsame::idx_header(0x08, {2}) + selfsame::counting(2));
    return (folder / "labels").string();
  }();
  selfsame::testing::each_reader([&] { selfsame::read_idx_dataset(path, labels); },
                                 [&] { selfsame::read_idx_dataset(labels, path); },
                                 [&] { selfsame::read_idx(path); });
}
