#include <selfsame/kernel/cpu/normalise.hpp>

#include "devices.hpp"

using namespace selfsame;
using namespace selfsame::test;

TEMPLATE_TEST_CASE("normalised rows and their gradient agree with the formula in double",
                   "[kernel]", SELFSAME_TEST_DEVICES) {
  using D = TestType;
  using T = Activation<D>;
  const D device{.threads = 2};
  for (const Isa isa : isas())
    for (const Index cols : {1, 3, 16, 130}) {
      CAPTURE(static_cast<int>(isa), cols);
      const Forced forced(isa);
      const double epsilon = 0.5;
      Padded<T> x(7, cols, 1), unit(7, cols, 2), du(7, cols, 3), dx(7, cols, 4);
      for (Index c = 0; c < cols; ++c) x.template view<D>()(3, c) = 0;
      for (Index c = 0; c < cols; ++c) x.template view<D>()(4, c) *= T(1e-3);
      std::vector<Real<D>> norms(7);
      l2_normalise(device, x.template view<D>(), Real<D>(epsilon), unit.template view<D>(),
                   view<D>(norms));
      const Matrix in = x.matrix(), g = du.matrix(), before = dx.matrix();
      Matrix u = in, wanted = g;
      for (Index r = 0; r < 7; ++r) {
        const double norm = std::max(in.row(r).norm(), epsilon);
        u.row(r) /= norm;
        if (norm > epsilon) wanted.row(r) -= u.row(r).dot(g.row(r)) * u.row(r);
        wanted.row(r) /= norm;
        CHECK(std::abs(norm - static_cast<double>(norms[static_cast<std::size_t>(r)])) <
              8 * ulp<Real<D>> * norm);
      }
      const double rounding = 64 * ulp<T>;
      CHECK(largest_difference(unit.matrix(), u) < rounding);
      l2_normalise_gradient(device, unit.template view<D>(), view<D>(norms), Real<D>(epsilon),
                            du.template view<D>(), dx.template view<D>(), Write::add);
      CHECK(largest_difference(dx.matrix(), before + wanted) < rounding);
      l2_normalise_gradient(device, unit.template view<D>(), view<D>(norms), Real<D>(epsilon),
                            du.template view<D>(), dx.template view<D>(), Write::overwrite);
      CHECK(largest_difference(dx.matrix(), wanted) < rounding);
      CHECK((unit.untouched() && dx.untouched()));
    }
}

TEST_CASE("a zero row stays zero and a huge row does not overflow", "[kernel]") {
  using D = Cpu;
  std::vector<float> x{0, 0, 3e30f, 4e30f}, unit(4), norms(2);
  l2_normalise(D{}, In<D>(x.data(), 2, 2), 1e-12f, Out<D>(unit.data(), 2, 2), view<D>(norms));
  CHECK(unit[0] == 0);
  CHECK(std::abs(unit[2] - 0.6f) < 1e-6f);
  CHECK(std::abs(unit[3] - 0.8f) < 1e-6f);
}
