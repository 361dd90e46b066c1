/// @file
/// Convolution in NHWC and its two gradients, each one product whose packing gathers the patches.
#pragma once
#include <selfsame/kernel/cpu/detail/patches.hpp>
#include <selfsame/kernel/cpu/product.hpp>

namespace selfsame {
inline namespace SELFSAME_FLAGS {

namespace internal {

/// The patches of `x` that a convolution's outputs see.
template <class D>
Patches<Activation<D>> patches(Workspace& scratch, Shape in, In<D> x, Window w) {
  using T = Activation<D>;
  const Shape out = convolved(in, 0, w);
  Tap* const taps = scratch.take<Tap>(w.taps());
  for (Index ky = 0; ky < w.kernel_height; ++ky)
    for (Index kx = 0; kx < w.kernel_width; ++kx)
      taps[ky * w.kernel_width + kx] = {ky - w.padding, kx - w.padding};
  T* const zeros = scratch.take<T>(in.channels);
  std::fill_n(zeros, in.channels, T(0));
  return {x.data,     x.stride,  in.height, in.width, in.channels,
          out.height, out.width, w.stride,  taps,     zeros};
}

/// One axis of a phase: the input positions first, first + stride, ... and the kernel's positions
/// that reach them: kernel[i] sees output position `shift - i` from the phase's own.
struct PhaseAxis {
  Index first, count;  ///< input positions
  Index kernel, taps;  ///< kernel positions kernel, kernel + stride, ...
  Index shift;

  constexpr PhaseAxis(Index phase, Index size, Index extent, Window w)
      : first(phase),
        count(phase < size ? pieces(size - phase, w.stride) : 0),
        kernel((phase + w.padding) % w.stride),
        taps(kernel < extent ? pieces(extent - kernel, w.stride) : 0),
        shift((phase + w.padding - kernel) / w.stride) {}
};

}  // namespace internal

/// How many chunks of rows `convolve` calls its `finish` for.
constexpr Index convolution_chunks(Shape in, Index outputs, Window w) {
  return product_chunks(convolved(in, outputs, w).rows(), outputs, w.taps() * in.channels);
}

/// y[n, oy, ox, o] = sum_{ky, kx, c} x[n, oy s + ky - p, ox s + kx - p, c] weight[o, ky, kx, c]
///
/// with stride s, padding p and zeros beyond the border.
///
/// @param x       (in.rows(), in.channels)
/// @param weight  (outputs, kernel_height, kernel_width, in.channels)
/// @param y       (convolved(in, outputs, w).rows(), outputs), overwritten
/// @param finish  finish(chunk, first_row, rows) for each finished chunk of y, see `product`
template <class R, class A, class D = BasicCpu<R, A>, class Finish = internal::Nothing>
void convolve(const BasicCpu<R, A>& device, Workspace& scratch, Shape in, In<D> x,
              Vector<const Real<D>, D> weight, Index outputs, Window w, Out<D> y,
              Finish&& finish = {}) {
  const Index depth = w.taps() * in.channels;
  assert(x.rows == in.rows() && x.cols == in.channels && weight.size == outputs * depth);
  assert(y.rows == convolved(in, outputs, w).rows() && y.cols == outputs);
  const MatrixView<const R, D> matrix(weight.data, outputs, depth);
  if (w.pointwise())
    return product(device, scratch, x, Transpose::no, matrix, Transpose::yes, y, Write::overwrite,
                   finish);
  const Workspace::Scope scope(scratch);
  const auto patches = internal::patches<D>(scratch, in, x, w);
  internal::blocked(
      device, scratch, internal::PatchRows<A>{patches},
      internal::Along<R>{matrix.data, matrix.stride}, y.rows, outputs, depth, y.data,
      [stride = y.stride](Index row) { return row * stride; }, Write::overwrite, finish);
}

/// The gradient with respect to x:
///
///     dx[n, y, x, c] = or += sum_{ky, kx, o} dy[n, (y + p - ky) / s, (x + p - kx) / s, o]
///                                            weight[o, ky, kx, c],  where s divides
///
/// The positions of dx fall into s x s phases; each sees its own taps only, so that a stride wastes
/// no work. A phase that no tap reaches is zero.
template <class R, class A, class D = BasicCpu<R, A>>
void convolve_back_to_input(const BasicCpu<R, A>& device, Workspace& scratch, Shape in, In<D> dy,
                            Vector<const Real<D>, D> weight, Index outputs, Window w, Out<D> dx,
                            Write write) {
  const Shape out = convolved(in, outputs, w);
  assert(dy.rows == out.rows() && dy.cols == outputs);
  assert(dx.rows == in.rows() && dx.cols == in.channels);
  assert(weight.size == outputs * w.taps() * in.channels);
  if (w.pointwise())
    return product(device, scratch, dy, Transpose::no,
                   MatrixView<const R, D>(weight.data, outputs, in.channels), Transpose::no, dx,
                   write);
  const Workspace::Scope scope(scratch);
  A* const zeros = scratch.take<A>(outputs);
  std::fill_n(zeros, outputs, A(0));
  internal::Tap* const taps = scratch.take<internal::Tap>(w.taps());
  Index* const kernel = scratch.take<Index>(w.taps());
  for (Index phase = 0; phase < w.stride * w.stride; ++phase) {
    const internal::PhaseAxis y(phase / w.stride, in.height, w.kernel_height, w);
    const internal::PhaseAxis x(phase % w.stride, in.width, w.kernel_width, w);
    const Index count = y.taps * x.taps;
    for (Index i = 0; i < count; ++i) {
      const Index ty = i / x.taps, tx = i % x.taps;
      taps[i] = {y.shift - ty, x.shift - tx};
      kernel[i] = (y.kernel + ty * w.stride) * w.kernel_width + x.kernel + tx * w.stride;
    }
    const internal::Patches<A> patches{dy.data, dy.stride, out.height, out.width, outputs,
                                       y.count, x.count,   1,          taps,      zeros};
    const auto place = [&, step = w.stride, stride = dx.stride](Index row) {
      const Index line = row / x.count, image = line / y.count;
      const Index at_y = y.first + step * (line - image * y.count);
      const Index at_x = x.first + step * (row - line * x.count);
      return ((image * in.height + at_y) * in.width + at_x) * stride;
    };
    internal::blocked(
        device, scratch, internal::PatchRows<A>{patches},
        internal::WeightsByTap<R>{weight.data, outputs, w.taps(), in.channels, kernel},
        in.images * y.count * x.count, in.channels, count * outputs, dx.data, place, write,
        internal::Nothing{});
  }
}

/// The gradient with respect to the weight, added to dweight:
///
///     dweight[o, ky, kx, c] += sum_{n, oy, ox} dy[n, oy, ox, o] x[n, oy s + ky - p, ox s + kx - p, c]
template <class R, class A, class D = BasicCpu<R, A>>
void convolve_back_to_weight(const BasicCpu<R, A>& device, Workspace& scratch, Shape in, In<D> x,
                             In<D> dy, Index outputs, Window w, Vector<Real<D>, D> dweight) {
  const Index cols = w.taps() * in.channels;
  assert(x.rows == in.rows() && x.cols == in.channels && dweight.size == outputs * cols);
  assert(dy.rows == convolved(in, outputs, w).rows() && dy.cols == outputs);
  const MatrixView<R, D> sum(dweight.data, outputs, cols);
  if (w.pointwise())
    return product(device, scratch, dy, Transpose::yes, x, Transpose::no, sum, Write::add);
  const Workspace::Scope scope(scratch);
  const auto patches = internal::patches<D>(scratch, in, x, w);
  internal::blocked(
      device, scratch, internal::Across<A>{dy.data, dy.stride}, internal::PatchColumns<A>{patches},
      outputs, cols, dy.rows, sum.data, [cols](Index row) { return row * cols; }, Write::add,
      internal::Nothing{});
}

}  // namespace SELFSAME_FLAGS
}  // namespace selfsame
