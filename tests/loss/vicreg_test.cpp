#include <selfsame/loss/vicreg.hpp>

#include "loss/view_reference.hpp"

using namespace selfsame;
using namespace selfsame::testing;
using D = BasicCpu<double>;

TEST_CASE("VICReg agrees with lightly's, with central differences for three views, and over ranks",
          "[loss]") {
  check_view_loss(VICReg{}, "loss/vicreg.txt");
}

TEST_CASE("VICReg: each term alone has its closed form", "[loss]") {
  // Two views of two images and two numbers: (1, 0), (-1, 0) and the same 3 further up.
  const std::vector<std::vector<double>> views{{1, 0, -1, 0}, {4, 3, 2, 3}};
  VICReg loss{.invariance = 1, .variance = 0, .covariance = 0};
  CHECK(on_views<D>(loss, views, 2).value == Approx(9));
  loss = {.invariance = 0, .variance = 1, .covariance = 0, .epsilon = 1e-6};
  // Variances 2 and 0: no cost, and 1 less the root of epsilon; a mean of two numbers.
  CHECK(on_views<D>(loss, views, 2).value == Approx((1 - 1e-3) / 2));
  loss = {.invariance = 0, .variance = 0, .covariance = 1};
  CHECK(on_views<D>(loss, views, 2).value == Approx(0).margin(1e-15));
  // Both numbers alike: C = 2 everywhere, two pairs of 4, two views, divided by D = 2.
  CHECK(on_views<D>(loss, {{1, 1, -1, -1}, {1, 1, -1, -1}}, 2).value == Approx(8));
}

TEST_CASE("VICReg: embeddings that are all alike cost the variance's weight", "[loss]") {
  const std::vector<double> flat(12, 0.7);
  const VICReg loss{.epsilon = 1e-12};
  CHECK(on_views<D>(loss, {flat, flat}, 3).value == Approx(25).epsilon(1e-5));
}

TEST_CASE("VICReg: one image of one view costs no more than constants", "[loss]") {
  const auto r = on_views<D>(VICReg{}, {{1, 2, 3}}, 3);
  CHECK(std::isfinite(r.value));
  for (const double g : r.gradients[0]) CHECK(g == 0);
}
