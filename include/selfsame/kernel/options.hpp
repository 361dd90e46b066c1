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

/// How Sinkhorn's iterations keep their numbers: exponentials of scores, whose range is limited, or
/// logarithms; `automatic` takes the first where the range of the scores allows it.
enum class SinkhornForm { automatic, exponential, log };
/// Distributions over prototypes, or 1 at the largest (the lowest of equal ones) and 0 elsewhere.
enum class Codes { soft, hard };
/// Which rows of the scores have codes; the others (a queue) only take part.
enum class CodedRows { last, first };

/// What Sinkhorn's iterations are asked for.
struct SinkhornNumbers {
  double epsilon = 0.05;
  Index iterations = 3;
  double residual = 0;  ///< below it the iterations stop; 0: never
  SinkhornForm form = SinkhornForm::automatic;
  Codes codes = Codes::soft;
  CodedRows rows = CodedRows::last;
};
/// What they report of the prototypes' marginals, K sum_n Q_kn; those of samples are exact.
struct SinkhornReport {
  double residual = 0;  ///< max_k |marginal_k - 1|
  double l1 = 0;        ///< sum_k |marginal_k - 1| / K
  Index iterations = 0;
  bool finite = true;  ///< whether the scores of all ranks are

  operator double() const { return residual; }
};

}  // namespace selfsame
