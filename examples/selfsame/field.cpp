#include "field.hpp"

namespace selfsame::program {

std::string json(const std::vector<Field>& fields) {
  std::string s;
  for (const Field& f : fields) s += (s.empty() ? "{\"" : ", \"") + f.name + "\": " + f.text;
  return s.empty() ? "{}" : s + "}";
}

void set(const std::vector<Field>& fields, const std::string& assignment) {
  const auto eq = assignment.find('=');
  if (eq == assignment.npos)
    throw std::invalid_argument("selfsame: '" + assignment + "' is not NAME=VALUE");
  const std::string name = assignment.substr(0, eq), value = assignment.substr(eq + 1);
  detail::NearestName nearest(name);
  for (const Field& f : fields) {
    if (f.name == name) {
      if (f.is_player())
        throw std::invalid_argument("selfsame: '" + name + "' is a type, chosen at compile time");
      try {
        f.assign(f.number, value);
      } catch (const std::invalid_argument& e) {
        const std::string why = e.what();
        throw std::invalid_argument("selfsame: " + name + ": " + why.substr(why.find(' ') + 1));
      }
      return;
    }
    nearest.offer(f.name);
  }
  throw std::invalid_argument(nearest.unknown());
}

}  // namespace selfsame::program
