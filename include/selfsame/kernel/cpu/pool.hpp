/// @file
/// Pooling over windows of positions.
#pragma once
#include <selfsame/kernel/cpu/batch_norm.hpp>
#include <selfsame/kernel/options.hpp>

#include <cstdint>

namespace selfsame {
inline namespace SELFSAME_FLAGS {

namespace internal {
/// f(row of y, row of x) for each pair that a window joins, for one image, in reading order of taps.
template <class F>
void each_pair(Shape in, Shape out, Window w, Index image, F&& f) {
  for (Index oy = 0; oy < out.height; ++oy)
    for (Index ox = 0; ox < out.width; ++ox)
      for (Index ky = 0; ky < w.kernel_height; ++ky)
        for (Index kx = 0; kx < w.kernel_width; ++kx) {
          const Index iy = oy * w.stride + ky - w.padding, ix = ox * w.stride + kx - w.padding;
          if (iy < 0 || iy >= in.height || ix < 0 || ix >= in.width) continue;
          f((image * out.height + oy) * out.width + ox, (image * in.height + iy) * in.width + ix);
        }
}
}  // namespace internal

/// y(o, c) = the largest x(i, c) that the window at o sees, the first of equals; `winner`, of y's size, is
/// the row i. A NaN wins.
template <class R, class A, class D = BasicCpu<R, A>>
void max_pool(const BasicCpu<R, A>& device, Shape in, In<D> x, Window window, Out<D> y,
              std::int32_t* winner) {
  const Shape out = convolved(in, in.channels, window);
  parallel(device, in.images, [&](Index image, Index) {
    const Index first = image * out.positions() * in.channels;
    std::fill_n(winner + first, out.positions() * in.channels, -1);
    internal::each_pair(in, out, window, image, [&](Index o, Index i) {
      std::int32_t* const won = winner + o * in.channels;
      A* const to = y.row(o);
      const A* const from = x.row(i);
      for (Index c = 0; c < in.channels; ++c)
        if (won[c] < 0 || (!(from[c] <= to[c]) && to[c] == to[c])) {  // the first NaN stays
          won[c] = static_cast<std::int32_t>(i);
          to[c] = from[c];
        }
    });
  });
}
/// dx is overwritten: each dy goes to its winner.
template <class R, class A, class D = BasicCpu<R, A>>
void max_pool_gradient(const BasicCpu<R, A>& device, Shape in, In<D> dy, Window window,
                       const std::int32_t* winner, Out<D> dx) {
  const Index positions = convolved(in, in.channels, window).positions();
  parallel(device, in.images, [&](Index image, Index) {
    for (Index i = image * in.positions(); i < (image + 1) * in.positions(); ++i)
      std::fill_n(dx.row(i), in.channels, A(0));
    for (Index o = image * positions; o < (image + 1) * positions; ++o)
      for (Index c = 0; c < in.channels; ++c)
        if (winner[o * in.channels + c] >= 0) dx.row(winner[o * in.channels + c])[c] += dy(o, c);
  });
}

/// y(o, c) = sum of x(i, c) over the window at o / taps.
template <class R, class A, class D = BasicCpu<R, A>>
void average_pool(const BasicCpu<R, A>& device, Shape in, In<D> x, Window window, Out<D> y) {
  const Shape out = convolved(in, in.channels, window);
  const A share = static_cast<A>(1 / static_cast<double>(window.taps()));
  parallel(device, in.images, [&](Index image, Index) {
    for (Index o = image * out.positions(); o < (image + 1) * out.positions(); ++o)
      std::fill_n(y.row(o), in.channels, A(0));
    internal::each_pair(in, out, window, image, [&](Index o, Index i) {
      for (Index c = 0; c < in.channels; ++c) y.row(o)[c] += share * x.row(i)[c];
    });
  });
}
/// dx is overwritten.
template <class R, class A, class D = BasicCpu<R, A>>
void average_pool_gradient(const BasicCpu<R, A>& device, Shape in, In<D> dy, Window window,
                           Out<D> dx) {
  const Shape out = convolved(in, in.channels, window);
  const A share = static_cast<A>(1 / static_cast<double>(window.taps()));
  parallel(device, in.images, [&](Index image, Index) {
    for (Index i = image * in.positions(); i < (image + 1) * in.positions(); ++i)
      std::fill_n(dx.row(i), in.channels, A(0));
    internal::each_pair(in, out, window, image, [&](Index o, Index i) {
      for (Index c = 0; c < in.channels; ++c) dx.row(i)[c] += share * dy.row(o)[c];
    });
  });
}

namespace internal {
/// f(row of x, number of the region, 1 / positions of the region) for each pair of one image.
template <class F>
void each_region(Shape in, Index grid, Index image, F&& f) {
  const auto begin = [&](Index i, Index n) { return i * n / grid; };
  const auto end = [&](Index i, Index n) { return ((i + 1) * n + grid - 1) / grid; };
  for (Index gy = 0; gy < grid; ++gy)
    for (Index gx = 0; gx < grid; ++gx) {
      const Index y0 = begin(gy, in.height), y1 = end(gy, in.height);
      const Index x0 = begin(gx, in.width), x1 = end(gx, in.width);
      const double share = 1 / static_cast<double>((y1 - y0) * (x1 - x0));
      for (Index y = y0; y < y1; ++y)
        for (Index x = x0; x < x1; ++x)
          f((image * in.height + y) * in.width + x, gy * grid + gx, share);
    }
}
}  // namespace internal

/// y(image, g C + c) = the mean of x(i, c) over region g.
/// @param y  (images, grid^2 channels), overwritten
template <class R, class A, class D = BasicCpu<R, A>>
void grid_average(const BasicCpu<R, A>& device, Shape in, In<D> x, Index grid, Out<D> y) {
  parallel(device, in.images, [&](Index image, Index) {
    std::fill_n(y.row(image), y.cols, A(0));
    internal::each_region(in, grid, image, [&](Index i, Index g, double share) {
      A* const to = y.row(image) + g * in.channels;
      for (Index c = 0; c < in.channels; ++c) to[c] += static_cast<A>(share) * x.row(i)[c];
    });
  });
}
/// dx is overwritten.
template <class R, class A, class D = BasicCpu<R, A>>
void grid_average_gradient(const BasicCpu<R, A>& device, Shape in, In<D> dy, Index grid,
                           Out<D> dx) {
  parallel(device, in.images, [&](Index image, Index) {
    for (Index i = image * in.positions(); i < (image + 1) * in.positions(); ++i)
      std::fill_n(dx.row(i), in.channels, A(0));
    internal::each_region(in, grid, image, [&](Index i, Index g, double share) {
      const A* const from = dy.row(image) + g * in.channels;
      for (Index c = 0; c < in.channels; ++c) dx.row(i)[c] += static_cast<A>(share) * from[c];
    });
  });
}

}  // namespace SELFSAME_FLAGS
}  // namespace selfsame
