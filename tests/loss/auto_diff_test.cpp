#include <selfsame/loss/auto_diff.hpp>

#include <selfsame/loss/regression.hpp>
#include <selfsame/loss/vicreg.hpp>
#include <selfsame/testing/check_same_loss.hpp>

#include "loss/drafts.hpp"
#include "support/catch.hpp"

using namespace selfsame;
using namespace selfsame::testing;

TEST_CASE("Tape: the slope of each function agrees with central differences", "[loss]") {
  const auto check = [](auto&& f, double x, double y) {
    selfsame::detail::Tape tape;
    const Traced a = tape.variable(x), b = tape.variable(y);
    const Traced result = f(a, b);
    tape.sweep(result);
    const auto value = [&](double u, double w) { return f(Traced(u), Traced(w)).value(); };
    CHECK(result.value() == value(x, y));
    const double h = 1e-6;
    CHECK(tape.slope_of(a) == Approx((value(x + h, y) - value(x - h, y)) / (2 * h)).margin(1e-8));
    CHECK(tape.slope_of(b) == Approx((value(x, y + h) - value(x, y - h)) / (2 * h)).margin(1e-8));
  };
  for (const double x : {0.7, 1.9}) {
    check([](auto a, auto b) { return a + b; }, x, 0.4);
    check([](auto a, auto b) { return a - 2 * b; }, x, 0.4);
    check([](auto a, auto b) { return a * b * a; }, x, 0.4);
    check([](auto a, auto b) { return a / b; }, x, 0.4);
    check([](auto a, auto b) { return exp(a) * log(b); }, x, 0.4);
    check([](auto a, auto b) { return sqrt(a + b) * tanh(b); }, x, 0.4);
    check([](auto a, auto b) { return sin(a) - cos(b) + pow(a, 3) * pow(b, -0.5); }, x, 0.4);
    check([](auto a, auto b) { return abs(b - a) + max(a, b) * min(a, b); }, x, 0.4);
    check(
        [](auto a, auto b) {
          auto c = a;
          c += b, c *= a, c -= 1, c /= b;
          return -c;
        },
        x, 0.4);
  }
}

TEST_CASE("Tape: a number used often gets the sum of its slopes, a constant none", "[loss]") {
  selfsame::detail::Tape tape;
  const Traced x = tape.variable(3), unused = tape.variable(1);
  Traced power = 1;
  for (int k = 0; k < 5; ++k) power *= x;
  tape.sweep(power);
  CHECK(tape.slope_of(x) == Approx(5 * 81));
  CHECK(tape.slope_of(unused) == 0);
  tape.sweep(Traced(7));
  CHECK(tape.slope_of(x) == 0);
}

TEST_CASE("AutoDiff: VICReg by its value has the gradient of the kernel by hand", "[loss]") {
  CHECK(check_same_loss(VICReg{}, AutoDiff<mine::VicregDraft>{}));
  const Report wrong = check_same_loss(VICReg{}, AutoDiff<mine::VicregDraft>{{.scale = 1.01}});
  CHECK(wrong.says("the value of 6 images"));
  CHECK(wrong.says("the gradient of first"));
}

TEST_CASE("AutoDiff: a loss of rows against targets, too", "[loss]") {
  CHECK(check_same_loss(NormalisedRegression{}, AutoDiff<mine::RegressionDraft>{}));
  CHECK(RowLoss<AutoDiff<mine::RegressionDraft>, Cpu>);
  CHECK_FALSE(ViewLoss<AutoDiff<mine::RegressionDraft>, Cpu>);
}
