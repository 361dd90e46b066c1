/// @file
#pragma once
#include <selfsame/kernel/cpu/affine.hpp>
#include <selfsame/kernel/cpu/convolution.hpp>
#include <selfsame/nn/linear.hpp>

#include <stdexcept>

namespace selfsame {

/// Throws std::invalid_argument where a window does not fit; the convolution's output otherwise.
inline Shape checked_convolved(Shape in, Index outputs, const Window& window) {
  const Shape out = convolved(in, outputs, window);
  if (in.positions() > 0 && out.positions() == 0)
    throw std::invalid_argument("selfsame: a window of " + std::to_string(window.kernel_height) +
                                " x " + std::to_string(window.kernel_width) + " with padding " +
                                std::to_string(window.padding) + " does not fit images of " +
                                std::to_string(in.height) + " x " + std::to_string(in.width));
  return out;
}

/// y(image, y, x, o) = b(o) + sum over taps and channels of W(o, ky, kx, c) x(image, s y + ky - p, ...):
/// the kernel is not flipped. Weights are (outputs, kernel height, kernel width, channels).
struct Conv2d {
  Count outputs;
  Window window{3, 3, 1, 1};
  Bias bias = Bias::yes;

  template <class D>
  using Cache = None;
  template <class D>
  using Statistics = None;

  Shape output(Shape in) const { return checked_convolved(in, outputs, window); }
  void describe(Shape in, auto& sink) const {
    sink.weight("weight", Kind::weight,
                {outputs, window.kernel_height, window.kernel_width, in.channels},
                lecun(window.taps() * in.channels));
    if (bias == Bias::yes) sink.weight("bias", Kind::bias, {outputs}, zeros);
  }
  template <class D>
  void forward(const Pass<D>& pass, Shape in, In<D> x, const Fixed<D>& w, Out<D> y, None&,
               None&) const {
    convolve(*pass.device, *pass.workspace, in, x, w.parameters[0], outputs, window, y,
             [&](Index, Index first, Index rows) {
               if (bias == Bias::yes)
                 add_to_rows(*pass.device, w.parameters[1].data, y.row_range(first, rows));
             });
  }
  template <class D>
  void backward(const Pass<D>& pass, Shape in, In<D> x, const Fixed<D>& w, const None&, In<D> dy,
                Out<D> dx, Slice<Real<D>, D> dtheta) const {
    convolve_back_to_weight(*pass.device, *pass.workspace, in, x, dy, outputs, window, dtheta[0]);
    if (bias == Bias::yes) add_column_sums(*pass.device, *pass.workspace, dy, dtheta[1].data);
    if (dx.data != nullptr)
      convolve_back_to_input(*pass.device, *pass.workspace, in, dy, w.parameters[0], outputs,
                             window, dx, Write::overwrite);
  }
};

}  // namespace selfsame
