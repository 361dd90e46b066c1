/// @file
#pragma once
#include <selfsame/nn/batch_norm.hpp>
#include <selfsame/nn/conv2d.hpp>

namespace selfsame {

/// Convolution without bias, batch normalisation, and ReLU if asked, fused: statistics are gathered
/// while a convolution's rows are in the cache, normalisation, residual sum and ReLU are one pass, and
/// without a gradient to come, evaluation is the convolution alone.
struct ConvNorm {
  Count outputs;
  Window window{3, 3, 1, 1};
  BatchNorm norm{.activate = Activate::relu};
  std::string_view conv_name = "conv";  ///< its segments: conv.weight, norm.weight, norm.bias
  std::string_view norm_name = "norm";

  template <class D>
  struct Cache {
    Rows<D> conv;  // what is normalised
    BatchNorm::Cache<D> norm;
  };
  template <class D>
  using Statistics = BatchNorm::Statistics<D>;

  Shape output(Shape in) const { return checked_convolved(in, outputs, window); }
  void describe(Shape in, auto& sink) const {
    sink.enter(conv_name);
    sink.weight("weight", Kind::weight,
                {outputs, window.kernel_height, window.kernel_width, in.channels},
                he(window.taps() * outputs));
    sink.leave();
    sink.enter(norm_name);
    norm.describe(Shape{in.images, 1, 1, outputs}, sink);
    sink.leave();
  }

  template <class D>
  void forward(const Pass<D>& pass, Shape in, In<D> x, const Fixed<D>& w, Out<D> y, Cache<D>& cache,
               Statistics<D>& statistics) const {
    forward(pass, in, x, w, {}, y, cache, statistics);
  }
  /// With `addend` (rows of y's shape, or without data) added before the ReLU.
  template <class D>
  void forward(const Pass<D>& pass, Shape in, In<D> x, const Fixed<D>& w, In<D> addend, Out<D> y,
               Cache<D>& cache, Statistics<D>& statistics) const {
    const Shape out = output(in);
    const Fixed<D> norm_weights = w.part(1, 2, 0, 2);
    if (pass.mode == Mode::evaluate) {
      norm.recall(norm_weights, cache.norm, statistics);
      if (!pass.needs_backward) return evaluate(pass, in, x, w, addend, y, cache.norm);
    }
    cache.conv.resize(out.rows(), out.channels);
    const Index chunks = convolution_chunks(in, outputs, window);
    const bool gather = pass.mode == Mode::train && pass.batch_norm_group == 0;
    const Workspace::Scope scope(*pass.workspace);
    Real<D>* const means = pass.workspace->template take<Real<D>>(chunks * outputs);
    Real<D>* const moments = pass.workspace->template take<Real<D>>(chunks * outputs);
    Index* const sizes = pass.workspace->template take<Index>(chunks);
    convolve(*pass.device, *pass.workspace, in, x, w.parameters[0], outputs, window,
             cache.conv.out(), [&](Index chunk, Index first, Index rows) {
               if (!gather) return;
               sizes[chunk] = rows;
               block_moments(*pass.device, cache.conv.in().row_range(first, rows),
                             means + chunk * outputs, moments + chunk * outputs);
             });
    if (gather) {
      norm.begin(out, 1, cache.norm, statistics);
      norm.join(
          pass, out, 0, out.rows() > 0 ? chunks : 0, means, moments,
          [&](Index c) { return sizes[c]; }, cache.norm, statistics);
    } else if (pass.mode == Mode::train) {
      norm.measure(pass, out, cache.conv.in(), cache.norm, statistics);
    }
    norm.apply(pass, out, cache.conv.in(), norm_weights, addend, y, cache.norm);
  }

  /// The output of the pass that left this cache, which had no addend, for callers that did not keep it.
  template <class D>
  void forward_again(const Pass<D>& pass, Shape out, const Fixed<D>& w, const Cache<D>& cache,
                     Out<D> y) const {
    norm.apply(pass, out, cache.conv.in(), w.part(1, 2, 0, 2), {}, y, cache.norm);
  }

  template <class D>
  void backward(const Pass<D>& pass, Shape in, In<D> x, const Fixed<D>& w, const Cache<D>& cache,
                In<D> dy, Out<D> dx, Slice<Real<D>, D> dtheta) const {
    backward(pass, in, x, w, cache, {}, dy, dx, Write::overwrite, {}, dtheta);
  }
  /// Behind an addend: the output y takes part, and `daddend` is overwritten. `dx` may be `x`, or `daddend`
  /// with Write::add.
  template <class D>
  void backward(const Pass<D>& pass, Shape in, In<D> x, const Fixed<D>& w, const Cache<D>& cache,
                In<D> y, In<D> dy, Out<D> dx, Write write, Out<D> daddend,
                Slice<Real<D>, D> dtheta) const {
    const Shape out = output(in);
    const Workspace::Scope scope(*pass.workspace);
    const Out<D> dconv(pass.workspace->template take<Activation<D>>(out.size()), out.rows(),
                       out.channels);
    norm.backward(pass, out, cache.conv.in(), w.part(1, 2, 0, 2), cache.norm, y, dy, dconv, daddend,
                  dtheta.part(1, 2));
    convolve_back_to_weight(*pass.device, *pass.workspace, in, x, dconv, outputs, window,
                            dtheta[0]);
    if (dx.data != nullptr)
      convolve_back_to_input(*pass.device, *pass.workspace, in, dconv, w.parameters[0], outputs,
                             window, dx, write);
  }
  template <class D>
  void update_buffers(const Statistics<D>& s, Slice<Real<D>, D> buffers) const {
    norm.update_buffers(s, buffers);
  }

 private:
  template <class D>
  void evaluate(const Pass<D>& pass, Shape in, In<D> x, const Fixed<D>& w, In<D> addend, Out<D> y,
                const BatchNorm::Cache<D>& moments) const {
    const Workspace::Scope scope(*pass.workspace);
    Real<D>* const slope = pass.workspace->template take<Real<D>>(outputs);
    for (Index c = 0; c < outputs; ++c) slope[c] = w.parameters[1][c] * moments.inverse[c];
    const D alone{};  // this runs in the thread that has just computed these rows
    convolve(*pass.device, *pass.workspace, in, x, w.parameters[0], outputs, window, y,
             [&](Index, Index first, Index rows) {
               const Out<D> here = y.row_range(first, rows);
               normalise_columns(alone, here, moments.mean.data(), slope, w.parameters[2].data,
                                 addend.data != nullptr ? addend.row_range(first, rows) : In<D>{},
                                 norm.activate, here);
             });
  }
};

}  // namespace selfsame
