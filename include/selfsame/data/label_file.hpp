/// @file
/// Labels as .npy files.
#pragma once
#include <selfsame/io/npy.hpp>

#include <cmath>
#include <type_traits>
#include <utility>

namespace selfsame {

/// More classes than a data set may have: beyond that a label is rather a number of something else.
inline constexpr Index most_classes = 1'000'000'000;

/// The labels of a .npy file: (N) whole numbers of any type that NumPy has, -1: unlabelled.
///
/// @param classes  labels are less
/// @param least    0 where each must be known
/// @throws std::runtime_error  with the file, where it is no such array, and with row and value where a
///                             label is none of those
inline std::vector<Index> read_labels(const std::filesystem::path& path,
                                      Index classes = most_classes, Index least = -1) {
  const NamedTensor array = read_npy(path);
  if (array.extents.size() != 1)
    throw std::runtime_error("selfsame: '" + path.string() + "' is " + to_string(array.extents) +
                             "; labels are (N), one an image");
  std::vector<Index> labels;
  array.each_number([&]<class T>(T x) {
    bool whole = true;
    if constexpr (std::is_floating_point_v<T>)
      whole = x >= T(-1) && x < static_cast<T>(most_classes) && x == std::floor(x);
    else
      whole = std::in_range<Index>(x);
    const Index label = whole ? static_cast<Index>(x) : 0;
    if (!whole || label < least || label >= classes)
      throw std::runtime_error("selfsame: '" + path.string() + "', row " +
                               std::to_string(labels.size()) + ": label " + std::to_string(x) +
                               "; labels are whole numbers in [0, " + std::to_string(classes) +
                               ")" + (least < 0 ? ", or -1 where it is not known" : ""));
    labels.push_back(label);
  });
  return labels;
}

}  // namespace selfsame
