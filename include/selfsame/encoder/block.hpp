/// @file
/// The residual blocks of a ResNet.
#pragma once
#include <selfsame/nn/conv_norm.hpp>

#include <array>

namespace selfsame {

/// When a block's input is projected to its output's shape: where shapes differ (torchvision), or also
/// in the first block of every stage (the released code of SimCLR).
enum class Shortcut { where_needed, every_stage };

/// y = relu(branch(x) + shortcut(x)), a branch of two 3 x 3 convolutions (He et al. 2016,
/// arXiv:1512.03385, figure 5, left) or of 1 x 1, 3 x 3, 1 x 1 (right; the stride is in the 3 x 3, as in
/// torchvision). Segments have torchvision's names.
struct ResidualBlock {
  Index width = 64;  ///< of the branch; a bottleneck's output has four times as many channels
  Index stride = 1;
  bool bottleneck = false;
  bool project = false;  ///< the shortcut is a 1 x 1 convolution, even where shapes agree
  ScaleStart last_scale = ScaleStart::one;
  BatchNorm norm{};

  static constexpr std::array<std::string_view, 3> conv_names{"conv1", "conv2", "conv3"};
  static constexpr std::array<std::string_view, 3> norm_names{"bn1", "bn2", "bn3"};

  template <class D>
  struct Cache {
    std::array<ConvNorm::Cache<D>, 3> convs;
    ConvNorm::Cache<D> projection;
    In<D> y{};  // where forward wrote: it lives as long as the pass
  };
  template <class D>
  struct Statistics {
    std::array<ConvNorm::Statistics<D>, 3> convs;
    ConvNorm::Statistics<D> projection;
  };

  Index depth() const { return bottleneck ? 3 : 2; }
  Index outputs() const { return bottleneck ? 4 * width : width; }
  bool projects(Shape in) const { return project || stride != 1 || in.channels != outputs(); }
  Shape output(Shape in) const {
    for (Index i = 0; i < depth(); ++i) in = conv(i).output(in);
    return in;
  }
  void describe(Shape in, auto& sink) const {
    const Shape start = in;
    for (Index i = 0; i < depth(); ++i) {
      conv(i).describe(in, sink);
      in = conv(i).output(in);
    }
    if (!projects(start)) return;
    sink.enter("downsample");
    projection().describe(start, sink);
    sink.leave();
  }

  template <class D>
  void forward(const Pass<D>& pass, Shape in, In<D> x, const Fixed<D>& w, Out<D> y, Cache<D>& cache,
               Statistics<D>& statistics) const {
    const Workspace::Scope scope(*pass.workspace);
    In<D> shortcut = x;
    if (projects(in)) {
      const Out<D> projected = rows(pass, output(in));
      projection().forward(pass, in, x, w.part(3 * depth(), 3, 2 * depth(), 2), projected,
                           cache.projection, statistics.projection);
      shortcut = projected;
    }
    In<D> from = x;
    Shape shape = in;
    for (Index i = 0; i < depth(); ++i) {
      const ConvNorm layer = conv(i);
      const Shape out = layer.output(shape);
      const bool last = i + 1 == depth();
      const auto n = static_cast<std::size_t>(i);
      const Out<D> to = last ? y : rows(pass, out);
      layer.forward(pass, shape, from, w.part(3 * i, 3, 2 * i, 2), last ? shortcut : In<D>{}, to,
                    cache.convs[n], statistics.convs[n]);
      from = to;
      shape = out;
    }
    cache.y = y;
  }

  template <class D>
  void backward(const Pass<D>& pass, Shape in, In<D> x, const Fixed<D>& w, const Cache<D>& cache,
                In<D> dy, Out<D> dx, Slice<Real<D>, D> dtheta) const {
    const Workspace::Scope scope(*pass.workspace);
    const Shape out = output(in);
    // The gradient behind the last ReLU; without a projection it is the shortcut's part of dx.
    const bool in_dx = !projects(in) && dx.data != nullptr;
    const Out<D> dshortcut = in_dx ? dx : rows(pass, out);
    In<D> above = dy;
    for (Index i = depth() - 1; i >= 0; --i) {
      const auto n = static_cast<std::size_t>(i);
      const Shape at = before(in, i);
      const bool last = i + 1 == depth();
      // What lay between two convolutions is computed again; its gradient takes its place.
      const Out<D> below = i > 0 ? rows(pass, at) : dx;
      if (i > 0)
        conv(i - 1).forward_again(pass, at, w.part(3 * i - 3, 3, 2 * i - 2, 2), cache.convs[n - 1],
                                  below);
      conv(i).backward(pass, at, i > 0 ? below : x, w.part(3 * i, 3, 2 * i, 2), cache.convs[n],
                       last ? cache.y : In<D>{}, above, below,
                       i == 0 && in_dx ? Write::add : Write::overwrite, last ? dshortcut : Out<D>{},
                       dtheta.part(3 * i, 3));
      above = below;
    }
    if (projects(in))
      projection().backward(pass, in, x, w.part(3 * depth(), 3, 2 * depth(), 2), cache.projection,
                            {}, dshortcut, dx, Write::add, {}, dtheta.part(3 * depth(), 3));
  }

  /// The same function as steps of a graph: encoder/onnx.hpp.
  template <class D, class Graph, class Value>
  Value export_to(Graph& graph, Shape in, Value x, const Fixed<D>& w) const {
    Value y = x;
    for (Index i = 0; i < depth(); ++i)
      y = graph.conv_norm(conv(i), before(in, i).channels, y, w.part(3 * i, 3, 2 * i, 2),
                          i + 1 < depth());
    if (projects(in))
      x = graph.conv_norm(projection(), in.channels, x, w.part(3 * depth(), 3, 2 * depth(), 2),
                          false);
    return graph.relu(graph.add(y, x));
  }

  template <class D>
  void update_buffers(const Statistics<D>& s, Slice<Real<D>, D> buffers) const {
    for (Index i = 0; i < depth(); ++i)
      conv(i).update_buffers(s.convs[static_cast<std::size_t>(i)], buffers.part(2 * i, 2));
    if (buffers.count() > 2 * depth())
      projection().update_buffers(s.projection, buffers.part(2 * depth(), 2));
  }

 private:
  template <class D>
  static Out<D> rows(const Pass<D>& pass, Shape s) {  // in the scope of whoever asks
    return {pass.workspace->template take<Activation<D>>(s.size()), s.rows(), s.channels};
  }
  ConvNorm conv(Index i) const {
    const bool spatial = bottleneck ? i == 1 : true, last = i + 1 == depth();
    const bool strided = bottleneck ? i == 1 : i == 0;
    ConvNorm c{.outputs = last ? outputs() : width,
               .window = spatial ? Window{3, 3, strided ? stride : 1, 1} : Window{1, 1, 1, 0},
               .norm = norm,
               .conv_name = conv_names[static_cast<std::size_t>(i)],
               .norm_name = norm_names[static_cast<std::size_t>(i)]};
    c.norm.activate = Activate::relu;
    c.norm.start = last ? last_scale : ScaleStart::one;
    return c;
  }
  ConvNorm projection() const {
    ConvNorm c{.outputs = outputs(),
               .window = {1, 1, stride, 0},
               .norm = norm,
               .conv_name = "0",
               .norm_name = "1"};
    c.norm.activate = Activate::none;
    return c;
  }
  Shape before(Shape in, Index i) const {
    for (Index k = 0; k < i; ++k) in = conv(k).output(in);
    return in;
  }
};

}  // namespace selfsame
