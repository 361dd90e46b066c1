#include <selfsame/testing/example.hpp>

#include "support/catch.hpp"

using namespace selfsame::testing;

namespace {
struct Known {};
struct Unknown {};
}  // namespace

template <>
struct selfsame::testing::Example<Known> {
  static constexpr Expectations expectations{.several_ranks = false};
};

TEST_CASE("Example: the kit sees whether there is one, and what it expects", "[testing]") {
  static_assert(detail::HasExample<Known> && !detail::HasExample<Unknown>);
  CHECK_FALSE(Example<Known>::expectations.several_ranks);
  CHECK(Expectations{}.several_ranks);
}
