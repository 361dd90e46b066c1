/// @file
/// Names, values and types of a policy's members, without registration (decision D1). Equality,
/// printing, JSON, overrides by name and the hash of a recipe are loops over them.
#pragma once
#include <selfsame/core/detail/members.hpp>
#include <selfsame/core/random.hpp>
#include <selfsame/core/roles.hpp>
#include <selfsame/core/schedule.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace selfsame {

/// f(name, member) for each member of an aggregate, in order.
template <class P, class F>
constexpr void fields(P& policy, F&& f) {
  using T = std::remove_const_t<P>;
  if constexpr (requires { typename T::Wrapped; }) {  // As<role, P>
    using Inner =
        std::conditional_t<std::is_const_v<P>, const typename T::Wrapped, typename T::Wrapped>;
    fields(static_cast<Inner&>(policy), f);
  } else {
    auto all = detail::tie_members(policy);
    [&]<std::size_t... i>(std::index_sequence<i...>) {
      (f(detail::member_name<T, i>, std::get<i>(all)), ...);
    }(std::make_index_sequence<std::tuple_size_v<decltype(all)>>{});
  }
}

/// "NtXent", "mine::Spread": structure is in types, so a recipe without them would not say who
/// plays. Compilers differ in whether they spell the namespace they are in, so ours is cut out.
template <class T>
std::string type_name() {
  constexpr std::string_view whole = detail::spelled_type<T>(),
                             sample = detail::spelled_type<int>();
  constexpr auto before = sample.rfind("int");
  std::string s(whole.substr(before, whole.size() - (sample.size() - 3)));
  for (auto at = s.find("selfsame::"); at != s.npos; at = s.find("selfsame::")) s.erase(at, 10);
  return s;
}

namespace detail {

template <class T>
inline constexpr bool is_schedule = false;
template <class Number>
inline constexpr bool is_schedule<Schedule<Number>> = true;

// What prints and is set as one number or word.
template <class T>
inline constexpr bool is_leaf =
    std::is_arithmetic_v<T> || std::is_enum_v<T> || std::is_convertible_v<T, double> ||
    std::is_same_v<T, std::string> || std::is_same_v<T, std::string_view>;

template <class E>
constexpr auto enumerators() {
  return []<int... i>(std::integer_sequence<int, i...>) {
    return std::array<std::string_view, sizeof...(i)>{enumerator<E, static_cast<E>(i)>()...};
  }(std::make_integer_sequence<int, 8>{});
}

template <class T>
std::string text(const T& x) {
  if constexpr (std::is_same_v<T, bool>) {
    return x ? "true" : "false";
  } else if constexpr (std::is_enum_v<T>) {
    return '"' + std::string(enumerators<T>().at(static_cast<std::size_t>(x))) + '"';
  } else if constexpr (std::is_convertible_v<T, std::string_view>) {
    std::string quoted = "\"";
    for (const char c : std::string_view(x)) {
      if (c == '"' || c == '\\') quoted += '\\';
      if (static_cast<unsigned char>(c) < 0x20) {
        std::array<char, 8> code{};
        std::snprintf(code.data(), code.size(), "\\u%04x", static_cast<unsigned>(c));
        quoted += code.data();
      } else {
        quoted += c;
      }
    }
    return quoted + '"';
  } else if constexpr (std::is_integral_v<T> || std::is_same_v<T, Count>) {
    return std::to_string(static_cast<Index>(x));
  } else {
    const double value = static_cast<double>(x);
    std::array<char, 32> b{};
    for (int digits = 6; digits <= 17; ++digits) {  // the shortest that reads back
      std::snprintf(b.data(), b.size(), "%.*g", digits, value);
      if (std::strtod(b.data(), nullptr) == value) break;
    }
    return b.data();
  }
}

inline double number(const std::string& value) {
  char* end = nullptr;
  const double x = std::strtod(value.c_str(), &end);
  if (value.empty() || *end != '\0')
    throw std::invalid_argument("selfsame: '" + value + "' is not a number");
  return x;
}

template <class T>
void assign(T& x, const std::string& value) {
  if constexpr (std::is_same_v<T, std::string>) {
    x = value;
  } else if constexpr (std::is_same_v<T, bool>) {
    if (value != "true" && value != "false")
      throw std::invalid_argument("selfsame: '" + value + "' is neither true nor false");
    x = value == "true";
  } else if constexpr (std::is_enum_v<T>) {
    constexpr auto names = enumerators<T>();
    std::string known;
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (!names[i].empty() && names[i] == value) {
        x = static_cast<T>(i);
        return;
      }
      if (!names[i].empty()) known += (known.empty() ? "" : ", ") + std::string(names[i]);
    }
    throw std::invalid_argument("selfsame: '" + value + "' is none of " + known);
  } else if constexpr (std::is_integral_v<T> || std::is_same_v<T, Count>) {
    const double n = number(value);
    if (!(std::abs(n) < 0x1p53) || n != std::trunc(n))
      throw std::invalid_argument("selfsame: '" + value + "' is not a whole number");
    if constexpr (std::is_integral_v<T>)
      if (!std::in_range<T>(static_cast<Index>(n)))
        throw std::invalid_argument("selfsame: '" + value + "' is out of range");
    x = static_cast<T>(static_cast<Index>(n));
  } else {
    x = static_cast<T>(number(value));
  }
}

