#include <selfsame/method/unit_rows.hpp>

#include <selfsame/testing/gradient_check.hpp>

#include "support/catch.hpp"

using namespace selfsame;
using namespace selfsame::testing;
using D = BasicCpu<double>;

namespace {
struct Normalises {
  UnitLength normalised() const { return {1e-6}; }
};
struct Plain {};
}  // namespace

TEST_CASE("UnitRows: rows have unit length, and the gradient comes back to what they were, added",
          "[method]") {
  const D device{};
  Workspace workspace;
  const Pass<D> pass{.device = &device, .workspace = &workspace};
  std::vector<double> z{3, 4, 0.5, -1, 2, 2}, gradient(6, 0),
      by_unit{0.3, -0.2, 0.7, 0.1, -0.4, 0.9};
  UnitRows<D> unit;
  const auto value = [&] {
    const Differentiable<D> rows = unit.of(
        pass, Normalises{}, {In<D>(z.data(), 3, 2), Out<D>(gradient.data(), 3, 2), 1, true});
    double v = 0;
    for (Index r = 0; r < 3; ++r)
      for (Index c = 0; c < 2; ++c) {
        v += by_unit[static_cast<std::size_t>(2 * r + c)] * rows.value(r, c);
        rows.put(r, c, by_unit[static_cast<std::size_t>(2 * r + c)]);
      }
    return v;
  };
  value();
  const Differentiable<D> rows =
      unit.of(pass, Normalises{}, {In<D>(z.data(), 3, 2), Out<D>(gradient.data(), 3, 2), 1, true});
  for (Index r = 0; r < 3; ++r) CHECK(std::hypot(rows.value(r, 0), rows.value(r, 1)) == Approx(1));
  CHECK(rows.value(0, 0) == Approx(0.6));

  value();
  std::fill(gradient.begin(), gradient.end(), 5.0);
  unit.pull_back(pass, Normalises{});
  for (double& g : gradient) g -= 5;  // what stood there is kept
  CHECK(gradient_error(std::span(z), std::span<const double>(gradient), value) < 1e-8);
}

TEST_CASE("UnitRows: a loss that does not ask gets the rows as they are", "[method]") {
  const D device{};
  Workspace workspace;
  const Pass<D> pass{.device = &device, .workspace = &workspace};
  std::vector<double> z{3, 4}, gradient(2, 0);
  UnitRows<D> unit;
  const Differentiable<D> rows =
      unit.of(pass, Plain{}, {In<D>(z.data(), 1, 2), Out<D>(gradient.data(), 1, 2), 1, true});
  CHECK(rows.value.data == z.data());
  CHECK(rows.gradient.data == gradient.data());
  unit.pull_back(pass, Plain{});
  CHECK(gradient == std::vector<double>{0, 0});
}
