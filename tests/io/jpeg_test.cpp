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

TEST_CASE("jpeg: of two segments of EXIF data the first counts", "[io]") {
  const auto segment = [](int o) {
    const std::string file = golden_image("orientation" + std::to_string(o) + ".jpg");
    const std::size_t at = file.find("\xff\xe1");
    const auto byte = [&](std::size_t i) {
      return std::size_t{static_cast<unsigned char>(file[i])};
    };
    return file.substr(at, 2 + 256 * byte(at + 2) + byte(at + 3));
  };
  for (const auto& [first, second] : {std::pair(3, 6), std::pair(6, 3), std::pair(1, 8)}) {
    std::string file = golden_image("rgb.jpg");
    file.insert(2, segment(first) + segment(second));
    CHECK(decode_jpeg(file, "a.jpg").orientation == first);
  }
}

TEST_CASE("jpeg: a second frame is an error, and a table that stands twice is the later one's",
          "[io]") {
  const std::string file = golden_image("grey.jpg");
  const auto segment = [&](const char* mark) {
    const std::size_t at = file.find(mark);
    REQUIRE(at != std::string::npos);
    const auto byte = [&](std::size_t i) {
      return std::size_t{static_cast<unsigned char>(file[i])};
    };
    return std::pair(at, file.substr(at, 2 + 256 * byte(at + 2) + byte(at + 3)));
  };
  const auto [frame, frame_bytes] = segment("\xff\xc0");
  std::string twice = file;
  CHECK_THROWS_WITH(decode_jpeg(twice.insert(frame, frame_bytes), "a.jpg"),
                    ContainsSubstring("'a.jpg', byte "));
  const auto [table, table_bytes] = segment("\xff\xdb");
  std::string dark = table_bytes;
  std::fill(dark.begin() + 5, dark.end(), '\1');
  std::string with_dark = file;
  CHECK(difference(decode_jpeg(with_dark.insert(table, dark), "a.jpg").pixels, "grey.jpg") <= 1);
  with_dark = file;
  CHECK(difference(decode_jpeg(with_dark.insert(table + table_bytes.size(), dark), "a.jpg").pixels,
                   "grey.jpg") > 1);
}
