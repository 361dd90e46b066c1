/// @file
/// JSON, written only: logs, results, recipes.
#pragma once
#include <selfsame/io/utf8.hpp>

#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>

namespace selfsame {

/// A JSON value, kept as its text. Members stand in the order in which they were added.
///
///     JsonObject().add("loss", 0.5).add("mean", JsonArray().add(1).add(2)).text()
///     {"loss": 0.5, "mean": [1, 2]}
///
/// Floating-point numbers are the shortest text that reads back to the same bits; NaN and
/// infinities, which JSON lacks, are null. Strings are escaped; one that is no UTF-8, which nobody could read
/// again, throws std::invalid_argument.
class Json {
 public:
  Json() = default;
  Json(std::nullptr_t) {}
  Json(const char* s) : Json(std::string_view(s)) {}
  Json(const std::string& s) : Json(std::string_view(s)) {}
  Json(std::string_view s) : text_(quoted(s)) {}
  template <class T>
    requires std::is_arithmetic_v<T>
  Json(T x) : text_(number(x)) {}

  const std::string& text() const { return text_; }

 protected:
  static std::string quoted(std::string_view s) {
    if (!is_utf8(s))
      throw std::invalid_argument("selfsame: '" + printable(s) +
                                  "' is no UTF-8, as text in JSON is; give it another name");
    std::string t = "\"";
    for (const char c : s) {
      if (c == '"' || c == '\\') {
        t += {'\\', c};
      } else if (c == '\n') {
        t += "\\n";
      } else if (static_cast<unsigned char>(c) < 0x20) {
        char code[8];
        std::snprintf(code, sizeof code, "\\u%04x", static_cast<unsigned>(c));
        t += code;
      } else {
        t += c;
      }
    }
    return t + '"';
  }
  // Puts an item before the closing bracket.
  void insert(std::string_view item) {
    const char close = text_.back();
    text_.pop_back();
    if (text_.size() > 1) text_ += ", ";
    text_.append(item) += close;
  }
  std::string text_ = "null";

 private:
  template <class T>
  static std::string number(T x) {
    if constexpr (std::same_as<T, bool>) {
      return x ? "true" : "false";
    } else {
      if constexpr (std::is_floating_point_v<T>)
        if (!(x - x == 0)) return "null";
      char digits[64];
      return {digits, std::to_chars(digits, digits + sizeof digits, x).ptr};
    }
  }
};

class JsonArray : public Json {
 public:
  JsonArray() { text_ = "[]"; }
  JsonArray& add(const Json& value) {
    insert(value.text());
    return *this;
  }
};

class JsonObject : public Json {
 public:
  JsonObject() { text_ = "{}"; }
  /// Names are not looked up: who adds one twice has it twice.
  JsonObject& add(std::string_view name, const Json& value) {
    insert(quoted(name) + ": " + value.text());
    return *this;
  }
};

}  // namespace selfsame
