#include <selfsame/io/jpeg.hpp>
#include "io/image_files.hpp"
#include "support/catch.hpp"

using namespace selfsame;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("jpeg: baseline, progressive, grey and CMYK files have Pillow's bytes", "[io]") {
  for (const char* name : {"rgb.jpg", "rgb444.jpg", "progressive.jpg", "grey.jpg", "cmyk.jpg"}) {
    INFO(name);
    const DecodedImage image = decode_jpeg(golden_image(name), name);
    CHECK(difference(image.pixels, name) <= 1);
    CHECK(image.pixels.shape(2) == (std::string(name) == "grey.jpg" ? 1u : 3u));
    CHECK(image.orientation == 1);
  }
}

TEST_CASE("jpeg: the orientation of EXIF data is told", "[io]") {
  for (int o = 1; o <= 8; ++o) {
    const std::string name = "orientation" + std::to_string(o) + ".jpg";
    CHECK(decode_jpeg(golden_image(name), name).orientation == o);
  }
}

TEST_CASE(
    "jpeg: a file that is cut off before its last two bytes is an error with its name and a byte",
    "[io]") {
  for (const char* name : {"rgb.jpg", "progressive.jpg"}) {
    const std::string file = golden_image(name);
    for (std::size_t size = 0; size + 2 < file.size(); ++size) {  // the last two say that it ends
      INFO(size);
      CHECK_THROWS_WITH(decode_jpeg(file.substr(0, size), "a.jpg"),
                        ContainsSubstring("'a.jpg', byte "));
    }
  }
}

TEST_CASE("jpeg: a baseline file that names no range of frequencies is read", "[io]") {
  const std::string file = golden_image("grey.jpg");
  const std::size_t scan = file.find("\xff\xda");
  REQUIRE(scan != std::string::npos);
  REQUIRE(file[scan + 8] == 63);
  CHECK(difference(decode_jpeg(with_bytes(file, scan + 8, std::string(1, '\0')), "a.jpg").pixels,
                   "grey.jpg") <= 1);
}

TEST_CASE("jpeg: bytes between the parts do no harm, lying extents are an error", "[io]") {
  const std::string file = golden_image("rgb.jpg");
  const std::size_t frame = file.find("\xff\xc0");
  REQUIRE(frame != std::string::npos);
  std::string padded = file;
  padded.insert(frame, "\xff\xff\xff");
  CHECK(difference(decode_jpeg(padded, "a.jpg").pixels, "rgb.jpg") <= 1);
  CHECK_THROWS_WITH(decode_jpeg(with_bytes(file, frame + 5, "\x7f\xff\x7f\xff"), "a.jpg"),
                    ContainsSubstring("32767 x 32767, more than 2^28 pixels"));
  CHECK_THROWS_WITH(
      decode_jpeg(with_bytes(file, frame + 5, std::string("\x10\0\x10\0", 4)), "a.jpg"),
      ContainsSubstring("4096 x 4096, which 708 bytes cannot hold"));
}
