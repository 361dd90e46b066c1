/// @file
/// Arrays of random numbers to draw from in tests.
#pragma once
#include <selfsame/core/random.hpp>

namespace selfsame {

inline Random test_random(Index sample, std::uint64_t seed = 7) {
  return Random(seed, Stream::test, 0, Key{{sample, 0}, 0, 0});
}

/// How often f(random) holds, of `count` arrays.
template <class F>
double share(Index count, F f) {
  Index yes = 0;
  for (Index i = 0; i < count; ++i) yes += f(test_random(i)) ? 1 : 0;
  return static_cast<double>(yes) / static_cast<double>(count);
}

}  // namespace selfsame
