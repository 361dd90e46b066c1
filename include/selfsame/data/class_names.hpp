/// @file
/// Names of classes: what they may be, and a file of them.
#pragma once
#include <selfsame/io/file.hpp>
#include <selfsame/io/utf8.hpp>

#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace selfsame {

namespace detail {

// Empty, or why these cannot be names of classes.
inline std::string class_names_fault(const std::vector<std::string>& names) {
  std::map<std::string_view, std::size_t> numbers;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string& name = names[i];
    const std::string which =
        "class " + std::to_string(i) + " is named '" + printable(name) + "'; ";
    if (name.empty()) return which + "a name has a character at least";
    if (!is_utf8(name)) return which + "a name is UTF-8";
    for (const char c : name)
      if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
        return which + "a name is one line of text, without tabs";
    const auto [first, is_new] = numbers.emplace(name, i);
    if (!is_new) return which + "so is class " + std::to_string(first->second);
  }
  return {};
}

}  // namespace detail

/// Names of classes are lines of UTF-8, not empty, without control characters, and differ: so a file
/// has one a line, and logs and pages can show them.
/// @throws std::invalid_argument  with the number and the name of one that is not so
inline void check_class_names(const std::vector<std::string>& names) {
  const std::string fault = detail::class_names_fault(names);
  if (!fault.empty()) throw std::invalid_argument("selfsame: " + fault);
}

/// A class a line: names.txt, or batches.meta.txt of CIFAR-10. Empty lines at the end are left out.
/// @throws std::runtime_error  with the file, as `check_class_names`
inline std::vector<std::string> read_class_names(const std::filesystem::path& path) {
  std::vector<std::string> names = read_lines(path);
  while (!names.empty() && names.back().empty()) names.pop_back();
  const std::string fault = detail::class_names_fault(names);
  if (!fault.empty()) throw std::runtime_error("selfsame: '" + path.string() + "': " + fault);
  return names;
}

}  // namespace selfsame
