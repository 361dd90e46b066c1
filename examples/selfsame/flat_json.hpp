/// @file
/// The one JSON that this program reads: an object of texts and numbers, as `json(recipe)` writes it.
#pragma once
#include <cctype>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace selfsame::program {

/// Names and values of {"name": "text", "other": 0.5}, as text, in order.
/// Throws std::runtime_error that names the file and the byte.
inline std::vector<std::pair<std::string, std::string>> read_flat_json(const std::string& file,
                                                                       std::string_view s) {
  std::size_t at = 0;
  const auto fail = [&](const char* what) {
    throw std::runtime_error("selfsame: '" + file + "', byte " + std::to_string(at) + ": " + what);
  };
  const auto blank = [&] {
    while (at < s.size() && std::isspace(static_cast<unsigned char>(s[at]))) ++at;
  };
  const auto take = [&](char c) {
    blank();
    if (at >= s.size() || s[at] != c) return false;
    ++at;
    return true;
  };
  const auto text = [&] {
    std::string t;
    while (at < s.size() && s[at] != '"') {
      if (s[at] != '\\') {
        t += s[at++];
        continue;
      }
      if (++at >= s.size()) break;
      if (s[at] == 'n') {
        t += '\n';
      } else if (s[at] == 'u') {
        if (at + 4 >= s.size()) fail("a text is cut off");
        t += static_cast<char>(std::stoi(std::string(s.substr(at + 1, 4)), nullptr, 16));
        at += 4;
      } else {
        t += s[at];
      }
      ++at;
    }
    if (!take('"')) fail("a text has no end");
    return t;
  };
  std::vector<std::pair<std::string, std::string>> entries;
  if (!take('{')) fail("expected '{'");
  if (take('}')) return entries;
  do {
    if (!take('"')) fail("expected a name");
    std::string name = text();
    if (!take(':')) fail("expected ':'");
    if (take('"')) {
      entries.emplace_back(std::move(name), text());
      continue;
    }
    blank();
    const auto end = s.find_first_of(",} \n\r\t", at);
    if (end == s.npos || end == at) fail("expected a value");
    entries.emplace_back(std::move(name), std::string(s.substr(at, end - at)));
    at = end;
  } while (take(','));
  if (!take('}')) fail("expected ',' or '}'");
  return entries;
}

}  // namespace selfsame::program
