/// @file
/// Words in which kernels are asked for something, the same on every device.
#pragma once
#include <selfsame/tensor/shape.hpp>

#include <cassert>

namespace selfsame {

/// Whether a matrix is meant as it lies or turned.
enum class Transpose { no, yes };

/// What happens to what stood in the output.
enum class Write { overwrite, add };

/// What a convolution sees of its input. The kernel is applied without flipping, as networks do.
struct Window {
  Index kernel_height = 1;
  Index kernel_width = 1;
  Index stride = 1;   ///< of both axes
  Index padding = 0;  ///< zeros on all four sides

  constexpr Index taps() const { return kernel_height * kernel_width; }
  /// Whether each output sees its own position only: then a convolution is a product.
  constexpr bool pointwise() const { return taps() == 1 && stride == 1 && padding == 0; }
  friend bool operator==(const Window&, const Window&) = default;
};

/// The shape of a convolution's output: floor((size + 2 padding - kernel) / stride) + 1 positions
/// an axis, none where the kernel is larger than the padded input.
constexpr Shape convolved(Shape in, Index outputs, Window w) {
  assert(w.stride > 0 && w.padding >= 0 && w.kernel_height > 0 && w.kernel_width > 0);
  const auto positions = [&](Index size, Index kernel) {
    const Index room = size + 2 * w.padding - kernel;
    return room < 0 ? Index{0} : room / w.stride + 1;
  };
  return {in.images, positions(in.height, w.kernel_height), positions(in.width, w.kernel_width),
          outputs};
}

}  // namespace selfsame
