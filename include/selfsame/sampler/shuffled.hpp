/// @file
/// Every sample once an epoch, in an order of its own for each epoch.
#pragma once
#include <selfsame/core/random.hpp>
#include <selfsame/sampler/sampler.hpp>

#include <cassert>

namespace selfsame {

/// Position p of a data set of n samples belongs to epoch p div n, which is a permutation of all
/// samples. The turn of a draw is its epoch.
struct Shuffled {
  using plays = role::Sampler;

  Draw draw(std::uint64_t seed, Index samples, Index position) const {
    assert(samples > 0 && position >= 0);
    const Index epoch = position / samples;
    const Random order(seed, Stream::order, static_cast<std::uint64_t>(epoch));
    return {order.permuted(position % samples, samples), static_cast<std::uint32_t>(epoch)};
  }
  friend bool operator==(const Shuffled&, const Shuffled&) = default;
};
static_assert(Sampler<Shuffled>);

}  // namespace selfsame
