#include <selfsame/positives/siblings.hpp>

#include "support/catch.hpp"

using namespace selfsame;

TEST_CASE("Siblings compare one pass of all views with itself, and what a memory has further",
          "[positives]") {
  std::vector<float> z(24), gradient(24), bank(8);
  const Live<Cpu> rows{{z.data(), 6, 4}, {gradient.data(), 6, 4}};
  Embedded<Cpu> embedded;
  embedded.batch = 2;
  embedded.views = 3;
  embedded.queries = {&rows, 1};
  embedded.remembered = {bank.data(), 2, 4};
  int visits = 0;
  Siblings{}.compare(
      embedded, [&](Live<Cpu> some, const auto& columns, const auto& relation, In<Cpu> further) {
        ++visits;
        CHECK((some.value.data == z.data() && some.value.rows == 6));
        CHECK(std::same_as<std::remove_cvref_t<decltype(columns)>, Same>);
        CHECK(further.data == bank.data());
        CHECK(relation(0, 2).positive == 1);  // the second view of image 0
        CHECK(relation(0, 4).positive == 1);
        CHECK(relation(0, 1).positive == 0);
        CHECK(relation(0, 0).negative == 0);
      });
  CHECK(visits == 1);
}

TEST_CASE("Siblings need one pass and no labels", "[positives]") {
  CHECK(Siblings::passes == Passes::together);
  CHECK_FALSE(Siblings::labelled);
}
