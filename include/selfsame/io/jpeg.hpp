/// @file
/// JPEG files, by libjpeg-turbo.
#pragma once
#include <selfsame/io/decoded_image.hpp>
#include <selfsame/io/exif.hpp>
#include <selfsame/io/file.hpp>

// jpeglib.h needs FILE and size_t from here.
#include <cstddef>
#include <cstdio>

#include <jpeglib.h>

#include <jerror.h>

#include <csetjmp>
#include <cstring>
#include <string_view>
#include <vector>

namespace selfsame {

namespace detail {

// libjpeg leaves by our longjmp: nothing that has a destructor may stand in a frame that is jumped
// over, so all of it stands here.
class JpegDecoder {
 public:
  JpegDecoder(std::string_view file, const std::string& name) : file_(file), name_(name) {
    info_.err = jpeg_std_error(&errors_);
    errors_.error_exit = on_error;
    errors_.emit_message = on_message;
    info_.client_data = this;
  }
  JpegDecoder(const JpegDecoder&) = delete;
  JpegDecoder& operator=(const JpegDecoder&) = delete;
  ~JpegDecoder() { jpeg_destroy_decompress(&info_); }

  DecodedImage decode() {
    run(&JpegDecoder::read_header);
    const Index height = info_.image_height, width = info_.image_width;
    // Each block has a bit at least; an arithmetic coder, which is rare, may take less.
    constexpr Index most_packing = 64 * 8 * 16;
    const std::string wrong = too_large(height, width, file_.size(), most_packing);
    if (!wrong.empty()) byte_error(name_, used(), wrong);
    channels_ = info_.out_color_space == JCS_GRAYSCALE ? 1
                : info_.out_color_space == JCS_CMYK    ? 4
                                                       : 3;
    row_ = static_cast<std::size_t>(width) * channels_;
    numbers_.resize(static_cast<std::size_t>(height) * row_);
    run(&JpegDecoder::read_rows);
    return {colours(static_cast<std::size_t>(height), static_cast<std::size_t>(width)),
            orientation_};
  }

 private:
  void run(void (JpegDecoder::*part)()) {
    if (setjmp(jump_) != 0) byte_error(name_, used(), message_);
    (this->*part)();
  }
  void read_header() {
    jpeg_create_decompress(&info_);
    jpeg_mem_src(&info_, reinterpret_cast<const unsigned char*>(file_.data()),
                 static_cast<unsigned long>(file_.size()));
    info_.src->fill_input_buffer = on_end;
    jpeg_save_markers(&info_, JPEG_APP0 + 1, 0xffff);
    jpeg_read_header(&info_, TRUE);
    constexpr std::string_view mark("Exif\0\0", 6);
    for (jpeg_saved_marker_ptr m = info_.marker_list; m != nullptr; m = m->next) {
      const std::string_view data(reinterpret_cast<const char*>(m->data), m->data_length);
      if (data.substr(0, mark.size()) != mark) continue;
      orientation_ = exif_orientation(data.substr(mark.size()));
      break;  // Exif has one segment, the first
    }
    switch (info_.jpeg_color_space) {
      case JCS_GRAYSCALE: info_.out_color_space = JCS_GRAYSCALE; break;
      case JCS_CMYK:
      case JCS_YCCK: info_.out_color_space = JCS_CMYK; break;
      default: info_.out_color_space = JCS_RGB;
    }
  }
  void read_rows() {
    jpeg_start_decompress(&info_);
    while (info_.output_scanline < info_.output_height) {
      JSAMPROW row = numbers_.data() + info_.output_scanline * row_;
      jpeg_read_scanlines(&info_, &row, 1);
    }
  }
  // CMYK as Adobe writes it: 255 is no ink.
  xt::xtensor<std::uint8_t, 3> colours(std::size_t height, std::size_t width) const {
    auto to = xt::xtensor<std::uint8_t, 3>::from_shape({height, width, channels_ == 1 ? 1u : 3u});
    if (channels_ < 4) {
      std::copy(numbers_.begin(), numbers_.end(), to.data());
    } else {
      for (std::size_t i = 0; i < height * width; ++i)
        for (std::size_t c = 0; c < 3; ++c)
          to.data()[3 * i + c] =
              static_cast<std::uint8_t>((numbers_[4 * i + c] * numbers_[4 * i + 3] + 127u) / 255);
    }
    return to;
  }

  std::size_t used() const {
    return info_.src == nullptr ? 0 : file_.size() - info_.src->bytes_in_buffer;
  }
  [[noreturn]] void leave() { std::longjmp(jump_, 1); }

  template <class Info>
  static JpegDecoder& self(Info info) {
    return *static_cast<JpegDecoder*>(info->client_data);
  }
  [[noreturn]] static void on_error(j_common_ptr info) {
    info->err->format_message(info, self(info).message_);
    self(info).leave();
  }
  // Level -1: bytes that make no sense. Some change no pixel.
  static void on_message(j_common_ptr info, int level) {
    if (level >= 0) return;
    switch (info->err->msg_code) {
      case JWRN_EXTRANEOUS_DATA:  // between the parts of an image
      case JWRN_JFIF_MAJOR:
      case JWRN_ADOBE_XFORM:
      case JWRN_NOT_SEQUENTIAL:     // a baseline file that names no range of frequencies
      case JWRN_BOGUS_PROGRESSION:  // a frequency is refined before it was there
        return;
      default: on_error(info);
    }
  }
  static boolean on_end(j_decompress_ptr info) {
    std::snprintf(self(info).message_, sizeof message_, "the file ends within the image");
    info->src->bytes_in_buffer = 0;
    self(info).leave();
  }

  std::string_view file_;
  const std::string& name_;
  jpeg_decompress_struct info_{};
  jpeg_error_mgr errors_{};
  std::jmp_buf jump_{};
  std::vector<std::uint8_t> numbers_;
  std::size_t channels_ = 0, row_ = 0;
  int orientation_ = 1;
  char message_[JMSG_LENGTH_MAX] = "";
};

}  // namespace detail

/// Decodes a JPEG: baseline or progressive, grey, colour or CMYK (which becomes RGB by C K / 255, of
/// inks inverted as Adobe writes them). Profiles are not looked at. Of what stands twice: tables count from
/// where they stand on, as T.81 has it; of several Exif segments the first counts; a second frame is an error.
///
/// @throws std::runtime_error  with `name` and about the byte, where the file is damaged, cut off, or
///                             claims to be larger than its bytes or 2^28 pixels
/// @see ITU-T T.81
inline DecodedImage decode_jpeg(std::string_view file, const std::string& name) {
  return detail::JpegDecoder(file, name).decode();
}

}  // namespace selfsame
