/// @file
/// Values and gradients agree about being finite.
#pragma once
#include <selfsame/tensor/device.hpp>

#include <cmath>
#include <limits>
#include <span>

namespace selfsame::detail {

/// Makes the gradient of a row NaN.
template <class L>
void spoil_row(const L& x, Index row) {
  for (Index c = 0; c < x.value.cols; ++c) x.put(row, c, std::numeric_limits<float>::quiet_NaN());
}

/// Makes the gradient of all rows NaN; constants have none.
template <class L>
void spoil(const L& x) {
  if constexpr (requires { x.gradient; })
    for (Index r = 0; x.gradient.data != nullptr && r < x.value.rows; ++r) spoil_row(x, r);
}

/// The value of a loss as a number of Real. Where that is infinite, on every rank, no gradient may look as if it could
/// be followed: it becomes NaN.
template <class R, class... Inputs>
R agreed(double value, const Inputs&... inputs) {
  const R result = static_cast<R>(value);
  if (std::isinf(result)) (spoil(inputs), ...);
  return result;
}
/// The same of the gradients of all views.
template <class R, class L>
R agreed(double value, std::span<const L> views) {
  for (const L& view : views) agreed<R>(value, view);
  return static_cast<R>(value);
}

}  // namespace selfsame::detail
