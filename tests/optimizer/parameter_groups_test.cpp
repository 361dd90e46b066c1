#include <selfsame/optimizer/parameter_groups.hpp>
#include "support/catch.hpp"

using namespace selfsame;

namespace {
Segment segment(const char* name, Kind kind) {
  Segment s;
  s.name = name;
  s.kind = kind;
  return s;
}
}  // namespace

TEST_CASE("Only weights and prototypes decay and adapt", "[optimizer]") {
  for (const Kind kind : {Kind::weight, Kind::prototype, Kind::bias, Kind::scale, Kind::shift,
                          Kind::token, Kind::position}) {
    const ParameterGroup t = WeightsDecay{}(segment("a", kind), {});
    CHECK(t.decays == (kind == Kind::weight || kind == Kind::prototype));
    CHECK(t.adapts == t.decays);
    CHECK(t.rate_factor == 1);
    CHECK_FALSE(t.frozen);
  }
}

TEST_CASE("A part is frozen by whole names", "[optimizer]") {
  const Freeze freeze{"encoder.layer1"};
  CHECK(freeze(segment("encoder.layer1.0.conv1.weight", Kind::weight), {}).frozen);
  CHECK(freeze(segment("encoder.layer1", Kind::weight), {}).frozen);
  CHECK_FALSE(freeze(segment("encoder.layer10.weight", Kind::weight), {}).frozen);
  CHECK_FALSE(freeze(segment("head.0.weight", Kind::weight), {}).frozen);
  CHECK(Freeze{""}(segment("head.0.weight", Kind::weight), {}).frozen);
}

TEST_CASE("A part thaws at its step", "[optimizer]") {
  const Freeze freeze{.part = "head", .until = 3};
  CHECK(freeze(segment("head.0.weight", Kind::weight), {.step = 2, .steps = 10}).frozen);
  CHECK_FALSE(freeze(segment("head.0.weight", Kind::weight), {.step = 3, .steps = 10}).frozen);
}

TEST_CASE("Of several rules the strictest holds", "[optimizer]") {
  const Rules rules{WeightsDecay{}, Freeze{"encoder"}};
  static_assert(ParameterGrouping<decltype(rules)>);
  CHECK(rules(segment("encoder.bias", Kind::bias), {}).frozen);
  CHECK_FALSE(rules(segment("encoder.bias", Kind::bias), {}).decays);
  CHECK_FALSE(rules(segment("head.weight", Kind::weight), {}).frozen);
  CHECK(rules(segment("head.weight", Kind::weight), {}).decays);
}
