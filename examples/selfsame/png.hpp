/// @file
/// Pictures as PNG, with zlib alone.
#pragma once
#include <selfsame/tensor/view.hpp>

#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <string>

namespace selfsame::program {

/// The file of a grey (channels = 1) or RGB (channels = 3) picture of numbers in [0, 1], clipped to that.
/// @param pixels  (height, width * channels)
/// @see PNG specification, ISO/IEC 15948
inline std::string png(In<Cpu> pixels, Index channels) {
  if (channels != 1 && channels != 3)
    throw std::invalid_argument("selfsame: a PNG has 1 or 3 channels, not " +
                                std::to_string(channels));
  const auto big_endian = [](std::uint64_t x) {
    std::string s;
    for (int shift = 24; shift >= 0; shift -= 8) s += static_cast<char>(x >> shift & 0xff);
    return s;
  };
  const auto chunk = [&](const std::string& kind, const std::string& data) {
    const std::string body = kind + data;
    const auto crc =
        crc32(0, reinterpret_cast<const Bytef*>(body.data()), static_cast<uInt>(body.size()));
    return big_endian(data.size()) + body + big_endian(crc);
  };
  std::string lines;
  for (Index y = 0; y < pixels.rows; ++y) {
    lines += '\0';  // no filter
    for (Index x = 0; x < pixels.cols; ++x)
      lines += static_cast<char>(std::lround(255 * std::clamp(pixels(y, x), 0.0f, 1.0f)));
  }
  uLongf size = compressBound(static_cast<uLong>(lines.size()));
  std::string packed(size, '\0');
  if (compress(reinterpret_cast<Bytef*>(packed.data()), &size,
               reinterpret_cast<const Bytef*>(lines.data()),
               static_cast<uLong>(lines.size())) != Z_OK)
    throw std::runtime_error("selfsame: cannot compress a PNG");
  packed.resize(size);
  const std::string header = big_endian(static_cast<std::uint64_t>(pixels.cols / channels)) +
                             big_endian(static_cast<std::uint64_t>(pixels.rows)) + '\x08' +
                             (channels == 1 ? '\x00' : '\x02') + std::string(3, '\0');
  return "\x89PNG\r\n\x1a\n" + chunk("IHDR", header) + chunk("IDAT", packed) + chunk("IEND", "");
}

}  // namespace selfsame::program
