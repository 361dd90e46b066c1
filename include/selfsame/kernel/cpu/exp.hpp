/// @file
/// The exponential of a vector, lane by lane.
#pragma once
#include <selfsame/kernel/cpu/simd.hpp>

#include <cstdint>
#include <iterator>

namespace selfsame {
inline namespace SELFSAME_FLAGS {

namespace internal {

// exp(x) = 2^n exp(r), n = round(x / log 2), |r| <= log(2) / 2. log 2 comes in two parts, the first
// so short that n * high is exact.
template <class Real>
struct Exponent;

template <>
struct Exponent<float> {
  using Bits = std::int32_t;
  static constexpr float lowest = -104, highest = 89;  // beyond them the result is 0 or infinite
  static constexpr float shift = 12582912;             // 1.5 * 2^23: adding it rounds to an integer
  static constexpr float log2_e = 1.44269504088896341f;
  static constexpr float high = 0.693359375f, low = -2.12194440e-4f;
  static constexpr int mantissa = 23, bias = 127;
  // (exp(r) - 1 - r) / r^2, highest power first; Moshier, Cephes Math Library 2.2, expf
  static constexpr float terms[] = {1.9875691500e-4f, 1.3981999507e-3f, 8.3334519073e-3f,
                                    4.1665795894e-2f, 1.6666665459e-1f, 5.0000001201e-1f};
};

template <>
struct Exponent<double> {
  using Bits = std::int64_t;
  static constexpr double lowest = -746, highest = 710;
  static constexpr double shift = 6755399441055744;  // 1.5 * 2^52
  static constexpr double log2_e = 1.4426950408889634;
  static constexpr double high = 6.93145751953125e-1, low = 1.42860682030941723212e-6;
  static constexpr int mantissa = 52, bias = 1023;
  // Taylor's series: the first term left out is below a tenth of a rounding
  static constexpr double terms[] = {1. / 6227020800, 1. / 479001600, 1. / 39916800, 1. / 3628800,
                                     1. / 362880,     1. / 40320,     1. / 5040,     1. / 720,
                                     1. / 120,        1. / 24,        1. / 6,        1. / 2};
};

}  // namespace internal

/// x = exp(x). Below the range 0 (also of -infinity), above it infinity, of a NaN a NaN; denormal
/// results are right, too. The error is at most 1.02 units in the last place over all floats, and
/// 0.97 over two million doubles (tests/kernel/exp_test.cpp).
template <class V>
SELFSAME_INLINE inline void exponentiate(V& x) {
  using E = internal::Exponent<Lane<V>>;
  using Bits = Simd<typename E::Bits, static_cast<int>(sizeof(V))>;
  x = x < E::lowest ? V{} + E::lowest : x;  // a NaN stays
  x = x > E::highest ? V{} + E::highest : x;
  const V shifted = x * E::log2_e + E::shift;
  const V n = shifted - E::shift;
  const V half = n * Lane<V>(0.5) + E::shift;  // 2^n by two factors, each in range
  V r = x - n * E::high;
  r -= n * E::low;
  constexpr int terms = static_cast<int>(std::size(E::terms));
  V y = V{} + E::terms[0];
#pragma GCC unroll 16
  for (int i = 1; i < terms; ++i) y = y * r + E::terms[i];
  y = y * (r * r) + r;
  y += 1;
  Bits all, first, zero;
  const V origin = V{} + E::shift;
  std::memcpy(&all, &shifted, sizeof all);
  std::memcpy(&first, &half, sizeof first);
  std::memcpy(&zero, &origin, sizeof zero);
  all -= zero, first -= zero;
  const Bits one = (first + E::bias) << E::mantissa, two = (all - first + E::bias) << E::mantissa;
  V scale;
  std::memcpy(&scale, &one, sizeof scale);
  y *= scale;
  std::memcpy(&scale, &two, sizeof scale);
  x = y * scale;
}

namespace internal {

// 2^r for |r| <= 1/2, highest power first.
template <class Real>
struct PowerOfTwo;
template <>
struct PowerOfTwo<float> {  // minimax, relative error 2e-9
  static constexpr float terms[] = {1.53458118e-4f,
                                    1.33999312e-3f,
                                    9.61848896e-3f,
                                    5.55032878e-2f,
                                    2.40226469e-1f,
                                    6.93147206e-1f,
                                    1.f};
};
template <>
struct PowerOfTwo<double> {  // log(2)^n / n!
  static constexpr double terms[] = {1.3691488853904129e-12, 2.5678435993488202e-11,
                                     4.4455382718708115e-10, 7.0549116208011233e-9,
                                     1.0178086009239699e-7,  1.3215486790144309e-6,
                                     1.5252733804059840e-5,  1.5403530393381609e-4,
                                     1.3333558146428443e-3,  9.6181291076284772e-3,
                                     5.5504108664821580e-2,  2.4022650695910071e-1,
                                     6.9314718055994531e-1,  1.};
};

}  // namespace internal

/// x = 2^x for numbers that are known to lie well within the exponent's range: |x| <= 120 of floats,
/// 1000 of doubles. Half the work of `exponentiate`; error below two units in the last place.
template <class V>
SELFSAME_INLINE inline void power_of_two(V& x) {
  using E = internal::Exponent<Lane<V>>;
  using P = internal::PowerOfTwo<Lane<V>>;
  using Bits = Simd<typename E::Bits, static_cast<int>(sizeof(V))>;
  const V shifted = x + E::shift;  // its lowest bits are the nearest integer
  const V r = x - (shifted - E::shift);
  constexpr int terms = static_cast<int>(std::size(P::terms));
  V y = V{} + P::terms[0];
#pragma GCC unroll 16
  for (int i = 1; i < terms; ++i) y = y * r + P::terms[i];
  Bits power, bits;
  std::memcpy(&power, &shifted, sizeof power);
  std::memcpy(&bits, &y, sizeof bits);
  bits += power << E::mantissa;
  std::memcpy(&x, &bits, sizeof x);
}

}  // namespace SELFSAME_FLAGS
}  // namespace selfsame
