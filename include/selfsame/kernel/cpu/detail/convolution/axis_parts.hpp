/// @file
/// Along one axis, positions that see the same taps of a window: no tap in the border's zeros is ever
/// computed (of 3 x 3 taps on 3 x 3 positions these are two in five).
#pragma once
#include <selfsame/kernel/cpu/parallel.hpp>
#include <selfsame/kernel/options.hpp>
#include <selfsame/tensor/buffer.hpp>

namespace selfsame {
inline namespace SELFSAME_FLAGS {
namespace internal {

/// Positions first, first + step, ... that are written, and what they see: the i-th is reached by the
/// taps in slots slot .. slot + taps, from the positions source + i * pace + (0 .. taps).
struct AxisPart {
  Index first = 0, step = 1, count = 0;
  Index source = 0, pace = 1;
  Index slot = 0, taps = 0;
};

/// One axis of a convolution: its parts, and which tap of the kernel each slot holds, so that slots
/// side by side look at positions side by side.
struct Axis {
  AxisPart* parts = nullptr;
  Index count = 0;
  Index* tap = nullptr;

  Axis(Workspace& scratch, Index positions, Index kernel)
      : parts(scratch.take<AxisPart>(positions)), tap(scratch.take<Index>(kernel)) {}

  const AxisPart* begin() const { return parts; }
  const AxisPart* end() const { return parts + count; }
  void add(Index position, const AxisPart& p) {
    AxisPart* const last = count > 0 ? parts + count - 1 : nullptr;
    if (last != nullptr && last->slot == p.slot && last->taps == p.taps &&
        last->first + last->count * last->step == position)
      ++last->count;
    else
      parts[count++] = p;
  }
};

/// The axis of a forward pass: outputs see inputs.
inline Axis axis_of_outputs(Workspace& scratch, Index inputs, Index outputs, Index kernel,
                            Window w) {
  Axis axis(scratch, outputs, kernel);
  for (Index k = 0; k < kernel; ++k) axis.tap[k] = k;
  for (Index o = 0; o < outputs; ++o) {
    const Index corner = o * w.stride - w.padding;  // what tap 0 sees
    const Index low = std::max<Index>(0, -corner), high = std::min(kernel, inputs - corner);
    axis.add(o, {o, 1, 1, corner + low, w.stride, low, std::max<Index>(0, high - low)});
  }
  return axis;
}

/// The axis of a pass back to the input: inputs see outputs. Input y is seen by output (y + p - k) / s
/// through each tap k for which s divides; so there are s phases of inputs with taps of their own.
inline Axis axis_of_inputs(Workspace& scratch, Index inputs, Index outputs, Index kernel,
                           Window w) {
  Axis axis(scratch, inputs, kernel);
  Index* const first_slot = scratch.take<Index>(w.stride);
  Index slot = 0;
  for (Index rest = 0; rest < w.stride; ++rest) {
    first_slot[rest] = slot;
    for (Index i = rest < kernel ? (kernel - 1 - rest) / w.stride : -1; i >= 0; --i)
      axis.tap[slot++] = rest + i * w.stride;
  }
  for (Index phase = 0; phase < std::min(w.stride, inputs); ++phase)
    for (Index y = phase; y < inputs; y += w.stride) {
      const Index rest = (y + w.padding) % w.stride, nearest = (y + w.padding) / w.stride;
      const Index taps = rest < kernel ? pieces(kernel - rest, w.stride) : 0;
      const Index low =
          std::max<Index>(0, nearest - outputs + 1);  // tap rest + i s, low <= i <= high
      const Index high = std::min(taps - 1, nearest);
      axis.add(y, {y, w.stride, 1, nearest - high, 1, first_slot[rest] + taps - 1 - high,
                   std::max<Index>(0, high - low + 1)});
    }
  return axis;
}

}  // namespace internal
}  // namespace SELFSAME_FLAGS
}  // namespace selfsame
