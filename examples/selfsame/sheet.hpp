/// @file
/// A sheet of views: what the augmenter does to images.
#pragma once
#include "any_augmenter.hpp"

#include <selfsame/data/dataset.hpp>

#include <filesystem>
#include <vector>

namespace selfsame::program {

/// The first image of each class, then the second, until there are `count`.
std::vector<Index> one_of_each_class(const Dataset& images, Index count);

/// One row of images each: the image as it is, then views of it.
struct Sheet {
  Rows<Cpu> pixels{};  ///< (rows * height, columns * width * channels)
  Shape image{};
  Index columns = 0;
  std::vector<std::string> labels{};  ///< of each row; empty where unknown
};

/// Views as training sees them in the first turns.
Sheet draw_sheet(const Dataset& images, const AnyAugmenter&, std::uint64_t seed,
                 const std::vector<Index>& chosen, Index views);

/// Writes views.npy, views.json (how to read it) and, of 1 or 3 channels, views.png.
void write_sheet(const std::filesystem::path& folder, const Sheet&);

}  // namespace selfsame::program
