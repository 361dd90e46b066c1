/// @file
#pragma once
#include <selfsame/core/roles.hpp>
#include <selfsame/nn/perceptron.hpp>

namespace selfsame {

/// A multilayer perceptron over the pixels of an image: the smallest encoder there is, for tests and
/// for vectors. Its rows must be contiguous.
struct MLP {
  using plays = role::Encoder;
  Count depth = 2;
  Count hidden = 256;
  Count outputs = 128;
  HeadNorm normalised = HeadNorm::hidden;

  template <class D>
  using Cache = Perceptron::Cache<D>;
  template <class D>
  using Statistics = Perceptron::Statistics<D>;
  constexpr Shape output(Shape in) const { return {in.images, 1, 1, outputs}; }
  void describe(Shape in, auto& sink) const { perceptron().describe(flat(in), sink); }
  template <class D>
  void forward(const Pass<D>& pass, Shape in, In<D> x, const Fixed<D>& w, Out<D> y, Cache<D>& cache,
               Statistics<D>& statistics) const {
    perceptron().forward(pass, flat(in), flat<D>(in, x), w, y, cache, statistics);
  }
  template <class D>
  void backward(const Pass<D>& pass, Shape in, In<D> x, const Fixed<D>& w, const Cache<D>& cache,
                In<D> dy, Out<D> dx, Slice<Real<D>, D> dtheta) const {
    const Out<D> flat_dx = dx.data == nullptr ? dx : Out<D>(dx.data, in.images, flat(in).channels);
    perceptron().backward(pass, flat(in), flat<D>(in, x), w, cache, dy, flat_dx, dtheta);
  }
  template <class D>
  void update_buffers(const Statistics<D>& s, Slice<Real<D>, D> buffers) const {
    perceptron().update_buffers(s, buffers);
  }

 private:
  Perceptron perceptron() const {
    return {.depth = depth, .hidden = hidden, .outputs = outputs, .normalised = normalised};
  }
  static constexpr Shape flat(Shape in) { return {in.images, 1, 1, in.positions() * in.channels}; }
  template <class D>
  static In<D> flat(Shape in, In<D> x) {
    assert(x.contiguous());
    return {x.data, in.images, in.positions() * in.channels};
  }
};

}  // namespace selfsame