inline std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t swap = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({swap, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

/// How far a name is from what somebody wrote: "rate" is next to "learning_rate", which it is a part of.
inline std::size_t name_distance(std::string_view name, std::string_view written) {
  const auto last = [](std::string_view path) {
    return path.rfind('.') + 1;
  };  // 0 where there is no point
  const std::size_t at = last(name), from = last(written);
  if (written.size() > from + 2 && name.substr(0, at) == written.substr(0, from) &&
      name.substr(at).find(written.substr(from)) != name.npos)
    return 1;
  return edit_distance(name, written);
}

/// Of names that are offered, the one that is most like a written one.
class NearestName {
 public:
  explicit NearestName(std::string_view written)
      : written_(written), distance_(written.size() / 2 + 2) {}
  void offer(std::string_view name) {
    const std::size_t d = name_distance(name, written_);
    if (d < distance_) distance_ = d, nearest_ = name;
  }
  /// "selfsame: there is no 'temprature'; did you mean 'temperature'?"
  std::string unknown() const {
    return "selfsame: there is no '" + std::string(written_) + "'" +
           (nearest_.empty() ? "" : "; did you mean '" + nearest_ + "'?");
  }

 private:
  std::string_view written_;
  std::string nearest_;
  std::size_t distance_;
};

}  // namespace detail

/// f("loss", type of the player) for each policy and f("loss.temperature", number) for each number
/// below a policy, a method or a recipe. A schedule is its first number, and its others below it.
template <class P, class F>
void each_field(P& policy, F&& f, const std::string& path = "") {
  fields(policy, [&](std::string_view name, auto& member) {
    using M = std::remove_cvref_t<decltype(member)>;
    const std::string full = path + std::string(name);
    if constexpr (detail::is_schedule<M>) {
      f(full, member.from);
      if constexpr (!std::is_const_v<std::remove_reference_t<decltype(member)>>)
        if (member.curve == Curve::constant) member.to = member.from;
      if (member.curve != Curve::constant) {
        f(full + ".to", member.to);
        f(full + ".curve", member.curve);
        f(full + ".warmup", member.warmup);
        if (member.curve == Curve::steps) {
          f(full + ".factor", member.factor);
          f(full + ".first_milestone", member.first_milestone);
          f(full + ".second_milestone", member.second_milestone);
        }
      }
    } else if constexpr (detail::is_leaf<M>) {
      f(full, member);
    } else {
      if constexpr (Policy<M>) {
        const std::string player = type_name<M>();
        f(full, player);
      }
      each_field(member, f, full + ".");
    }
  });
}

/// {"loss": "NtXent", "loss.temperature": 0.5, ...}: the text that a checkpoint stores.
template <class P>
std::string json(const P& policy) {
  std::string s;
  each_field(policy, [&](const std::string& name, const auto& x) {
    s += (s.empty() ? "{\"" : ", \"") + name + "\": " + detail::text(x);
  });
  return s.empty() ? "{}" : s + "}";
}

/// Equal types of players and equal numbers.
template <class P>
bool equal(const P& a, const P& b) {
  return json(a) == json(b);
}
template <class P>
std::uint64_t recipe_hash(const P& policy) {
  return mix(0, type_name<P>() + json(policy));
}

/// Sets a number by name, as on a command line: "loss.temperature=0.2".
/// @throws std::invalid_argument  that names what was meant, or the range that was missed; the policy
///                                is then as before
template <class P>
void set(P& policy, std::string_view assignment) {
  const auto eq = assignment.find('=');
  if (eq == assignment.npos)
    throw std::invalid_argument("selfsame: '" + std::string(assignment) + "' is not NAME=VALUE");
  const std::string name(assignment.substr(0, eq)), value(assignment.substr(eq + 1));
  detail::NearestName nearest(name);
  bool found = false;
  each_field(policy, [&](const std::string& path, auto& x) {
    using T = std::remove_reference_t<decltype(x)>;
    nearest.offer(path);
    if (path != name) return;
    found = true;
    if constexpr (std::is_const_v<T> || std::is_same_v<T, std::string_view>)
      throw std::invalid_argument("selfsame: '" + path + "' is a type, chosen at compile time");
    else
      try {
        detail::assign(x, value);
      } catch (const std::invalid_argument& e) {
        const std::string_view why = e.what();
        throw std::invalid_argument("selfsame: " + path + ": " +
                                    std::string(why.substr(why.find(' ') + 1)));
      }
  });
  if (!found) throw std::invalid_argument(nearest.unknown());
}

}  // namespace selfsame
