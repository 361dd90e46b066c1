/// @file
#pragma once
#include <selfsame/kernel/cpu/elementwise.hpp>
#include <selfsame/nn/layer.hpp>

#include <stdexcept>

namespace selfsame {

/// y = x + branch(x), for a branch that keeps the shape.
template <class Branch>
struct Residual {
  Branch branch;

  template <class D>
  using Cache = typename Branch::template Cache<D>;
  template <class D>
  using Statistics = typename Branch::template Statistics<D>;

  Shape output(Shape in) const {
    const Shape out = branch.output(in);
    if (!(out == in))
      throw std::invalid_argument("selfsame: a residual branch turns " + to_string(in) + " into " +
                                  to_string(out) + "; both must be equal");
    return out;
  }
  void describe(Shape in, auto& sink) const { branch.describe(in, sink); }
  template <class D>
  void forward(const Pass<D>& pass, Shape in, In<D> x, const Fixed<D>& w, Out<D> y, Cache<D>& cache,
               Statistics<D>& statistics) const {
    branch.forward(pass, in, x, w, y, cache, statistics);
    add(*pass.device, x, y);
  }
  template <class D>
  void backward(const Pass<D>& pass, Shape in, In<D> x, const Fixed<D>& w, const Cache<D>& cache,
                In<D> dy, Out<D> dx, Slice<Real<D>, D> dtheta) const {
    branch.backward(pass, in, x, w, cache, dy, dx, dtheta);
    if (dx.data != nullptr) add(*pass.device, dy, dx);
  }
  template <class D>
  void update_buffers(const Statistics<D>& s, Slice<Real<D>, D> buffers) const {
    update_layer_buffers(branch, s, buffers);
  }
};
template <class Branch>
Residual(Branch) -> Residual<Branch>;

}  // namespace selfsame
