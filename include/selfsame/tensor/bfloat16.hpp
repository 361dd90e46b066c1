/// @file
#pragma once
#include <selfsame/tensor/device.hpp>

#include <bit>
#include <cstdint>

namespace selfsame {

/// The upper half of a float: its range, and 8 bits of precision. A number of activations only, never of sums;
/// `BasicCpu<float, BFloat16>` is a device that stores it.
class BFloat16 {
 public:
  BFloat16() = default;
  /// Rounded to nearest, ties to even; a NaN stays one.
  explicit constexpr BFloat16(float x) : bits_(rounded(std::bit_cast<std::uint32_t>(x))) {}
  explicit constexpr BFloat16(double x) : BFloat16(static_cast<float>(x)) {}
  explicit constexpr BFloat16(int x) : BFloat16(static_cast<float>(x)) {}
  explicit constexpr operator float() const {
    return std::bit_cast<float>(std::uint32_t{bits_} << 16);
  }
  explicit constexpr operator double() const {
    return static_cast<double>(static_cast<float>(*this));
  }
  constexpr std::uint16_t bits() const { return bits_; }
  friend constexpr bool operator==(BFloat16 a, BFloat16 b) {
    return static_cast<float>(a) == static_cast<float>(b);
  }
  friend constexpr bool operator<(BFloat16 a, BFloat16 b) {
    return static_cast<float>(a) < static_cast<float>(b);
  }
  friend constexpr BFloat16 operator+(BFloat16 a, BFloat16 b) {
    return BFloat16(static_cast<float>(a) + static_cast<float>(b));
  }

 private:
  static constexpr std::uint16_t rounded(std::uint32_t x) {
    if ((x & 0x7fffffffu) > 0x7f800000u) return static_cast<std::uint16_t>((x >> 16) | 0x40u);
    return static_cast<std::uint16_t>((x + 0x7fffu + ((x >> 16) & 1u)) >> 16);
  }
  std::uint16_t bits_;  // not initialised, as of a float
};

}  // namespace selfsame
