/// @file
/// Writes the files that tests read.
#pragma once
#include <selfsame/io/file.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace selfsame {

/// The header of an IDX file.
inline std::string idx_header(int type, const std::vector<std::uint32_t>& extents) {
  std::string bytes = {0, 0, static_cast<char>(type), static_cast<char>(extents.size())};
  for (const std::uint32_t e : extents)
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(e >> shift & 0xff);
  return bytes;
}
/// Bytes 0, 1, 2, ...
inline std::string counting(std::size_t count) {
  std::string bytes;
  for (std::size_t i = 0; i < count; ++i) bytes += static_cast<char>(i);
  return bytes;
}

}  // namespace selfsame
