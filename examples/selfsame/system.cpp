#include "system.hpp"

namespace selfsame::program {

double number(System& system, const std::string& name) {
  for (const Field& f : system.fields())
    if (f.name == name) return detail::number(f.text);
  throw std::invalid_argument("selfsame: there is no '" + name + "'");
}

void set(System& system, const std::string& assignment) {
  constexpr std::string_view method = "method.";
  const std::string name = assignment.substr(0, assignment.find('='));
  const std::vector<Field> all = system.fields();
  const auto known = [&](const std::string& n) {
    return std::any_of(all.begin(), all.end(), [&](const Field& f) { return f.name == n; });
  };
  const auto below = [&](const char* part) { return name.starts_with(part); };
  if (!known("method." + name) && (known(name) || below("method.") || below("optimizer.") ||
                                   below("rule.") || name.find('.') == name.npos))
    return set(all, assignment);
  std::vector<Field> of_method;  // what is meant by a misspelled name is looked for among these
  for (const Field& f : all)
    if (f.name.starts_with(method)) {
      of_method.push_back(f);
      of_method.back().name.erase(0, method.size());
    }
  set(of_method, assignment);
}

}  // namespace selfsame::program
