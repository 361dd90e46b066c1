/// @file
/// CRC32C: tells whether a file is what was written.
#pragma once
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace selfsame {

namespace detail {
// Castagnoli's polynomial, bit-reflected. Table t is what a byte does t bytes before the end.
inline constexpr auto crc32c_tables = [] {
  std::array<std::array<std::uint32_t, 256>, 8> tables{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82f63b78u : 0u);
    tables[0][byte] = crc;
  }
  for (std::size_t t = 1; t < 8; ++t)
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const std::uint32_t crc = tables[t - 1][byte];
      tables[t][byte] = (crc >> 8) ^ tables[0][crc & 0xff];
    }
  return tables;
}();
}  // namespace detail

/// CRC32C (Castagnoli) of `bytes`, or of what came before and `bytes`: crc32c(b, crc32c(a)) is that
/// of a followed by b. Eight bytes a step. crc32c("123456789") = 0xe3069283; of nothing it is 0.
/// @see RFC 3720, appendix B.4; slicing by 8: Kounavis & Berry 2005
inline std::uint32_t crc32c(std::string_view bytes, std::uint32_t before = 0) {
  static_assert(std::endian::native == std::endian::little);
  const auto& t = detail::crc32c_tables;
  std::uint32_t crc = ~before;
  const char* p = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= 8; left -= 8, p += 8) {
    std::uint32_t low, high;
    std::memcpy(&low, p, 4);
    std::memcpy(&high, p + 4, 4);
    low ^= crc;
    crc = t[7][low & 0xff] ^ t[6][low >> 8 & 0xff] ^ t[5][low >> 16 & 0xff] ^ t[4][low >> 24] ^
          t[3][high & 0xff] ^ t[2][high >> 8 & 0xff] ^ t[1][high >> 16 & 0xff] ^ t[0][high >> 24];
  }
  for (; left > 0; --left, ++p)
    crc = (crc >> 8) ^ t[0][(crc ^ static_cast<unsigned char>(*p)) & 0xff];
  return ~crc;
}

}  // namespace selfsame
