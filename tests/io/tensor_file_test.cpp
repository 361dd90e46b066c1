#include <selfsame/io/tensor_file.hpp>
#include "support/catch.hpp"

#include <bit>

using namespace selfsame;

TEST_CASE("binary16: every finite number is what its bits say, and round numbers are exact",
          "[io]") {
  CHECK(half_to_float(0x3c00) == 1.f);
  CHECK(half_to_float(0xc100) == -2.5f);
  CHECK(half_to_float(0x7bff) == 65504.f);
  CHECK(half_to_float(0x0001) == std::ldexp(1.f, -24));
  CHECK(half_to_float(0x0400) == std::ldexp(1.f, -14));
  CHECK(half_to_float(0x7c00) == std::numeric_limits<float>::infinity());
  CHECK(std::isnan(half_to_float(0x7e00)));
  CHECK(std::signbit(half_to_float(0x8000)));
  for (unsigned bits = 1; bits < 0x7c00; ++bits)  // they grow with their bits
    CHECK(half_to_float(static_cast<std::uint16_t>(bits - 1)) <
          half_to_float(static_cast<std::uint16_t>(bits)));
}

TEST_CASE("a tensor without extents is one number, and one with an extent of 0 none", "[io]") {
  const std::vector<double> x{2.5};
  CHECK(NamedTensor("x", {}, std::span<const double>(x)).numbers<float>() ==
        std::vector<float>{2.5f});
  CHECK(NamedTensor("x", {Index{1} << 62, 4, 0}, std::span<const double>()).size() == 0);
  CHECK(to_string(NamedTensor("x", {2, 3}, std::span<const double>())) == "'x' (2, 3)");
}

TEST_CASE("a tensor whose bytes are not those of its extents is refused before they are read",
          "[io]") {
  for (const std::size_t bytes : {0u, 7u, 9u, 16u}) {
    const NamedTensor x("x", Scalar::uint32, {2}, std::string(bytes, '\0'));
    CHECK_THROWS_WITH(x.numbers<float>(),
                      "selfsame: tensor 'x' (2) has " + std::to_string(bytes) + " bytes, not 8");
  }
}

TEST_CASE("each number comes as its own type, so that none is rounded", "[io]") {
  const std::uint64_t large = ~std::uint64_t{0};
  const NamedTensor x("x", Scalar::uint64, {},
                      std::string(reinterpret_cast<const char*>(&large), sizeof large));
  x.each_number([&](auto n) {
    CHECK(std::is_same_v<decltype(n), std::uint64_t>);
    CHECK(static_cast<std::uint64_t>(n) == large);
  });
}

TEST_CASE("a name that two tensors have is found", "[io]") {
  const auto named = [](const char* name) {
    return NamedTensor(name, {0}, std::span<const float>());
  };
  CHECK(repeated_name({}) == nullptr);
  CHECK(repeated_name({named("b"), named("a"), named("")}) == nullptr);
  REQUIRE(repeated_name({named("b"), named("a"), named("b")}) != nullptr);
}
