/// @file
/// The image files of tests/golden, and the bytes that other readers see in them.
#pragma once
#include <selfsame/io/file.hpp>

#include <xtensor/xtensor.hpp>

#include <algorithm>
#include <string>
#include <vector>

#include "support/golden.hpp"

namespace selfsame {

inline std::string golden_image_path(const std::string& name) {
  return std::string(SELFSAME_GOLDEN_DIR) + "/image_files/" + name;
}
inline std::string golden_image(const std::string& name) {
  return read_file(golden_image_path(name));
}
/// The largest difference between an image and the bytes that `name` must have; 256 where its extents
/// differ.
inline int difference(const xt::xtensor<std::uint8_t, 3>& image, std::string name) {
  static const Golden golden = Golden::read("image_files/pixels.txt");
  std::replace(name.begin(), name.end(), '.', '_');
  const Golden::Array& expected = golden[name];
  if (expected.rows != static_cast<std::ptrdiff_t>(image.shape(0)) ||
      expected.values.size() != image.size())
    return 256;
  int most = 0;
  for (std::size_t i = 0; i < image.size(); ++i)
    most = std::max(
        most, std::abs(static_cast<int>(image.data()[i]) - static_cast<int>(expected.values[i])));
  return most;
}
/// A change of some bytes.
inline std::string with_bytes(std::string file, std::size_t at, const std::string& bytes) {
  return file.replace(at, bytes.size(), bytes);
}

}  // namespace selfsame
