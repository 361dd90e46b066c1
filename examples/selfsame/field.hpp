/// @file
/// The numbers and players of a recipe by name, whatever its type.
#pragma once
#include <selfsame/core/fields.hpp>

namespace selfsame::program {

/// A number of a recipe, or the player of a role.
struct Field {
  std::string name;        ///< "method.loss.temperature"
  std::string text;        ///< as JSON has it: 0.1, or "NtXent"
  void* number = nullptr;  ///< of the recipe; null: a player
  void (*assign)(void*, const std::string&) = [](void*, const std::string&) {};

  bool is_player() const { return number == nullptr; }
  /// The text without the quotes that JSON has around a word.
  std::string value() const {
    return text.starts_with('"') ? text.substr(1, text.size() - 2) : text;
  }
};

/// The fields of an aggregate, in order. They are valid while it lives, until one of them is set: a schedule has
/// other numbers then.
template <class R>
std::vector<Field> fields_of(R& recipe) {
  std::vector<Field> all;
  each_field(recipe, [&]<class T>(const std::string& name, T& x) {
    if constexpr (std::is_const_v<T>)
      all.push_back({name, detail::text(x)});
    else
      all.push_back({name, detail::text(x), &x, [](void* number, const std::string& value) {
                       detail::assign(*static_cast<T*>(number), value);
                     }});
  });
  return all;
}

/// {"name": text, ...}, as selfsame::json writes the aggregate.
std::string json(const std::vector<Field>& fields);

/// As selfsame::set does: "method.loss.temperature=0.2".
/// @throws std::invalid_argument  that names what was meant, or the range that was missed
void set(const std::vector<Field>& fields, const std::string& assignment);

}  // namespace selfsame::program
