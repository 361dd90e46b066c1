#include <selfsame/io/png.hpp>
#include "io/image_files.hpp"
#include "support/catch.hpp"

#include <zlib.h>

using namespace selfsame;
using Catch::Matchers::ContainsSubstring;

namespace {
std::string number(std::uint32_t x) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(x >> shift & 0xff);
  return bytes;
}
// The first chunk lies, and its checksum is right.
std::string with_extents(const std::string& file, std::uint32_t width, std::uint32_t height) {
  const std::string lie = with_bytes(file, 16, number(width) + number(height));
  const auto checksum = ::crc32(0, reinterpret_cast<const Bytef*>(lie.data() + 12), 17);
  return with_bytes(lie, 29, number(static_cast<std::uint32_t>(checksum)));
}
// Where a chunk begins, and all of it.
std::pair<std::size_t, std::string> chunk(const std::string& file, const char* kind) {
  const std::size_t at = file.find(kind) - 4;
  std::size_t length = 0;
  for (std::size_t i = 0; i < 4; ++i)
    length = length << 8 | static_cast<unsigned char>(file[at + i]);
  return {at, file.substr(at, length + 12)};
}
}  // namespace

TEST_CASE(
    "png: grey of 1 to 16 bits, RGB, palettes and interlaced files have the bytes of other "
    "readers",
    "[io]") {
  for (const char* name : {"grey1.png", "grey2.png", "grey4.png", "grey8.png", "grey16.png",
                           "rgb8.png", "rgb16.png", "interlaced.png", "palette.png"}) {
    INFO(name);
    const DecodedImage image = decode_png(golden_image(name), name);
    CHECK(difference(image.pixels, name) == 0);
    CHECK(image.pixels.shape(2) == (std::string(name).starts_with("grey") ? 1u : 3u));
    CHECK(image.orientation == 1);
  }
}

TEST_CASE("png: alpha lays an image over the background", "[io]") {
  for (const int background : {255, 0, 100}) {
    const auto image =
        decode_png(golden_image("rgba.png"), "rgba", static_cast<std::uint8_t>(background));
    CHECK(difference(image.pixels, "rgba" + std::to_string(background) + ".png") == 0);
  }
  for (const char* name : {"grey_alpha.png", "palette_alpha.png"})
    CHECK(difference(decode_png(golden_image(name), name).pixels, name) == 0);
}

TEST_CASE("png: the orientation of an eXIf chunk is told", "[io]") {
  for (int o = 1; o <= 8; ++o) {
    const std::string name = "orientation" + std::to_string(o) + ".png";
    CHECK(decode_png(golden_image(name), name).orientation == o);
  }
}

TEST_CASE("png: a file that is cut off anywhere is an error with its name and a byte", "[io]") {
  const std::string file = golden_image("rgba.png");
  for (std::size_t size = 0; size < file.size(); ++size) {
    INFO(size);
    CHECK_THROWS_WITH(decode_png(file.substr(0, size), "a.png"),
                      ContainsSubstring("'a.png', byte ") &&
                          (ContainsSubstring("ends within") || ContainsSubstring("PNG")));
  }
}

TEST_CASE("png: damaged pixels and lying extents are errors", "[io]") {
  const std::string file = golden_image("rgb8.png");
  CHECK_THROWS_WITH(decode_png(with_bytes(file, 60, "xxxx"), "a.png"),
                    ContainsSubstring("'a.png'"));
  CHECK_THROWS_WITH(decode_png(with_extents(file, 100'000, 2'500), "a.png"),
                    ContainsSubstring("2500 x 100000, which 337 bytes cannot hold"));
  CHECK_THROWS_WITH(decode_png(with_extents(file, 60'000, 50'000), "a.png"),
                    ContainsSubstring("50000 x 60000, more than 2^28 pixels"));
}

TEST_CASE("png: of two chunks of EXIF data or of transparency the first counts", "[io]") {
  for (const auto& [first, second] : {std::pair(3, 6), std::pair(6, 3), std::pair(1, 8)}) {
    const auto of = [](int o) { return golden_image("orientation" + std::to_string(o) + ".png"); };
    std::string file = of(second);
    file.insert(chunk(file, "eXIf").first, chunk(of(first), "eXIf").second);
    CHECK(decode_png(file, "a.png").orientation == first);
  }
  const std::string file = golden_image("palette_alpha.png");
  const auto [at, bytes] = chunk(file, "tRNS");
  std::string other = bytes;
  std::fill(other.begin() + 8, other.end() - 4, '\xff');  // nothing is transparent
  const auto checksum = ::crc32(0, reinterpret_cast<const Bytef*>(other.data() + 4),
                                static_cast<uInt>(other.size() - 8));
  other.replace(other.size() - 4, 4, number(static_cast<std::uint32_t>(checksum)));
  std::string before = file, after = file;
  CHECK(difference(decode_png(before.insert(at, other), "a.png").pixels, "palette_alpha.png") > 0);
  CHECK(difference(decode_png(after.insert(at + bytes.size(), other), "a.png").pixels,
                   "palette_alpha.png") == 0);
}

TEST_CASE("png: a second header or palette is an error", "[io]") {
  for (const char* kind : {"IHDR", "PLTE"}) {
    std::string file = golden_image("palette.png");
    const auto [at, bytes] = chunk(file, kind);
    CHECK_THROWS_WITH(decode_png(file.insert(at, bytes), "a.png"),
                      ContainsSubstring("'a.png', byte "));
  }
}
