#include <selfsame/kernel/cpu/activation.hpp>

#include "devices.hpp"

using namespace selfsame;
using namespace selfsame::test;

TEMPLATE_TEST_CASE("ReLU and its gradient are the formulas, strides kept", "[kernel]",
                   SELFSAME_TEST_DEVICES) {
  using D = TestType;
  for (const Isa isa : isas())
    for (const Index cols : {1, 6, 35}) {
      CAPTURE(static_cast<int>(isa), cols);
      const Forced forced(isa);
      Padded<Activation<D>> x(20, cols, 1), dy(20, cols, 2), out(20, cols, 3);
      x.template view<D>()(0, 0) = 0;  // the gradient at 0 is 0
      const Matrix in = x.matrix(), g = dy.matrix();
      relu(D{}, In<D>(x.template view<D>()), out.template view<D>());
      CHECK(largest_difference(out.matrix(), in.cwiseMax(0)) == 0);
      relu_gradient(D{}, In<D>(x.template view<D>()), In<D>(dy.template view<D>()),
                    out.template view<D>());
      CHECK(largest_difference(out.matrix(), (in.array() > 0).select(g, 0)) == 0);
      CHECK(out.untouched());
    }
}
