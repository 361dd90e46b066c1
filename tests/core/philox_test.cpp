#include <selfsame/core/philox.hpp>

#include "support/catch.hpp"

#if __has_include(<Random123/philox.h>)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"
#include <Random123/philox.h>
#pragma GCC diagnostic pop
#define SELFSAME_HAS_RANDOM123
#endif

using namespace selfsame;
using Words = std::array<std::uint32_t, 4>;

TEST_CASE("Philox has the known answers of Random123",
          "[core]") {  // tests/kat_vectors, philox4x32 10
  static_assert(philox({0, 0, 0, 0}, {0, 0}) ==
                Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  CHECK(philox({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}) ==
        Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  CHECK(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
        Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

#ifdef SELFSAME_HAS_RANDOM123
TEST_CASE("Philox agrees with Random123 on ten thousand counters and keys", "[core]") {
  std::uint32_t word = 1;
  const auto next = [&] { return word = word * 1664525u + 1013904223u; };
  for (int i = 0; i < 10'000; ++i) {
    const Words counter{next(), next(), next(), next()};
    const std::array<std::uint32_t, 2> key{next(), next()};
    const auto theirs =
        r123::Philox4x32()({{counter[0], counter[1], counter[2], counter[3]}}, {{key[0], key[1]}});
    const Words mine = philox(counter, key);
    if (mine != Words{theirs[0], theirs[1], theirs[2], theirs[3]})
      FAIL("counter " << counter[0] << ", step " << i);
  }
}
#endif
