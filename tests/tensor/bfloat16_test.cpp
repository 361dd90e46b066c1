#include <selfsame/tensor/bfloat16.hpp>

#include <cmath>
#include <limits>

#include "support/catch.hpp"

using selfsame::BFloat16;

TEST_CASE("A BFloat16 is the nearest of its neighbours, ties to even", "[tensor]") {
  for (const float x : {1.f, -3.25f, 1e-30f, 3e38f, 0.1f, 1.00390625f, 1.01171875f, 1e-40f}) {
    CAPTURE(x);
    const BFloat16 b(x);
    const auto above = std::bit_cast<BFloat16>(static_cast<std::uint16_t>(b.bits() + 1));
    const auto below = std::bit_cast<BFloat16>(static_cast<std::uint16_t>(b.bits() - 1));
    const float error = std::abs(static_cast<float>(b) - x);
    CHECK(error <= std::abs(static_cast<float>(above) - x));
    CHECK(error <= std::abs(static_cast<float>(below) - x));
    if (error == std::abs(static_cast<float>(above) - x) ||
        error == std::abs(static_cast<float>(below) - x))
      CHECK(b.bits() % 2 == 0);
  }
  CHECK(static_cast<float>(BFloat16(1.00390625f)) == 1);          // half way between 1 and 1 + 2^-7
  CHECK(static_cast<float>(BFloat16(1.01171875f)) == 1.015625f);  // half way again, to even
}

TEST_CASE("A BFloat16 keeps signs, infinities and NaN, and overflows to infinity", "[tensor]") {
  const float infinity = std::numeric_limits<float>::infinity();
  CHECK(static_cast<float>(BFloat16(infinity)) == infinity);
  CHECK(static_cast<float>(BFloat16(-infinity)) == -infinity);
  CHECK(static_cast<float>(BFloat16(std::numeric_limits<float>::max())) == infinity);
  CHECK(std::isnan(static_cast<float>(BFloat16(std::numeric_limits<float>::quiet_NaN()))));
  CHECK(std::isnan(static_cast<float>(BFloat16(std::bit_cast<float>(0x7f800001u)))));
  CHECK(std::signbit(static_cast<float>(BFloat16(-0.f))));
  CHECK(BFloat16(0.f) == BFloat16(-0.f));
  CHECK(BFloat16(2.f) < BFloat16(2.5f));
  CHECK(BFloat16(1.f) + BFloat16(0.001f) == BFloat16(1.f));
}
