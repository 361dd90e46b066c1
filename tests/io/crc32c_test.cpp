#include <selfsame/io/crc32c.hpp>
#include "support/catch.hpp"

#include <string>

using namespace selfsame;

TEST_CASE("CRC32C of the digits 1 to 9 is the published value", "[io]") {
  CHECK(crc32c("123456789") == 0xe3069283u);
}

TEST_CASE("CRC32C agrees with the vectors of RFC 3720", "[io]") {
  std::string rising(32, '\0');
  for (std::size_t i = 0; i < 32; ++i) rising[i] = static_cast<char>(i);
  CHECK(crc32c(std::string(32, '\0')) == 0x8a9136aau);
  CHECK(crc32c(std::string(32, '\xff')) == 0x62a8ab43u);
  CHECK(crc32c(rising) == 0x46dd794eu);
  CHECK(crc32c("") == 0u);
}

TEST_CASE("CRC32C of a text does not depend on where it is cut", "[io]") {
  const std::string text = "a text that is longer than sixteen bytes, and odd";
  for (std::size_t cut = 0; cut <= text.size(); ++cut)
    CHECK(crc32c(text.substr(cut), crc32c(text.substr(0, cut))) == crc32c(text));
}
