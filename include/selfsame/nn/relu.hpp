/// @file
#pragma once
#include <selfsame/kernel/cpu/activation.hpp>
#include <selfsame/nn/layer.hpp>

namespace selfsame {

/// y = max(x, 0); its gradient at 0 is 0.
struct ReLU {
  template <class D>
  using Cache = None;
  template <class D>
  using Statistics = None;
  constexpr Shape output(Shape in) const { return in; }
  void describe(Shape, auto&) const {}
  template <class D>
  void forward(const Pass<D>& pass, Shape, In<D> x, const Fixed<D>&, Out<D> y, None&, None&) const {
    relu(*pass.device, x, y);
  }
  template <class D>
  void backward(const Pass<D>& pass, Shape, In<D> x, const Fixed<D>&, const None&, In<D> dy,
                Out<D> dx, Slice<Real<D>, D>) const {
    if (dx.data != nullptr) relu_gradient(*pass.device, x, dy, dx);
  }
};

}  // namespace selfsame
