/// @file
/// Which way up a camera held an image.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace selfsame {

/// The orientation that EXIF data has, 1 to 8; 1 (upright) where it has none or cannot be read. TIFF allows
/// a tag once; of several the first counts, as in libtiff.
///
/// @param exif  from the byte order mark ("II" or "MM") on
/// @see Exif 2.32, 4.6.4 A: tag 274 of the first directory
inline int exif_orientation(std::string_view exif) {
  const bool low_first = exif.substr(0, 2) == "II";
  const auto number = [&](std::size_t at, std::size_t bytes) -> std::size_t {  // 0 beyond the end
    std::size_t x = 0;
    if (at > exif.size() || exif.size() - at < bytes) return 0;
    for (std::size_t i = 0; i < bytes; ++i)
      x = x << 8 | static_cast<unsigned char>(exif[at + (low_first ? bytes - 1 - i : i)]);
    return x;
  };
  if ((!low_first && exif.substr(0, 2) != "MM") || number(2, 2) != 42) return 1;
  const std::size_t directory = number(4, 4), entries = number(directory, 2);
  for (std::size_t i = 0; i < entries; ++i) {
    const std::size_t entry = directory + 2 + 12 * i;
    if (number(entry, 2) != 274 || number(entry + 2, 2) != 3) continue;  // a number of 16 bits
    const std::size_t value = number(entry + 8, 2);
    return value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
  }
  return 1;
}

}  // namespace selfsame
