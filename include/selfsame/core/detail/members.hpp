/// @file
/// Names and addresses of an aggregate's members, without registration: structured bindings give the
/// members, and the name of a type with a member's address as its argument spells the name.
#pragma once
#include <cstddef>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#ifdef __clang__
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wundefined-var-template"
#pragma clang diagnostic ignored "-Wundefined-internal"
#endif

namespace selfsame::detail {

struct Any {
  template <class T>
  constexpr operator T() const;  // never defined
};
template <std::size_t>
using AnyAt = Any;
template <class T, std::size_t n>
inline constexpr bool takes_braces = []<std::size_t... i>(std::index_sequence<i...>) {
  return requires { T{AnyAt<i>{}...}; };
}(std::make_index_sequence<n>{});

inline constexpr std::size_t most_members = 12;

template <class T, std::size_t n = most_members + 1>
constexpr std::size_t member_count() {
  if constexpr (n == 0 || takes_braces<T, n>)
    return n;
  else
    return member_count<T, n - 1>();
}

template <class T>
constexpr auto tie_members(T& p) {
  constexpr auto n = member_count<std::remove_const_t<T>>();
  static_assert(n <= most_members, "selfsame: fields() reads up to 12 members of an aggregate");
  // clang-format off
  if constexpr (n == 0) { return std::tie(); }
  else if constexpr (n == 1) { auto& [a] = p; return std::tie(a); }
  else if constexpr (n == 2) { auto& [a, b] = p; return std::tie(a, b); }
  else if constexpr (n == 3) { auto& [a, b, c] = p; return std::tie(a, b, c); }
  else if constexpr (n == 4) { auto& [a, b, c, d] = p; return std::tie(a, b, c, d); }
  else if constexpr (n == 5) { auto& [a, b, c, d, e] = p; return std::tie(a, b, c, d, e); }
  else if constexpr (n == 6) { auto& [a, b, c, d, e, f] = p; return std::tie(a, b, c, d, e, f); }
  else if constexpr (n == 7) { auto& [a, b, c, d, e, f, g] = p; return std::tie(a, b, c, d, e, f, g); }
  else if constexpr (n == 8) { auto& [a, b, c, d, e, f, g, h] = p; return std::tie(a, b, c, d, e, f, g, h); }
  else if constexpr (n == 9) { auto& [a, b, c, d, e, f, g, h, i] = p; return std::tie(a, b, c, d, e, f, g, h, i); }
  else if constexpr (n == 10) { auto& [a, b, c, d, e, f, g, h, i, j] = p; return std::tie(a, b, c, d, e, f, g, h, i, j); }
  else if constexpr (n == 11) { auto& [a, b, c, d, e, f, g, h, i, j, k] = p; return std::tie(a, b, c, d, e, f, g, h, i, j, k); }
  else { auto& [a, b, c, d, e, f, g, h, i, j, k, l] = p; return std::tie(a, b, c, d, e, f, g, h, i, j, k, l); }
  // clang-format on
}

// An object that is declared and never defined: its members have addresses, and an address as a
// template argument prints its name. In a struct, because older clangs take no bare one.
template <class T>
struct Declared {
  T value;
};
template <class T>
extern const Declared<T> declared;
template <class P>
struct Address {
  P to;
};
template <class P>
Address(P) -> Address<P>;
template <auto value>
constexpr auto spelled_value() {  // `auto`: g++ adds what an alias stands for
  return std::string_view(__PRETTY_FUNCTION__);
}
template <class T>
constexpr auto spelled_type() {
  return std::string_view(__PRETTY_FUNCTION__);
}

// The last word of "... declared<NtXent>.Declared<NtXent>::value.NtXent::temperature)}]".
constexpr std::string_view last_word(std::string_view s) {
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  while (!s.empty() && !letter(s.back())) s.remove_suffix(1);
  std::size_t n = 0;
  while (n < s.size() && letter(s[s.size() - 1 - n])) ++n;
  return s.substr(s.size() - n);
}

template <class T, std::size_t i>
inline constexpr std::string_view member_name =
    last_word(spelled_value<Address{&std::get<i>(tie_members(declared<T>.value))}>());

/// The name of an enumerator; empty where the value has none.
template <class E, E value>
constexpr std::string_view enumerator() {
  const std::string_view s = spelled_value<value>();
  const std::string_view last = s.substr(s.rfind('='));  // "= selfsame::Curve::cosine]"
  return last.find('(') != last.npos ? std::string_view{} : last_word(last);  // or "= (Curve)7]"
}

}  // namespace selfsame::detail

#ifdef __clang__
#pragma clang diagnostic pop
#endif
