#include <selfsame/kernel/cuda/lerp.cuh>

#include <selfsame/kernel/cpu/elementwise.hpp>

#include "thrust_devices.hpp"

using namespace selfsame;
using namespace selfsame::test;

TEMPLATE_TEST_CASE("lerp on Thrust agrees with the processor's", "[kernel][thrust]",
                   SELFSAME_THRUST_DEVICES) {
  using D = TestType;
  for (const Index size : {0, 1, 1000}) {
    CAPTURE(size);
    const auto x = uniform(size, 1);
    auto wanted = uniform(size, 2);
    DeviceArray from(x), to(wanted);
    lerp(D{}, {from.data(), size}, 0.3f, Vector<float, D>{to.data(), size});
    lerp(Cpu{}, view<Cpu>(x), 0.3f, view<Cpu>(wanted));
    CHECK(worst(to.host(), wanted) <= 1e-6f);
  }
}
