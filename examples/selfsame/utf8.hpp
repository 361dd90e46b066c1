/// @file
/// Text that may not be UTF-8: a path is any bytes, and JSON is UTF-8.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace selfsame::program {

/// Bytes of the character that a text begins with; 0 where it begins with none of UTF-8 (RFC 3629), or is empty.
constexpr std::size_t utf8_length(std::string_view s) {
  const auto at = [&](std::size_t i) -> unsigned {
    return i < s.size() ? static_cast<unsigned char>(s[i]) : 0;
  };
  const auto between = [&](std::size_t i, unsigned low, unsigned high) {
    return at(i) >= low && at(i) <= high;
  };
  const auto more = [&](std::size_t i) { return between(i, 0x80, 0xbf); };
  const unsigned first = at(0);
  if (s.empty()) return 0;
  if (first < 0x80) return 1;
  if (between(0, 0xc2, 0xdf) && more(1)) return 2;
  if (between(0, 0xe0, 0xef) && more(2) &&
      between(1, first == 0xe0 ? 0xa0 : 0x80, first == 0xed ? 0x9f : 0xbf))
    return 3;
  if (between(0, 0xf0, 0xf4) && more(2) && more(3) &&
      between(1, first == 0xf0 ? 0x90 : 0x80, first == 0xf4 ? 0x8f : 0xbf))
    return 4;
  return 0;
}

/// The same text in UTF-8, from which `from_utf8` makes it again: byte 0x80 + k that belongs to no character is U+EF80 + k,
/// a place for private use that MirBSD has for this, too. (A character that stands there already goes byte by byte.)
inline std::string to_utf8(std::string_view bytes) {
  std::string s;
  while (!bytes.empty()) {
    const std::size_t known = utf8_length(bytes), length = known > 0 ? known : 1;
    if (known > 0 && !bytes.starts_with("\xee\xbe") && !bytes.starts_with("\xee\xbf"))
      s += bytes.substr(0, length);
    else
      for (const char c : bytes.substr(0, length)) {
        const auto byte = static_cast<unsigned char>(c);
        s += byte < 0xc0 ? "\xee\xbe" : "\xee\xbf";
        s += static_cast<char>(0x80 | (byte & 0x3f));
      }
    bytes.remove_prefix(length);
  }
  return s;
}
inline std::string from_utf8(std::string_view text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string_view rest = text.substr(i);
    if (rest.size() >= 3 && (rest.starts_with("\xee\xbe") || rest.starts_with("\xee\xbf"))) {
      bytes += static_cast<char>((rest[1] == '\xbe' ? 0x80 : 0xc0) | (rest[2] & 0x3f));
      i += 2;
    } else {
      bytes += rest[0];
    }
  }
  return bytes;
}

}  // namespace selfsame::program
