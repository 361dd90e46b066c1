/// @file
#pragma once
#include <selfsame/kernel/cpu/pool.hpp>
#include <selfsame/nn/conv2d.hpp>

namespace selfsame {

/// The largest value of each channel in a window; padding never wins. The first of equal ones in
/// reading order gets the gradient.
struct MaxPool {
  Window window{3, 3, 2, 1};

  template <class D>
  struct Cache {
    Buffer<std::int32_t> winner;  // row of x, one a value of y
  };
  template <class D>
  using Statistics = None;
  Shape output(Shape in) const { return checked_convolved(in, in.channels, window); }
  void describe(Shape, auto&) const {}
  template <class D>
  void forward(const Pass<D>& pass, Shape in, In<D> x, const Fixed<D>&, Out<D> y, Cache<D>& cache,
               None&) const {
    cache.winner.resize(output(in).size());
    max_pool(*pass.device, in, x, window, y, cache.winner.data());
  }
  template <class D>
  void backward(const Pass<D>& pass, Shape in, In<D>, const Fixed<D>&, const Cache<D>& cache,
                In<D> dy, Out<D> dx, Slice<Real<D>, D>) const {
    if (dx.data != nullptr)
      max_pool_gradient(*pass.device, in, dy, window, cache.winner.data(), dx);
  }
};

/// The mean of each channel in a window, padding counted as zeros.
struct AveragePool {
  Window window{2, 2, 2, 0};

  template <class D>
  using Cache = None;
  template <class D>
  using Statistics = None;
  Shape output(Shape in) const { return checked_convolved(in, in.channels, window); }
  void describe(Shape, auto&) const {}
  template <class D>
  void forward(const Pass<D>& pass, Shape in, In<D> x, const Fixed<D>&, Out<D> y, None&,
               None&) const {
    average_pool(*pass.device, in, x, window, y);
  }
  template <class D>
  void backward(const Pass<D>& pass, Shape in, In<D>, const Fixed<D>&, const None&, In<D> dy,
                Out<D> dx, Slice<Real<D>, D>) const {
    if (dx.data != nullptr) average_pool_gradient(*pass.device, in, dy, window, dx);
  }
};

/// The means of each channel over a grid x grid of regions, side by side: (images, 1, 1, grid^2 channels).
/// Region i of n positions is [floor(i n / grid), ceil((i + 1) n / grid)), as in PyTorch's adaptive
/// pooling; a grid of 1 is the global average.
struct GridAverage {
  Count grid = 1;

  template <class D>
  using Cache = None;
  template <class D>
  using Statistics = None;
  constexpr Shape output(Shape in) const { return {in.images, 1, 1, grid * grid * in.channels}; }
  void describe(Shape, auto&) const {}
  template <class D>
  void forward(const Pass<D>& pass, Shape in, In<D> x, const Fixed<D>&, Out<D> y, None&,
               None&) const {
    grid_average(*pass.device, in, x, grid, y);
  }
  template <class D>
  void backward(const Pass<D>& pass, Shape in, In<D>, const Fixed<D>&, const None&, In<D> dy,
                Out<D> dx, Slice<Real<D>, D>) const {
    if (dx.data != nullptr) grid_average_gradient(*pass.device, in, dy, grid, dx);
  }
};
using GlobalAverage = GridAverage;  ///< with its default

}  // namespace selfsame
