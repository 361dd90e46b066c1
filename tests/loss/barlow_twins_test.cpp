#include <selfsame/loss/barlow_twins.hpp>

#include "loss/view_reference.hpp"

using namespace selfsame;
using namespace selfsame::testing;
using D = BasicCpu<double>;

TEST_CASE(
    "Barlow Twins agrees with lightly's, with central differences for three views, over ranks",
    "[loss]") {
  check_view_loss(BarlowTwins{}, "loss/barlow_twins.txt");
}

TEST_CASE(
    "Barlow Twins: equal views of independent numbers cost nothing, copies of one number lambda",
    "[loss]") {
  const BarlowTwins loss{.lambda = 0.5, .epsilon = 1e-12};
  const std::vector<double> apart{1, 1, 1, -1, -1, 1, -1, -1};
  CHECK(on_views<D>(loss, {apart, apart}, 2).value == Approx(0).margin(1e-12));
  const std::vector<double> alike{1, 1, 1, 1, -1, -1, -1, -1};
  CHECK(on_views<D>(loss, {alike, alike}, 2).value == Approx(2 * 0.5).epsilon(1e-9));
}

TEST_CASE("Barlow Twins: neither shift nor positive scale of a view's numbers changes it",
          "[loss]") {
  auto views = formula_views(2, 9, 4);
  const double before = on_views<D>(BarlowTwins{.epsilon = 1e-14}, views, 4).value;
  for (std::size_t i = 0; i < views[1].size(); ++i)
    views[1][i] = 3 * views[1][i] + static_cast<double>(i % 4);
  CHECK(on_views<D>(BarlowTwins{.epsilon = 1e-14}, views, 4).value == Approx(before).epsilon(1e-9));
}
