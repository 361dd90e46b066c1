#include <selfsame/core/numbers.hpp>

#include "support/catch.hpp"

#include <cmath>
#include <limits>

using namespace selfsame;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("Checked numbers hold the ends of their range and no more", "[core]") {
  const double tiny = std::numeric_limits<double>::denorm_min(),
               huge = std::numeric_limits<double>::max();
  CHECK((Fraction(0) == 0 && Fraction(1) == 1));
  CHECK((Positive(tiny) == tiny && Positive(huge) == huge));
  CHECK((NonNegative(0) == 0 && NonNegative(huge) == huge));
  CHECK(Count(1) == 1);
  CHECK((Temperature(0x1p-20) == 0x1p-20 && Temperature(0x1p40) == 0x1p40));
  CHECK((Epsilon(0x1p-100) == 0x1p-100 && Epsilon(0x1p100) == 0x1p100));
  CHECK_THROWS_AS(Temperature(std::nextafter(0x1p-20, 0)), std::invalid_argument);
  CHECK_THROWS_AS(Epsilon(std::nextafter(0x1p-100, 0)), std::invalid_argument);
  CHECK_THROWS_AS(Fraction(-tiny), std::invalid_argument);
  CHECK_THROWS_AS(Fraction(1 + 1e-15), std::invalid_argument);
  CHECK_THROWS_AS(Positive(0), std::invalid_argument);
  CHECK_THROWS_AS(NonNegative(-tiny), std::invalid_argument);
  CHECK_THROWS_AS(Count(0), std::invalid_argument);
  CHECK_THROWS_AS(Count(-5), std::invalid_argument);
}

TEST_CASE("Checked numbers refuse a NaN and an infinity", "[core]") {
  for (const double bad : {double{NAN}, double{INFINITY}, -double{INFINITY}}) {
    CAPTURE(bad);
    CHECK_THROWS_AS(Fraction(bad), std::invalid_argument);
    CHECK_THROWS_AS(Positive(bad), std::invalid_argument);
    CHECK_THROWS_AS(NonNegative(bad), std::invalid_argument);
  }
}

TEST_CASE("A bad number says what it is and what it must be", "[core]") {
  CHECK_THROWS_WITH(Fraction(1.5), ContainsSubstring("1.5") && ContainsSubstring("[0, 1]"));
  CHECK_THROWS_WITH(Positive(-2),
                    ContainsSubstring("-2") && ContainsSubstring("positive and finite"));
  CHECK_THROWS_WITH(NonNegative(-2), ContainsSubstring("non-negative"));
  CHECK_THROWS_WITH(Temperature(9e-7),
                    "selfsame: 9e-07 is not a temperature: it must be in [2^-20, 2^40], about "
                    "9.54e-07 to 1.1e+12");
  CHECK_THROWS_WITH(Epsilon(1e-31), ContainsSubstring("1e-31 is not an epsilon"));
  CHECK_THROWS_WITH(Count(0),
                    ContainsSubstring("0 is not a count") && ContainsSubstring("at least 1"));
}

TEST_CASE("Checked numbers are made and read at compile time", "[core]") {
  static_assert(Fraction(0.25) * 4 == 1);
  static_assert(Positive(2.5) + 1 == 3.5);
  static_assert(Count(3) * 2 == 6);
  struct Policy {
    Fraction momentum = 0.5;
    Count width = 4;
  };
  constexpr Policy p{.momentum = 1, .width = 9};
  CHECK((p.momentum == 1 && p.width == 9));
}
