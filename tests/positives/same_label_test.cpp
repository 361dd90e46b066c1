#include <selfsame/positives/same_label.hpp>

#include "support/catch.hpp"

using namespace selfsame;

TEST_CASE("SameLabel: rows of one class are positives, of any view, without a label never",
          "[positives]") {
  std::vector<float> z(24), gradient(24);
  const Differentiable<Cpu> rows{{z.data(), 6, 4}, {gradient.data(), 6, 4}};
  const std::vector<Index> labels{0, 1, -1, 0, 1, -1};  // three images, two views
  Embedded<Cpu> embedded;
  embedded.batch = 3;
  embedded.views = 2;
  embedded.queries = {&rows, 1};
  embedded.labels = view<Cpu>(labels);
  int visits = 0;
  SameLabel{}.compare(
      embedded, [&](Differentiable<Cpu> some, const auto& columns, const auto& relation, In<Cpu>) {
        ++visits;
        CHECK(some.value.rows == 6);
        CHECK(std::same_as<std::remove_cvref_t<decltype(columns)>, SameRows>);
        CHECK(relation(0, 3).positive == 1);
        CHECK(relation(0, 1).positive == 0);
        CHECK(relation(2, 5).positive == 0);
        CHECK(relation(2, 5).denominator == 1);
        CHECK(relation(0, 0).denominator == 0);
      });
  CHECK(visits == 1);
  CHECK(SameLabel::labelled);
  CHECK(SameLabel::passes == Passes::together);
}
