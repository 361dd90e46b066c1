// What conformance tests of losses with a temperature share.
#pragma once
#include <selfsame/testing/check_loss.hpp>

namespace selfsame::test {

/// Whether value and gradients are finite at the least temperature, in float and in double.
template <class L, class E = testing::Example<L>>
bool finite_at_the_least_temperature(const L& = {}, const E& example = {}) {
  const L loss{.temperature = 0x1p-20};
  return testing::detail::run<Cpu>(loss, example, {.images = 6}).finite() &&
         testing::detail::run<BasicCpu<double>>(loss, example, {.images = 6}).finite();
}

}  // namespace selfsame::test
