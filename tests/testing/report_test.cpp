#include <selfsame/testing/report.hpp>

#include "support/catch.hpp"

using selfsame::testing::Report;

TEST_CASE("Report: it is true until a sentence is noted", "[testing]") {
  Report report{"Mine"};
  CHECK(report);
  CHECK(to_string(report) == "Mine keeps all laws");
  report.require(true, "never noted");
  CHECK(report);
  report.require(false, "the value is NaN");
  CHECK_FALSE(report);
  CHECK(report.says("NaN"));
  CHECK_FALSE(report.says("never"));
  CHECK(to_string(report) == "Mine breaks 1 law\n  the value is NaN");
}

TEST_CASE("Report: what was found in a case is noted with the case", "[testing]") {
  Report report{"Mine"}, one{"part"};
  report.add("one column", one);
  CHECK(report);
  one.require(false, "this"), one.require(false, "that");
  report.add("one column", one);
  CHECK(to_string(report) == "Mine breaks 2 laws\n  one column: this\n  one column: that");
  CHECK(Catch::Detail::stringify(report) == to_string(report));
}
