/// @file
/// Convolution in NHWC and its two gradients. No patches are stored, and no tap that sees the border's
/// zeros is computed.
#pragma once
#include <selfsame/kernel/cpu/detail/convolution/patches.hpp>
#include <selfsame/kernel/cpu/detail/convolution/weight_sums.hpp>
#include <selfsame/kernel/cpu/detail/convolution/window_sums.hpp>
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

/// The weights (outputs, taps, inputs) as a right operand whose lines are inputs: the sum runs over
/// (slot, output).
template <class T>
struct WeightsBySlot {
  const T* data;
  Index outputs, taps, inputs;
  const Index* tap;  ///< in each slot

  template <int lines, class Real>
  SELFSAME_INLINE void pack(Index first, Index count, Index k, Index depth, Real* panel) const {
    for (Index i = k; i < k + depth; ++i, panel += lines) {
      const Index slot = i / outputs, output = i - slot * outputs;
      pack_straight<lines>(data + (output * taps + tap[slot]) * inputs + first, count, panel);
    }
  }
};

/// A right operand as panels, each with the whole sum.
template <class Real, class Device, class Right>
const Real* packed_panels(const Device& device, Workspace& scratch, const Right& right, Index cols,
                          Index depth) {
  const Index wide = tile_size<Real>().cols, panels = pieces(cols, wide);
  Real* const to = scratch.take<Real>(panels * wide * depth);
  parallel(device, panels, [&](Index p, Index) {
    pack<Side::right>(right, p * wide, std::min(wide, cols - p * wide), 0, depth,
                      to + p * wide * depth);
  });
  return to;
}

}  // namespace internal

/// How many chunks of rows `convolve` calls its `finish` for.
constexpr Index convolution_chunks(Shape in, Index outputs, Window w) {
  const Shape out = convolved(in, outputs, w);
  if (w.pointwise()) return product_chunks(out.rows(), outputs, in.channels);
  return outputs > 0 ? internal::cut_images(out).chunks : 0;
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
  if (y.rows == 0 || outputs == 0) return;
  const Shape out = convolved(in, outputs, w);
  const internal::Along<R> lines{matrix.data, matrix.stride};
  internal::WindowSums<R, A>{
      .source = x.data,
      .stride = x.stride,
      .height = in.height,
      .width = in.width,
      .channels = in.channels,
      .y = internal::axis_of_outputs(scratch, in.height, out.height, w.kernel_height, w),
      .x = internal::axis_of_outputs(scratch, in.width, out.width, w.kernel_width, w),
      .taps_wide = w.kernel_width,
      .right = internal::packed_panels<R>(device, scratch, lines, outputs, depth),
      .depth = depth,
      .cols = outputs,
      .output = y.data,
      .output_stride = y.stride,
      .output_height = out.height,
      .output_width = out.width,
      .images = in.images,
      .write = Write::overwrite,
      .cut = internal::cut_images(out)}(device, scratch, internal::Finished(finish));
}

/// The gradient with respect to x:
///
///     dx[n, y, x, c] = or += sum_{ky, kx, o} dy[n, (y + p - ky) / s, (x + p - kx) / s, o]
///                                            weight[o, ky, kx, c],  where s divides
///
/// The positions of dx fall into s x s phases; each sees its own taps only, so that a stride wastes
/// no work. What no tap reaches is zero.
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
  if (dx.rows == 0 || dx.cols == 0) return;
  const auto y = internal::axis_of_inputs(scratch, in.height, out.height, w.kernel_height, w);
  const auto x = internal::axis_of_inputs(scratch, in.width, out.width, w.kernel_width, w);
  Index* const tap = scratch.take<Index>(w.taps());
  for (Index slot = 0; slot < w.taps(); ++slot)
    tap[slot] = y.tap[slot / w.kernel_width] * w.kernel_width + x.tap[slot % w.kernel_width];
  const internal::WeightsBySlot<R> lines{weight.data, outputs, w.taps(), in.channels, tap};
  const Index depth = w.taps() * outputs;
  const internal::Nothing nothing;
  internal::WindowSums<R, A>{
      .source = dy.data,
      .stride = dy.stride,
      .height = out.height,
      .width = out.width,
      .channels = outputs,
      .y = y,
      .x = x,
      .taps_wide = w.kernel_width,
      .right = internal::packed_panels<R>(device, scratch, lines, in.channels, depth),
      .depth = depth,
      .cols = in.channels,
      .output = dx.data,
      .output_stride = dx.stride,
      .output_height = in.height,
      .output_width = in.width,
      .images = in.images,
      .write = write,
      .cut = internal::cut_images(in)}(device, scratch, internal::Finished(nothing));
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
  if (in.channels >= tile_size<R>().cols)
    return internal::WeightSums<R, A>{.in = in,
                                      .out = convolved(in, outputs, w),
                                      .window = w,
                                      .x = x.data,
                                      .x_stride = x.stride,
                                      .dy = dy.data,
                                      .dy_stride = dy.stride,
                                      .dweight = dweight.data}(device, scratch);
  const Workspace::Scope scope(scratch);
  const auto patches = internal::patches<D>(scratch, in, x, w);
  internal::blocked(device, scratch, internal::Across<A>{dy.data, dy.stride},
                    internal::PatchColumns<A>{patches}, outputs, cols, dy.rows, sum.data,
                    internal::RowsApart{cols}, Write::add, internal::Nothing{});
}

}  // namespace SELFSAME_FLAGS
}  // namespace selfsame
