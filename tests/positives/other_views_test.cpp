#include <selfsame/positives/other_views.hpp>

#include "support/catch.hpp"

using namespace selfsame;

TEST_CASE(
    "OtherViews compare one pass of all views with itself, and what a memory has extra_negatives",
    "[positives]") {
  std::vector<float> z(24), gradient(24), bank(8);
  const Differentiable<Cpu> rows{{z.data(), 6, 4}, {gradient.data(), 6, 4}};
  Embedded<Cpu> embedded;
  embedded.batch = 2;
  embedded.views = 3;
  embedded.queries = {&rows, 1};
  embedded.remembered = {bank.data(), 2, 4};
  int visits = 0;
  OtherViews{}.compare(embedded, [&](Differentiable<Cpu> some, const auto& columns,
                                     const auto& relation, In<Cpu> extra_negatives) {
    ++visits;
    CHECK((some.value.data == z.data() && some.value.rows == 6));
    CHECK(std::same_as<std::remove_cvref_t<decltype(columns)>, SameRows>);
    CHECK(extra_negatives.data == bank.data());
    CHECK(relation(0, 2).positive == 1);  // the second view of image 0
    CHECK(relation(0, 4).positive == 1);
    CHECK(relation(0, 1).positive == 0);
    CHECK(relation(0, 0).denominator == 0);
  });
  CHECK(visits == 1);
}

TEST_CASE("OtherViews need one pass and no labels", "[positives]") {
  CHECK(OtherViews::passes == Passes::together);
  CHECK_FALSE(OtherViews::labelled);
}
