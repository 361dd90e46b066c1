/// @file
/// Randomness is counted, not drawn (decision D6): a number is a function of a seed, of what asks, and
/// of whose image it is for; never of threads, batches or the order of calls.
#pragma once
#include <selfsame/core/philox.hpp>
#include <selfsame/tensor/shape.hpp>

#include <bit>
#include <cmath>
#include <string_view>

namespace selfsame {

/// The version of the packing below. It is fixed for good: another one would be another version.
inline constexpr int random_packing = 1;

/// One step of a 64-bit hash: how paths and keys are built up.
constexpr std::uint64_t mix(std::uint64_t hash, std::uint64_t word) {
  hash ^= word + 0x9e3779b97f4a7c15ull + (hash << 6) + (hash >> 2);
  hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9ull;  // the finaliser of splitmix64
  hash = (hash ^ (hash >> 27)) * 0x94d049bb133111ebull;
  return hash ^ (hash >> 31);
}
constexpr std::uint64_t mix(std::uint64_t hash, std::string_view word) {
  for (const char c : word) hash = mix(hash, std::uint64_t{static_cast<unsigned char>(c)});
  return mix(hash, std::uint64_t{word.size()});
}

/// What asks for random numbers: a layer, an augmentation, a sampler, an initialiser.
enum class Stream : std::uint32_t {
  order,
  view,
  layer,
  weights,
  labels,
  test,
  assigner,
  mask,
  negatives
};

/// An array of random numbers that exists without being stored: `bits(element)` is the same whenever
/// and wherever it is asked for.
///
/// Packing, version 1:  key = hash(seed, stream, path, view, part), counter = element (48 bits),
/// sample (48 bits), turn (32 bits), from the lowest bit up.
class Random {
 public:
  constexpr Random(std::uint64_t seed, Stream stream, std::uint64_t path = 0, Key key = {})
      : hash_(
            mix(mix(mix(mix(mix(0, seed), std::uint64_t{static_cast<std::uint32_t>(stream)}), path),
                    std::uint64_t{key.view}),
                std::uint64_t{key.part})),
        draw_(key.draw) {}

  /// The array of a part of what asks: independent of this one and of its siblings.
  constexpr Random at(std::uint64_t part) const {
    Random r = *this;
    r.hash_ = mix(hash_, part);
    return r;
  }
  constexpr Random at(std::string_view part) const {
    Random r = *this;
    r.hash_ = mix(hash_, part);
    return r;
  }

  /// Four independent words for each element in [0, 2^48).
  constexpr std::array<std::uint32_t, 4> bits(Index element) const {
    const auto e = static_cast<std::uint64_t>(element);
    const auto s = static_cast<std::uint64_t>(draw_.sample);
    return philox({static_cast<std::uint32_t>(e),
                   static_cast<std::uint32_t>((e >> 32 & 0xffffu) | (s & 0xffffu) << 16),
                   static_cast<std::uint32_t>(s >> 16), draw_.turn},
                  {static_cast<std::uint32_t>(hash_), static_cast<std::uint32_t>(hash_ >> 32)});
  }
  /// Uniform in [0, 1), a multiple of 2^-53.
  constexpr double uniform(Index element) const {
    const auto b = bits(element);
    return static_cast<double>((std::uint64_t{b[0]} << 32 | b[1]) >> 11) * 0x1p-53;
  }
  constexpr double uniform(Index element, double low, double high) const {
    return low + (high - low) * uniform(element);
  }
  /// Uniform in {0, ..., n - 1}; the bias is below n / 2^64.
  constexpr Index below(Index element, Index n) const {
    const auto b = bits(element);
    __extension__ using Wide = unsigned __int128;
    const Wide x = std::uint64_t{b[0]} << 32 | b[1];
    return static_cast<Index>(static_cast<std::uint64_t>(x * static_cast<std::uint64_t>(n) >> 64));
  }
  /// True with probability p.
  constexpr bool chance(Index element, double p) const { return uniform(element) < p; }
  /// Standard normal, by Box and Muller's transform.
  double normal(Index element) const {
    const auto b = bits(element);
    const double u = (static_cast<double>((std::uint64_t{b[0]} << 32 | b[1]) >> 11) + 1) * 0x1p-53;
    const double v = static_cast<double>((std::uint64_t{b[2]} << 32 | b[3]) >> 11) * 0x1p-53;
    return std::sqrt(-2 * std::log(u)) * std::cos(6.283185307179586476925 * v);
  }
  /// Standard normal within two standard deviations; its own deviation is 0.87962566103423978.
  double truncated_normal(Index element) const {
    for (std::uint64_t trial = 0;; ++trial) {  // rejected with probability 0.046
      const double x = at(trial).normal(element);
      if (std::abs(x) <= 2) return x;
    }
  }
  /// Gamma(shape, 1), by Marsaglia and Tsang's rejection; shape > 0.
  double gamma(Index element, double shape) const;
  /// Beta(a, b), as mixing of images uses it; a, b > 0.
  double beta(Index element, double a, double b) const;
  /// Where `position` of 0 ... n - 1 goes in a random permutation, without storing one: a Feistel
  /// network over the next power of four, walked until it falls below n.
  constexpr Index permuted(Index position, Index n) const;

 private:
  std::uint64_t hash_;
  Draw draw_;
};

inline double Random::gamma(Index element, double shape) const {
  // below 1: Gamma(a) = Gamma(a + 1) U^(1/a)
  const double boost = shape < 1 ? std::pow(1 - at("boost").uniform(element), 1 / shape) : 1;
  const double d = (shape < 1 ? shape + 1 : shape) - 1.0 / 3, c = 1 / std::sqrt(9 * d);
  for (std::uint64_t trial = 0;; ++trial) {
    const double x = at(2 * trial).normal(element), v = std::pow(1 + c * x, 3);
    const double u = 1 - at(2 * trial + 1).uniform(element);  // in (0, 1]
    if (v > 0 && std::log(u) < x * x / 2 + d - d * v + d * std::log(v)) return boost * d * v;
  }
}

inline double Random::beta(Index element, double a, double b) const {
  const double x = at("first").gamma(element, a), y = at("second").gamma(element, b);
  return x + y > 0 ? x / (x + y) : 0.5;  // both underflow where a and b are tiny
}

constexpr Index Random::permuted(Index position, Index n) const {
  if (n <= 1) return 0;
  const int half = (static_cast<int>(std::bit_width(static_cast<std::uint64_t>(n - 1))) + 1) / 2;
  const std::uint64_t mask = (std::uint64_t{1} << half) - 1;
  auto x = static_cast<std::uint64_t>(position);
  do {
    std::uint64_t left = x >> half, right = x & mask;
    for (std::uint64_t round = 0; round < 6; ++round) {
      const std::uint64_t mixed =
          left ^ (mix(hash_ + round, right + (std::uint64_t{draw_.turn} << 48)) & mask);
      left = right;
      right = mixed;
    }
    x = left << half | right;
  } while (x >= static_cast<std::uint64_t>(n));
  return static_cast<Index>(x);
}

}  // namespace selfsame
