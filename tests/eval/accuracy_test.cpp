#include <selfsame/eval/accuracy.hpp>
#include "support/catch.hpp"

using namespace selfsame;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("Accuracy counts equal labels, and no prediction as wrong", "[eval]") {
  const std::vector<Index> predicted{0, 1, 2, -1, -1}, labels{0, 2, 2, 1, -1};
  const Accuracy a = accuracy(Cpu{}, view<Cpu>(predicted), view<Cpu>(labels));
  CHECK(a.correct == 2);
  CHECK(a.value() == 0.4);
}

TEST_CASE("Predictions and labels of differing number are refused", "[eval]") {
  const std::vector<Index> two{0, 1};
  CHECK_THROWS_WITH(accuracy(Cpu{}, view<Cpu>(two), {}),
                    ContainsSubstring("predictions are (2), labels are (0)"));
}

TEST_CASE("Wilson's interval of 8 in 10 is the textbook's", "[eval]") {
  const Interval i = Accuracy{8, 10}.interval();
  CHECK(std::abs(i.low - 0.4901625) < 1e-6);
  CHECK(std::abs(i.high - 0.9433178) < 1e-6);
}

TEST_CASE("Wilson's interval stays within 0 and 1", "[eval]") {
  CHECK(Accuracy{0, 5}.interval().low == 0);
  CHECK(Accuracy{0, 5}.interval().high < 0.5);
  CHECK(Accuracy{5, 5}.interval().high == 1);
  CHECK(Accuracy{0, 0}.interval().high == 1);
  CHECK(std::isnan(Accuracy{0, 0}.value()));
}

TEST_CASE("The spread of draws has the divisor n - 1", "[eval]") {
  const double draws[] = {1, 2, 3, 4};
  CHECK(spread(draws).mean == 2.5);
  CHECK(std::abs(spread(draws).deviation - std::sqrt(5.0 / 3)) < 1e-15);
  CHECK(spread({draws, 1}).deviation == 0);
  CHECK(std::isnan(spread({}).mean));
}
