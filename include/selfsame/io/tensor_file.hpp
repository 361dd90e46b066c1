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
enum class Scalar { real64, real32, real16, bfloat16, int64, int32, int16, int8, uint8, boolean };

constexpr Index bytes_of(Scalar s) {
  constexpr std::array<Index, 10> sizes{8, 4, 2, 2, 8, 4, 2, 1, 1, 1};
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
  std::string bytes;           ///< size() * bytes_of(scalar)

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
  /// All numbers, converted; integers beyond R's precision are rounded.
  template <class R>
  std::vector<R> numbers() const {
    std::vector<R> to(static_cast<std::size_t>(size()));
    const auto convert = [&]<class T>(T, auto&& as_number) {
      for (std::size_t i = 0; i < to.size(); ++i) {
        T x;
        std::memcpy(&x, bytes.data() + i * sizeof(T), sizeof(T));
        to[i] = static_cast<R>(as_number(x));
      }
    };
    const auto same = [](auto x) { return x; };
    switch (scalar) {
      case Scalar::real64: convert(double{}, same); break;
      case Scalar::real32: convert(float{}, same); break;
      case Scalar::real16: convert(std::uint16_t{}, half_to_float); break;
      case Scalar::bfloat16:
        convert(BFloat16{}, [](BFloat16 x) { return static_cast<float>(x); });
        break;
      case Scalar::int64: convert(std::int64_t{}, same); break;
      case Scalar::int32: convert(std::int32_t{}, same); break;
      case Scalar::int16: convert(std::int16_t{}, same); break;
      case Scalar::int8: convert(std::int8_t{}, same); break;
      case Scalar::uint8:
      case Scalar::boolean: convert(std::uint8_t{}, same); break;
    }
    return to;
  }
};

inline std::string to_string(const std::vector<Index>& extents) {
  std::string text = "(";
  for (std::size_t i = 0; i < extents.size(); ++i)
    text += (i > 0 ? ", " : "") + std::to_string(extents[i]);
  return text + ")";
}
/// "'conv1.weight' (64, 3, 7, 7)"
inline std::string to_string(const NamedTensor& t) {
  return "'" + t.name + "' " + to_string(t.extents);
}

}  // namespace selfsame
