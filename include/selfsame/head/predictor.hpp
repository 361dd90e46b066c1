/// @file
#pragma once
#include <selfsame/core/roles.hpp>
#include <selfsame/nn/perceptron.hpp>

namespace selfsame {

/// What predicts the target's embedding of one view from the online one of another: as many numbers out as in.
/// It is thrown away after training, and a target has none.
///
/// @see Grill et al. 2020, arXiv:2006.07733, section 3.3: 4096 hidden units with a norm, and 256 numbers. The
///      released code's last layer has no bias, the paper's listing has one, as here
struct Predictor {
  using plays = role::Predictor;
  Count depth = 2;
  Count hidden = 4096;
  HeadNorm normalised = HeadNorm::hidden;

  template <class D>
  using Cache = Perceptron::Cache<D>;
  template <class D>
  using Statistics = Perceptron::Statistics<D>;
  Shape output(Shape in) const { return in; }
  void describe(Shape in, auto& sink) const { perceptron(in).describe(in, sink); }
  template <class D>
  void forward(const Pass<D>& pass, Shape in, In<D> x, const Fixed<D>& w, Out<D> y, Cache<D>& cache,
               Statistics<D>& statistics) const {
    perceptron(in).forward(pass, in, x, w, y, cache, statistics);
  }
  template <class D>
  void backward(const Pass<D>& pass, Shape in, In<D> x, const Fixed<D>& w, const Cache<D>& cache,
                In<D> dy, Out<D> dx, Slice<Real<D>, D> dtheta) const {
    perceptron(in).backward(pass, in, x, w, cache, dy, dx, dtheta);
  }
  template <class D>
  void update_buffers(const Statistics<D>& s, Slice<Real<D>, D> buffers) const {
    perceptron({}).update_buffers(s, buffers);
  }

 private:
  Perceptron perceptron(Shape in) const {
    return {.depth = depth,
            .hidden = hidden,
            .outputs = std::max<Index>(1, in.channels),
            .normalised = normalised};
  }
};

}  // namespace selfsame
