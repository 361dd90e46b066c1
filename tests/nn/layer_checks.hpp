// What every layer must pass, in one line a layer.
#pragma once
#include <selfsame/testing/layer_run.hpp>

#include "support/catch.hpp"

namespace selfsame::testing {

/// Central differences in double, promises kept, float and float activations with double weights as double.
template <class L>
void check_whole(const L& layer, Shape in, Mode mode) {
  CAPTURE(to_string(in), static_cast<int>(mode));
  const LayerErrors e = check_layer(layer, in, mode);
  CHECK(e.input < 1e-6);
  CHECK(e.weights < 1e-6);
  CHECK(e.overwrites);
  CHECK(e.adds);
  CHECK(e.pure);
  CHECK(device_error<Cpu>(layer, in, mode) < 2e-5);
  CHECK(device_error<BasicCpu<double, float>>(layer, in, mode) < 2e-5);
}
template <class L>
void check_whole(const L& layer, Shape in) {
  for (const Mode mode : {Mode::train, Mode::evaluate}) check_whole(layer, in, mode);
}
/// A gradient in groups of `group` images.
template <class L>
double grouped_error(const L& layer, Shape in, Index group) {
  return check_layer(layer, in, Mode::train, [&](auto& pass) { pass.batch_norm_group = group; })
      .worst();
}

}  // namespace selfsame::testing
