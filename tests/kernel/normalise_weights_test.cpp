#include <selfsame/kernel/cpu/normalise_weights.hpp>

#include "devices.hpp"

using namespace selfsame;
using namespace selfsame::test;

TEMPLATE_TEST_CASE("rows of weights become unit, zero rows stay, and nothing beside them changes",
                   "[kernel]", SELFSAME_TEST_DEVICES) {
  using D = TestType;
  for (const Index cols : {1, 5, 128}) {
    Padded<Real<D>> w(301, cols, 1);
    const MatrixView<Real<D>, D> view = w.template view<D>();
    std::fill_n(view.row(7), cols, Real<D>(0));
    const Matrix before = w.matrix();
    Workspace scratch;
    normalise_weights(D{.threads = 2}, scratch, view, Real<D>(1e-12));
    Matrix unit = before.rowwise().normalized();
    unit.row(7).setZero();  // Eigen divides by its length
    CHECK(largest_difference(w.matrix(), unit) < 4 * ulp<Real<D>>);
    CHECK(w.untouched());
  }
}

TEST_CASE("a row of weights below the epsilon is divided by the epsilon", "[kernel]") {
  std::vector<double> w{3e-3, 4e-3, 0.6, 0.8};
  Workspace scratch;
  normalise_weights(BasicCpu<double>{}, scratch, {w.data(), 2, 2}, 0.5);
  CHECK(w[0] == Approx(6e-3));
  CHECK(w[3] == Approx(0.8));
}
