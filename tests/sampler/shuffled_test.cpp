#include <selfsame/sampler/shuffled.hpp>
#include "support/catch.hpp"

#include <vector>

using namespace selfsame;

TEST_CASE("an epoch hands every sample out once, and its turn is the epoch", "[sampler]") {
  const Index samples = GENERATE(1, 2, 3, 17, 256, 1000);
  const Index epoch = GENERATE(0, 1, 5);
  CAPTURE(samples, epoch);
  std::vector<int> seen(static_cast<std::size_t>(samples));
  for (Index i = 0; i < samples; ++i) {
    const Draw draw = Shuffled{}.draw(3, samples, epoch * samples + i);
    REQUIRE(draw.sample >= 0);
    REQUIRE(draw.sample < samples);
    REQUIRE(draw.turn == static_cast<std::uint32_t>(epoch));
    ++seen[static_cast<std::size_t>(draw.sample)];
  }
  CHECK(seen == std::vector<int>(static_cast<std::size_t>(samples), 1));
}

TEST_CASE("epochs and seeds have orders of their own", "[sampler]") {
  const auto order = [](std::uint64_t seed, Index epoch) {
    std::vector<Index> samples;
    for (Index i = 0; i < 100; ++i)
      samples.push_back(Shuffled{}.draw(seed, 100, epoch * 100 + i).sample);
    return samples;
  };
  CHECK(order(1, 0) == order(1, 0));
  CHECK(order(1, 0) != order(1, 1));
  CHECK(order(1, 0) != order(2, 0));
}

TEST_CASE("every sample comes first about as often as any other", "[sampler]") {
  std::vector<int> first(10);
  for (std::uint64_t seed = 0; seed < 10000; ++seed)
    ++first[static_cast<std::size_t>(Shuffled{}.draw(seed, 10, 0).sample)];
  for (const int count : first) CHECK(std::abs(count - 1000) < 4 * 30);
}
