#include <selfsame/io/exif.hpp>
#include "support/catch.hpp"

#include <string>

using namespace selfsame;

namespace {
// A directory of one entry: tag 274, a 16-bit number.
std::string low_first(char value) {
  return std::string("II\x2a\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0", 18) + value +
         std::string(3, '\0');
}
std::string high_first(char value) {
  return std::string("MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0", 19) + value +
         std::string(2, '\0');
}
}  // namespace

TEST_CASE("exif: the orientation is read in both orders of bytes", "[io]") {
  for (int o = 1; o <= 8; ++o) {
    CHECK(exif_orientation(low_first(static_cast<char>(o))) == o);
    CHECK(exif_orientation(high_first(static_cast<char>(o))) == o);
  }
}

TEST_CASE("exif: whatever is cut off, out of range or something else is upright", "[io]") {
  CHECK(exif_orientation("") == 1);
  CHECK(exif_orientation("XX") == 1);
  CHECK(exif_orientation(low_first(0)) == 1);
  CHECK(exif_orientation(low_first(9)) == 1);
  for (std::size_t size = 0; size < 18; ++size)
    CHECK(exif_orientation(low_first(6).substr(0, size)) == 1);
  std::string far = low_first(6);
  far[4] = far[5] = far[6] = far[7] = '\xff';  // the directory lies beyond the end
  CHECK(exif_orientation(far) == 1);
}

TEST_CASE("exif: of two orientations in a directory the first counts", "[io]") {
  for (const int first : {3, 6, 9}) {
    std::string twice = low_first(static_cast<char>(first));
    twice[8] = 2;  // entries
    twice += low_first(8).substr(10);
    CHECK(exif_orientation(twice) == (first == 9 ? 1 : first));
    std::string other = twice;
    other[10] = 0;  // the first is another tag
    CHECK(exif_orientation(other) == 8);
  }
}
