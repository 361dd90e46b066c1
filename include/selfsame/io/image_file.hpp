/// @file
/// An image of a file, whatever its format.
#pragma once
#include <selfsame/io/jpeg.hpp>
#include <selfsame/io/png.hpp>

#include <filesystem>
#include <stdexcept>

namespace selfsame {

/// What an image read from a file shall be.
struct ImageOptions {
  Index channels = 3;             ///< 3: RGB, 1: grey; whatever the file has
  std::uint8_t background = 255;  ///< what transparent pixels show, a grey
};

/// The image (H, W, channels) in a PNG's or a JPEG's bytes, upright as EXIF says. The first bytes say
/// which it is.
///
/// @throws std::runtime_error  with `name` and a byte, where it is neither or is damaged
/// @throws std::invalid_argument  for channels other than 1 and 3
inline xt::xtensor<std::uint8_t, 3> decode_image(std::string_view file, const std::string& name,
                                                 const ImageOptions& options = {}) {
  if (options.channels != 1 && options.channels != 3)
    throw std::invalid_argument("selfsame: an image has 1 or 3 channels, asked for " +
                                std::to_string(options.channels));
  if (file.starts_with("\x89PNG"))
    return with_channels(upright(decode_png(file, name, options.background)), options.channels);
  if (file.starts_with("\xff\xd8"))
    return with_channels(upright(decode_jpeg(file, name)), options.channels);
  detail::byte_error(name, 0, "neither a PNG nor a JPEG");
}

/// The same for a file. Throws std::system_error where it cannot be read.
inline xt::xtensor<std::uint8_t, 3> read_image(const std::filesystem::path& path,
                                               const ImageOptions& options = {}) {
  return decode_image(read_file(path), path.string(), options);
}

}  // namespace selfsame
