/// @file
/// Text that may not be UTF-8: a path is any bytes, and JSON is UTF-8.
#pragma once
#include <selfsame/io/utf8.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace selfsame::program {

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
