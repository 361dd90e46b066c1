#include <selfsame/kernel/cuda/normalise.cuh>

#include <selfsame/kernel/cpu/normalise.hpp>

#include "thrust_devices.hpp"

using namespace selfsame;
using namespace selfsame::test;

TEMPLATE_TEST_CASE("normalised rows and their gradient on Thrust agree with the processor's",
                   "[kernel][thrust]", SELFSAME_THRUST_DEVICES) {
  using D = TestType;
  for (const Index rows : {0, 1, 9})
    for (const Index cols : {1, 5, 130})
      for (const Write write : {Write::overwrite, Write::add}) {
        CAPTURE(rows, cols);
        const float epsilon = 0.5f;
        const Index stride = cols + 2;
        auto x = uniform(rows * stride, 1);
        if (rows > 1) std::fill_n(x.begin(), stride, 0.f);
        const auto du = uniform(rows * stride, 2);
        std::vector<float> unit(x.size()), norms(static_cast<std::size_t>(rows)),
            dx = uniform(rows * stride, 3);
        DeviceArray device_x(x), device_du(du), device_unit(unit), device_norms(norms),
            device_dx(dx);

        const auto in = [&]<class E>(const float* p, const E&) {
          return In<E>(p, rows, cols, stride);
        };
        const auto out = [&]<class E>(float* p, const E&) { return Out<E>(p, rows, cols, stride); };
        const D device;
        const Cpu cpu;
        l2_normalise(device, in(device_x.data(), device), epsilon, out(device_unit.data(), device),
                     {device_norms.data(), rows});
        l2_normalise_gradient(device, in(device_unit.data(), device), {device_norms.data(), rows},
                              epsilon, in(device_du.data(), device), out(device_dx.data(), device),
                              write);
        l2_normalise(cpu, in(x.data(), cpu), epsilon, out(unit.data(), cpu), view<Cpu>(norms));
        l2_normalise_gradient(cpu, in(unit.data(), cpu), view<Cpu>(norms), epsilon,
                              in(du.data(), cpu), out(dx.data(), cpu), write);
        CHECK(worst(device_unit.host(), unit) <= 1e-6f);
        CHECK(worst(device_norms.host(), norms) <= 1e-6f);
        CHECK(worst(device_dx.host(), dx) <= 1e-5f);
      }
}
