#include <selfsame/interop/span.hpp>

#include "support/catch.hpp"

#include <vector>

using namespace selfsame;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("A span is rows on the same memory", "[interop]") {
  std::vector<float> numbers(12, 1);
  const auto m = view<Cpu>(std::span(numbers), 4);
  static_assert(std::same_as<decltype(m), const MatrixView<float, Cpu>>);
  CHECK((m.data == numbers.data() && m.rows == 3 && m.cols == 4 && m.stride == 4));
  m(2, 3) = 5;
  CHECK(numbers[11] == 5);
  const In<Cpu> in = view<Cpu>(std::span(numbers), 4);
  CHECK(in.data == numbers.data());
  const std::vector<float>& fixed = numbers;
  static_assert(
      std::same_as<decltype(view<Cpu>(std::span(fixed), 4)), MatrixView<const float, Cpu>>);
}

TEST_CASE("A span of fixed extent is a flat view, and a flat view is a span", "[interop]") {
  std::array<Index, 3> labels{4, 5, 6};
  const Vector<Index, Cpu> v = view<Cpu>(std::span(labels));
  CHECK((v.data == labels.data() && v.size == 3));
  as_span(v)[1] = 9;
  CHECK(labels[1] == 9);
}

TEST_CASE("A span that is no whole number of rows is refused with both numbers", "[interop]") {
  std::vector<float> numbers(10);
  CHECK_THROWS_WITH(view<Cpu>(std::span(numbers), 4),
                    ContainsSubstring("10 numbers are not rows of 4"));
  CHECK_THROWS_AS(view<Cpu>(std::span(numbers), 0), std::invalid_argument);
  CHECK_THROWS_AS(view<Cpu>(std::span(numbers), -2), std::invalid_argument);
  CHECK(view<Cpu>(std::span(numbers).first(0), 0).rows == 0);
  CHECK(view<Cpu>(std::span(numbers).first(0), 7).cols == 7);
}

TEST_CASE("A strided view of a span ends with its last row, not with its last stride",
          "[interop]") {
  std::vector<float> numbers(13);
  const auto m = view<Cpu>(std::span(numbers), 3, 3, 5);
  CHECK(m.row(2) == numbers.data() + 10);
  CHECK(as_span(m, 2).size() == 3);
  CHECK_THROWS_WITH(view<Cpu>(std::span(numbers), 3, 4, 5),
                    ContainsSubstring("needs 14 numbers") && ContainsSubstring("has 13"));
  CHECK_THROWS_AS(view<Cpu>(std::span(numbers), 3, 3, 2), std::invalid_argument);
}
