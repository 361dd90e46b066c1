#include <selfsame/kernel/cpu/elementwise.hpp>

#include "devices.hpp"

using namespace selfsame;
using namespace selfsame::test;

TEMPLATE_TEST_CASE("lerp, add, scale and fill are what they say", "[kernel]",
                   SELFSAME_TEST_DEVICES) {
  using D = TestType;
  using R = Real<D>;
  const D device{.threads = 2};
  for (const Isa isa : isas())
    for (const Index size : {0, 1, 7, 16, 33, 40'000}) {
      CAPTURE(static_cast<int>(isa), size);
      const Forced forced(isa);
      const auto x = noise<R>(size, 1), y = noise<R>(size, 2);
      const Matrix from = as_matrix(x), before = as_matrix(y);
      const R step = R(0.25), factor = R(3);
      const double rounding = 4 * ulp<R>;
      auto to = y;
      lerp(device, view<D>(x), step, view<D>(to));
      CHECK(largest_difference(as_matrix(to), before + 0.25 * (from - before)) < rounding);
      to = y;
      add(device, view<D>(x), view<D>(to));
      CHECK(largest_difference(as_matrix(to), before + from) < rounding);
      scale(device, factor, view<D>(to));
      CHECK(largest_difference(as_matrix(to), 3 * (before + from)) < 4 * rounding);
      fill(device, R(7), view<D>(to));
      CHECK(to == std::vector<R>(to.size(), R(7)));
    }
}

TEMPLATE_TEST_CASE("rows are added whatever their stride", "[kernel]", SELFSAME_TEST_DEVICES) {
  using D = TestType;
  Padded<Activation<D>> x(40, 13, 1), y(40, 13, 2);
  const Matrix wanted = x.matrix() + y.matrix();
  add(D{}, x.template view<D>(), y.template view<D>());
  CHECK(largest_difference(y.matrix(), wanted) < 4 * ulp<Activation<D>>);
  CHECK(y.untouched());
}

TEST_CASE("lerp with step 1 copies and with step 0 keeps", "[kernel]") {
  using D = Cpu;
  const auto x = noise<float>(100, 1), y = noise<float>(100, 2);
  auto to = y;
  lerp(D{}, view<D>(x), 0.f, view<D>(to));
  CHECK(to == y);
  std::vector<float> zero(100);
  lerp(D{}, view<D>(x), 1.f, view<D>(zero));
  CHECK(zero == x);
}
