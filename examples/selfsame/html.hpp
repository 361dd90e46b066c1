/// @file
/// Text and numbers as HTML has them.
#pragma once
#include "utf8.hpp"

#include <selfsame/tensor/device.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace selfsame::program {

/// Text that stands in an element or in a quoted attribute, whatever it says: bytes that are no UTF-8, and control characters,
/// which HTML has not, are shown as U+FFFD.
inline std::string escaped(std::string_view text) {
  std::string s;
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const char c = text[0];
    if (length == 0 || (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') ||
        c == 0x7f)
      s += "\ufffd";
    else if (c == '&')
      s += "&amp;";
    else if (c == '<')
      s += "&lt;";
    else if (c == '>')
      s += "&gt;";
    else if (c == '"')
      s += "&quot;";
    else if (c == '\'')
      s += "&#39;";
    else
      s += text.substr(0, length);
    text.remove_prefix(std::max<std::size_t>(1, length));
  }
  return s;
}

/// @see RFC 4648, section 4
inline std::string base64(std::string_view bytes) {
  constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string s;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t three = 0;
    for (std::size_t k = 0; k < 3; ++k)
      three = three << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0u);
    for (std::size_t k = 0; k < 4; ++k)
      s += i + k <= bytes.size() ? digits[three >> (18 - 6 * k) & 63] : '=';
  }
  return s;
}

/// 12.346 with 3 digits after the point; "−0.5" with a minus.
inline std::string fixed(double x, int digits) {
  char text[400];
  std::snprintf(text, sizeof text, "%.*f", digits, x);
  return text[0] == '-' ? "\u2212" + std::string(text + 1) : text;
}

/// 60,000
inline std::string grouped(Index x) {
  std::string s = std::to_string(std::abs(x));
  for (Index i = static_cast<Index>(s.size()) - 3; i > 0; i -= 3)
    s.insert(static_cast<std::size_t>(i), 1, ',');
  return (x < 0 ? "\u2212" : "") + s;
}

inline constexpr std::array<const char*, 10> superscripts = {"\u2070", "\u00b9", "\u00b2", "\u00b3",
                                                             "\u2074", "\u2075", "\u2076", "\u2077",
                                                             "\u2078", "\u2079"};

/// A number of a caption: four digits that count, whole and grouped where it is large, and with a power of ten
/// where it is tiny.
inline std::string rounded(double x) {
  if (std::abs(x) >= 1000 && std::abs(x) < 1e15) return grouped(std::llround(x));
  char text[32];
  if (x != 0 && std::abs(x) < 1e-3) {
    std::snprintf(text, sizeof text, "%.1e", x);
    const std::string s = text;
    const auto e = s.find('e');
    std::string power;
    for (const char c : std::to_string(std::atoi(s.c_str() + e + 1)))
      power += c == '-' ? "\u207b" : superscripts[static_cast<std::size_t>(c - '0')];
    return (x < 0 ? "\u2212" : "") + s.substr(x < 0 ? 1 : 0, e - (x < 0 ? 1 : 0)) + " \u00b7 10" +
           power;
  }
  std::snprintf(text, sizeof text, "%.4g", x);
  return text[0] == '-' ? "\u2212" + std::string(text + 1) : text;
}

}  // namespace selfsame::program
