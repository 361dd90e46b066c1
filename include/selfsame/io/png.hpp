/// @file
/// PNG files, by libpng.
#pragma once
#include <selfsame/io/decoded_image.hpp>
#include <selfsame/io/exif.hpp>
#include <selfsame/io/file.hpp>

#include <png.h>

#include <cstdio>
#include <cstring>
#include <new>
#include <string_view>
#include <vector>

namespace selfsame {

namespace detail {

// libpng leaves by longjmp: nothing that has a destructor may stand in a frame that is jumped over,
// so all of it stands here.
class PngDecoder {
 public:
  PngDecoder(std::string_view file, const std::string& name) : file_(file), name_(name) {
    png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, this, on_error, on_warning);
    if (png_ == nullptr) throw std::bad_alloc{};
    info_ = png_create_info_struct(png_);
    if (info_ == nullptr) {
      png_destroy_read_struct(&png_, nullptr, nullptr);
      throw std::bad_alloc{};
    }
  }
  PngDecoder(const PngDecoder&) = delete;
  PngDecoder& operator=(const PngDecoder&) = delete;
  ~PngDecoder() { png_destroy_read_struct(&png_, &info_, nullptr); }

  DecodedImage decode(std::uint8_t background) {
    run(&PngDecoder::read_header);
    const Index height = png_get_image_height(png_, info_),
                width = png_get_image_width(png_, info_);
    const std::size_t channels = png_get_channels(png_, info_);
    constexpr Index most_packing = 1032 * 8;  // of deflate, with 8 pixels of one bit a byte
    const std::string wrong = too_large(height, width, file_.size(), most_packing);
    if (!wrong.empty()) byte_error(name_, used_, wrong);
    const std::size_t row = static_cast<std::size_t>(width) * channels;
    numbers_.resize(static_cast<std::size_t>(height) * row);
    for (std::size_t y = 0; y < static_cast<std::size_t>(height); ++y)
      rows_.push_back(numbers_.data() + y * row);
    run(&PngDecoder::read_rows);
    return {over(background, static_cast<std::size_t>(height), static_cast<std::size_t>(width),
                 channels),
            orientation_};
  }

 private:
  void run(void (PngDecoder::*part)()) {
    if (setjmp(png_jmpbuf(png_)) != 0) byte_error(name_, used_, message_);
    (this->*part)();
  }
  void read_header() {
    png_set_read_fn(png_, this, on_read);
    if (!checksums_count) {
      png_set_crc_action(png_, PNG_CRC_QUIET_USE, PNG_CRC_QUIET_USE);
      png_set_option(png_, PNG_IGNORE_ADLER32, PNG_OPTION_ON);
    }
    png_read_info(png_, info_);
    png_set_expand(png_);    // palettes to RGB, few bits to 8, a transparent colour to alpha
    png_set_scale_16(png_);  // the nearest of 8 bits
    png_set_interlace_handling(png_);
    png_read_update_info(png_, info_);
  }
  void read_rows() {
    png_read_image(png_, rows_.data());
    png_read_end(png_, info_);
#if defined(PNG_eXIf_SUPPORTED)
    png_uint_32 size = 0;
    png_bytep exif = nullptr;
    if (png_get_eXIf_1(png_, info_, &size, &exif) != 0)
      orientation_ = exif_orientation({reinterpret_cast<const char*>(exif), size});
#endif
  }
  // Without alpha.
  xt::xtensor<std::uint8_t, 3> over(std::uint8_t background, std::size_t height, std::size_t width,
                                    std::size_t channels) const {
    const std::size_t colours = channels < 3 ? 1 : 3;
    auto to = xt::xtensor<std::uint8_t, 3>::from_shape({height, width, colours});
    for (std::size_t i = 0; i < height * width; ++i) {
      const std::uint8_t* pixel = numbers_.data() + i * channels;
      const unsigned alpha = channels == colours ? 255 : pixel[colours];
      for (std::size_t c = 0; c < colours; ++c)
        to.data()[i * colours + c] =
            static_cast<std::uint8_t>((pixel[c] * alpha + background * (255 - alpha) + 127) / 255);
    }
    return to;
  }

  static PngDecoder& self(png_structp png) {
    return *static_cast<PngDecoder*>(png_get_error_ptr(png));
  }
  static void on_read(png_structp png, png_bytep to, png_size_t count) {
    PngDecoder& me = self(png);
    if (me.file_.size() - me.used_ < count) {
      me.used_ = me.file_.size();
      png_error(png, "the file ends within the image");
    }
    std::memcpy(to, me.file_.data() + me.used_, count);
    me.used_ += count;
  }
  [[noreturn]] static void on_error(png_structp png, png_const_charp message) {
    std::snprintf(self(png).message_, sizeof message_, "%s", message);
    png_longjmp(png, 1);
  }
  static void on_warning(png_structp, png_const_charp) {}  // of chunks that do not change pixels

  std::string_view file_;
  const std::string& name_;
  std::size_t used_ = 0;
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
  std::vector<std::uint8_t> numbers_;
  std::vector<png_bytep> rows_;
  int orientation_ = 1;
  char message_[256] = "";
};

}  // namespace detail

/// Decodes a PNG: palettes, 1 to 16 bits (16 are rounded to 8), interlaced or not. Colours are as
/// stored: gamma and profiles are not looked at. Of chunks that the format allows once, a second IHDR or PLTE is
/// an error, and of others (eXIf, tRNS) the first counts, as in libpng.
///
/// @param background  what transparent pixels show, a grey
/// @throws std::runtime_error  with `name` and a byte, where the file is damaged, cut off, or claims
///                             to be larger than its bytes or 2^28 pixels
/// @see ISO/IEC 15948
inline DecodedImage decode_png(std::string_view file, const std::string& name,
                               std::uint8_t background = 255) {
  return detail::PngDecoder(file, name).decode(background);
}

}  // namespace selfsame
