/// @file
/// JSON, read: by nlohmann-json, with the names of an object all different.
#pragma once
#include <selfsame/io/file.hpp>

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace selfsame {

/// The value that a text is. RFC 8259 leaves open what an object means that has a name twice (most
/// readers take the last), so it is refused.
///
/// @tparam Value  nlohmann::ordered_json keeps the order of names
/// @param name    of the file, for errors
/// @param begin   where the text begins in it
/// @throws std::runtime_error  with the file and a byte, where it is no JSON or has a name twice
template <class Value = nlohmann::json>
Value parse_json(std::string_view text, const std::string& name, std::size_t begin = 0) {
  std::vector<std::set<std::string>> names;  // of the objects that are open
  std::string twice;
  const auto look = [&](int, nlohmann::json::parse_event_t event, Value& value) {
    using Event = nlohmann::json::parse_event_t;
    if (event == Event::object_start) names.emplace_back();
    if (event == Event::object_end) names.pop_back();
    if (event == Event::key && !names.back().insert(value.template get<std::string>()).second &&
        twice.empty())
      twice = value.dump(-1, ' ', false, Value::error_handler_t::replace);
    return true;
  };
  Value all;
  try {
    all = Value::parse(text.begin(), text.end(), look);
  } catch (const nlohmann::json::parse_error& e) {
    detail::byte_error(name, begin + (e.byte > 0 ? e.byte - 1 : 0),
                       "no JSON (" + std::string(e.what()) + ")");
  } catch (const nlohmann::json::exception& e) {  // a number beyond all that a double can be
    detail::byte_error(name, begin, "no JSON (" + std::string(e.what()) + ")");
  }
  if (!twice.empty())
    detail::byte_error(name, begin, "an object of this JSON has the name " + twice + " twice");
  return all;
}

}  // namespace selfsame
