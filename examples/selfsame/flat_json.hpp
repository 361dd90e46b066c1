/// @file
/// The one JSON that this program reads: an object of texts and numbers, as `json(recipe)` writes it.
#pragma once
#include "utf8.hpp"

#include <selfsame/io/json_reader.hpp>

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace selfsame::program {

using FlatJson = std::vector<std::pair<std::string, std::string>>;

/// Names and values of {"name": "text", "other": 0.5}, as text, in order. Texts are as they were before `to_utf8`.
/// Throws std::runtime_error that names the file, and the byte or the value that is neither.
inline FlatJson read_flat_json(const std::string& file, std::string_view s) {
  const auto fail = [&](const std::string& what) {
    throw std::runtime_error("selfsame: '" + file + "'" + what);
  };
  const auto object = parse_json<nlohmann::ordered_json>(s, file);
  if (!object.is_object()) fail(", byte 0: no JSON object");
  FlatJson entries;
  for (const auto& [name, value] : object.items()) {
    if (!value.is_string() && !value.is_number() && !value.is_boolean() && !value.is_null())
      fail(": '" + name + "' is neither a text nor a number");
    entries.emplace_back(name,
                         value.is_string() ? from_utf8(value.get<std::string>()) : value.dump());
  }
  return entries;
}

}  // namespace selfsame::program
