#include <selfsame/core/schedule.hpp>
#include "support/catch.hpp"
#include "support/golden.hpp"

using namespace selfsame;

namespace {
double relative(double mine, double golden) { return std::abs(mine - golden) / std::abs(golden); }
}  // namespace

TEST_CASE("A warm-up and a cosine agree with SimCLR's schedule", "[core]") {
  const Index images = 50000, batch = 512, epochs = 1000;
  const Index warmup = 10 * images / batch, steps = images * epochs / batch + 1;
  REQUIRE(warmup == 976);
  REQUIRE(steps == 97657);
  const Schedule<NonNegative> rate = Schedule<NonNegative>(cosine(2)).after_warmup(warmup);
  CHECK(rate.at({0, steps}) == 0);
  CHECK(relative(rate.at({1, steps}), .002049180327869) < 1e-12);
  CHECK(relative(rate.at({975, steps}), 1.997950819672) < 1e-12);
  CHECK(rate.at({976, steps}) == 2);
  CHECK(relative(rate.at({50000, steps}), .9777918924324) < 1e-12);
  CHECK(relative(rate.at({97656, steps}), 5.279435777e-10) < 1e-6);  // 1 + cos(pi + small) cancels
}

TEST_CASE("A warm-up and a cosine agree with PyTorch's and lightly's schedules", "[core]") {
  const Golden golden = Golden::read("optimizer/schedule.txt");
  const auto& rates = golden["rate"].values;
  const Schedule<NonNegative> rate = Schedule<NonNegative>(cosine(2, 0.1)).after_warmup(10);
  for (std::size_t k = 0; k < rates.size(); ++k) {
    CAPTURE(k);
    CHECK(std::abs(rate.at({static_cast<Index>(k), 100}) - rates[k]) < 1e-12);
  }
}

TEST_CASE("A plain number is a schedule that stands still", "[core]") {
  const Schedule<Fraction> share = 0.25;
  CHECK(share.at({0, 10}) == 0.25);
  CHECK(share.at({9, 10}) == 0.25);
}

TEST_CASE("A linear schedule has its ends at the first step and one past the last", "[core]") {
  const Schedule<NonNegative> rate(1, 3, Curve::linear);
  CHECK(rate.at({0, 10}) == 1);
  CHECK(rate.at({5, 10}) == 2);
  CHECK(rate.at({10, 10}) == 3);
}

TEST_CASE("A schedule of steps falls at its milestones", "[core]") {
  const Schedule<NonNegative> rate(8, 8, Curve::steps);
  CHECK(rate.at({49, 100}) == 8);
  CHECK(relative(rate.at({50, 100}), 0.8) < 1e-14);
  CHECK(relative(rate.at({74, 100}), 0.8) < 1e-14);
  CHECK(relative(rate.at({75, 100}), 0.08) < 1e-14);
}

TEST_CASE("A schedule of no steps and one that is all warm-up are finite", "[core]") {
  const Schedule<NonNegative> rate = cosine(2);
  CHECK(rate.at({0, 0}) == 2);
  CHECK(relative(rate.after_warmup(5).at({4, 5}), 1.6) < 1e-14);
  CHECK(rate.after_warmup(5).at({5, 5}) == 2);
}
