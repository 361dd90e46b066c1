/// @file
/// Named arrays of numbers, as files of weights hold them.
#pragma once
#include <selfsame/tensor/bfloat16.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace selfsame {

static_assert(std::endian::native == std::endian::little,
              "selfsame: files of weights are little-endian");

/// Kinds of number that files of weights know.
enum class Scalar {
  real64,
  real32,
  real16,
  bfloat16,
  int64,
  int32,
  int16,
  int8,
  uint8,
  boolean,
  uint16,
  uint32,
  uint64,
  other  ///< text, records, 8-bit floats ...: named, never converted
};

/// 0 for Scalar::other
constexpr Index bytes_of(Scalar s) {
  constexpr std::array<Index, 14> sizes{8, 4, 2, 2, 8, 4, 2, 1, 1, 1, 2, 4, 8, 0};
  return sizes[static_cast<std::size_t>(s)];
}

/// A number of 16 bits as IEEE 754 has it, in binary16.
inline float half_to_float(std::uint16_t half) {
  const int exponent = half >> 10 & 31;
  const float part = static_cast<float>(half & 1023);
  const float size = exponent == 31  ? (part == 0 ? std::numeric_limits<float>::infinity()
                                                  : std::numeric_limits<float>::quiet_NaN())
                     : exponent == 0 ? std::ldexp(part, -24)
                                     : std::ldexp(part + 1024, exponent - 25);
  return half >> 15 ? -size : size;
}

/// An array of a file: its numbers lie row-major, the last extent without a gap.
struct NamedTensor {
  std::string name;
  Scalar scalar = Scalar::real32;
  std::vector<Index> extents;  ///< none: one number
  std::string bytes;   ///< size() * bytes_of(scalar); of Scalar::other whatever the file has
  std::string type{};  ///< of Scalar::other: what the file calls it, "<U4" or "F8_E4M3"

  NamedTensor() = default;
  NamedTensor(std::string n, Scalar s, std::vector<Index> e, std::string b)
      : name(std::move(n)), scalar(s), extents(std::move(e)), bytes(std::move(b)) {}
  template <class R>
    requires std::same_as<R, float> || std::same_as<R, double>
  NamedTensor(std::string n, std::vector<Index> e, std::span<const R> numbers)
      : NamedTensor(std::move(n), sizeof(R) == 4 ? Scalar::real32 : Scalar::real64, std::move(e),
                    {reinterpret_cast<const char*>(numbers.data()), numbers.size_bytes()}) {}

  Index size() const {
    if (std::find(extents.begin(), extents.end(), Index{0}) != extents.end()) return 0;
    Index n = 1;
    for (const Index e : extents) n *= e;
    return n;
  }
  /// Throws std::invalid_argument unless there are as many bytes as the extents say.
  void check_bytes() const;
  /// f(x) for all numbers in their order, each of its own type (16-bit floats as float, booleans as
  /// std::uint8_t).
  ///
  /// @throws std::runtime_error     of Scalar::other, with its type
  /// @throws std::invalid_argument  where bytes and extents do not agree
  template <class F>
  void each_number(F&& f) const;
  /// All numbers, converted; integers beyond R's precision are rounded. Throws as `each_number`.
  template <class R>
  std::vector<R> numbers() const {
    std::vector<R> to(scalar == Scalar::other ? 0 : static_cast<std::size_t>(size()));
    std::size_t i = 0;
    each_number([&](auto x) { to[i++] = static_cast<R>(x); });
    return to;
  }
};

inline std::string to_string(const std::vector<Index>& extents) {
  std::string text = "(";
  for (std::size_t i = 0; i < extents.size(); ++i)
    text += (i > 0 ? ", " : "") + std::to_string(extents[i]);
  return text + ")";
}
/// "'conv1.weight' (64, 3, 7, 7)", and of Scalar::other "'names' (10) of type <U4"
inline std::string to_string(const NamedTensor& t) {
  return "'" + t.name + "' " + to_string(t.extents) +
         (t.scalar == Scalar::other ? " of type " + t.type : "");
}

inline void NamedTensor::check_bytes() const {
  if (static_cast<Index>(bytes.size()) != size() * bytes_of(scalar))
    throw std::invalid_argument("selfsame: tensor " + to_string(*this) + " has " +
                                std::to_string(bytes.size()) + " bytes, not " +
                                std::to_string(size() * bytes_of(scalar)));
}

template <class F>
void NamedTensor::each_number(F&& f) const {
  if (scalar == Scalar::other)
    throw std::runtime_error("selfsame: " + to_string(*this) + ", which is not read here");
  check_bytes();
  const auto each = [&]<class T>(T x, auto&& as_number) {
    for (std::size_t i = 0; i < bytes.size(); i += sizeof(T)) {
      std::memcpy(&x, bytes.data() + i, sizeof(T));
      f(as_number(x));
    }
  };
  const auto same = [](auto x) { return x; };
  switch (scalar) {
    case Scalar::real64: return each(double{}, same);
    case Scalar::real32: return each(float{}, same);
    case Scalar::real16: return each(std::uint16_t{}, half_to_float);
    case Scalar::bfloat16:
      return each(BFloat16{}, [](BFloat16 x) { return static_cast<float>(x); });
    case Scalar::int64: return each(std::int64_t{}, same);
    case Scalar::int32: return each(std::int32_t{}, same);
    case Scalar::int16: return each(std::int16_t{}, same);
    case Scalar::int8: return each(std::int8_t{}, same);
    case Scalar::uint8:
    case Scalar::boolean: return each(std::uint8_t{}, same);
    case Scalar::uint16: return each(std::uint16_t{}, same);
    case Scalar::uint32: return each(std::uint32_t{}, same);
    case Scalar::uint64: return each(std::uint64_t{}, same);
    case Scalar::other: break;
  }
}

/// A name that two tensors have, or null.
inline const std::string* repeated_name(const std::vector<NamedTensor>& tensors) {
  std::vector<const std::string*> names;
  for (const NamedTensor& t : tensors) names.push_back(&t.name);
  std::sort(names.begin(), names.end(), [](const auto* a, const auto* b) { return *a < *b; });
  const auto twice = std::adjacent_find(names.begin(), names.end(),
                                        [](const auto* a, const auto* b) { return *a == *b; });
  return twice == names.end() ? nullptr : *twice;
}

}  // namespace selfsame
