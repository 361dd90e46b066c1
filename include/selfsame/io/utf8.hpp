/// @file
/// Text from outside: whether it is UTF-8, and how a message shows it.
#pragma once
#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>

namespace selfsame {

/// Whether a text is UTF-8: no byte that cannot be, none cut off, none longer than it needs to be.
/// @see RFC 3629
inline bool is_utf8(std::string_view s) {
  for (std::size_t i = 0; i < s.size();) {
    const auto byte = [&](std::size_t k) {
      return i + k < s.size() ? static_cast<unsigned char>(s[i + k]) : 0u;
    };
    const unsigned first = byte(0);
    const std::size_t more = first < 0x80 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
    if ((first >= 0x80 && first < 0xc2) || first > 0xf4) return false;
    for (std::size_t k = 1; k <= more; ++k)
      if ((byte(k) & 0xc0) != 0x80) return false;
    const unsigned second = byte(1);  // too long, a half of a pair of UTF-16, beyond U+10FFFF
    if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f) ||
        (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f))
      return false;
    i += more + 1;
  }
  return true;
}

/// What a message may show of a text from outside: "caf\xe9" where it is no UTF-8; control characters are
/// written so, too.
inline std::string printable(std::string_view name) {
  std::string text;
  const bool plain = is_utf8(name);
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != 0x7f && (plain || byte < 0x80)) {
      text += c;
    } else {
      char code[8];
      std::snprintf(code, sizeof code, "\\x%02x", static_cast<unsigned>(byte));
      text += code;
    }
  }
  return text;
}

}  // namespace selfsame
