#include <selfsame/sampler/sampler.hpp>
#include "support/catch.hpp"

using namespace selfsame;

namespace {
struct InOrder {
  using plays = role::Sampler;
  Draw draw(std::uint64_t, Index samples, Index position) const {
    return {position % samples, static_cast<std::uint32_t>(position / samples)};
  }
};
struct Stateful {  // moves when it draws
  using plays = role::Sampler;
  Index next = 0;
  Draw draw(std::uint64_t, Index, Index) { return {next++, 0}; }
};
struct Roleless {
  Draw draw(std::uint64_t, Index, Index) const { return {}; }
};
}  // namespace

TEST_CASE("a sampler is a policy whose draw changes nothing", "[sampler]") {
  STATIC_REQUIRE(Sampler<InOrder>);
  STATIC_REQUIRE_FALSE(Sampler<Stateful>);
  STATIC_REQUIRE_FALSE(Sampler<Roleless>);
}
