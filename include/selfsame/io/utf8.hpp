/// @file
/// Text from outside: whether it is UTF-8, and how a message shows it.
#pragma once
#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>

namespace selfsame {

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

/// Whether a text is UTF-8: no byte that cannot be, none cut off, none longer than it needs to be.
inline bool is_utf8(std::string_view s) {
  while (!s.empty()) {
    const std::size_t length = utf8_length(s);
    if (length == 0) return false;
    s.remove_prefix(length);
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
