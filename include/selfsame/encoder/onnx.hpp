/// @file
/// An encoder as an ONNX file, for whoever runs it elsewhere.
#pragma once
#include <selfsame/encoder/resnet.hpp>
#include <selfsame/io/onnx.hpp>

namespace selfsame {

namespace detail {

/// What an encoder draws itself into. Convolutions take their batch norm in, as it is in evaluation:
///
///     w' = w scale / sqrt(variance + epsilon)     b' = shift - mean scale / sqrt(variance + epsilon)
///
/// Nodes are named as the segments, a sum and what follows it as the last convolution before it.
template <class D, class Graph = OnnxGraph>
class FoldedGraph {
 public:
  explicit FoldedGraph(Graph& graph) : graph_(graph) {}

  std::string conv_norm(const ConvNorm& layer, Index inputs, const std::string& x,
                        const Fixed<D>& w, bool activate) {
    const Index outputs = layer.outputs, height = layer.window.kernel_height,
                width = layer.window.kernel_width, taps = height * width;
    std::vector<float> weights(static_cast<std::size_t>(outputs * inputs * taps)),
        bias(static_cast<std::size_t>(outputs));
    for (Index o = 0; o < outputs; ++o) {
      const double scale = static_cast<double>(w.parameters[1][o]) /
                           layer.norm.deviation(static_cast<double>(w.buffers[1][o]));
      bias[static_cast<std::size_t>(o)] = static_cast<float>(
          static_cast<double>(w.parameters[2][o]) - static_cast<double>(w.buffers[0][o]) * scale);
      for (Index c = 0; c < inputs; ++c)
        for (Index t = 0; t < taps; ++t)
          weights[static_cast<std::size_t>((o * inputs + c) * taps + t)] = static_cast<float>(
              scale * static_cast<double>(w.parameters[0][(o * taps + t) * inputs + c]));
    }
    const std::string& segment = w.parameters.segments[0].name;
    name_ = segment.substr(0, segment.rfind('.'));
    const std::string y = graph_.convolution(name_, x, {outputs, inputs, height, width}, weights,
                                             bias, layer.window.stride, layer.window.padding);
    return activate ? graph_.relu(name_ + ".relu", y) : y;
  }
  std::string relu(const std::string& x) { return graph_.relu(x + ".relu", x); }
  std::string add(const std::string& a, const std::string& b) {
    return graph_.add(name_ + ".sum", a, b);
  }
  std::string max_pool(const std::string& x, Window w) {
    return graph_.max_pool("maxpool", x, w.kernel_height, w.stride, w.padding);
  }
  std::string grid_average(const std::string& x, Shape in, Index grid) {
    if (in.height % grid != 0 || in.width % grid != 0)
      throw std::invalid_argument("selfsame: ONNX averages over equal regions only; a grid of " +
                                  std::to_string(grid) + " does not divide " +
                                  std::to_string(in.height) + " x " + std::to_string(in.width) +
                                  " positions");
    const std::string means = graph_.average_pool("avgpool", x, in.height / grid, in.width / grid);
    return graph_.flatten("features", graph_.transpose("positions", means, {0, 2, 3, 1}));
  }

 private:
  Graph& graph_;
  std::string name_;
};

}  // namespace detail

/// Writes an encoder in evaluation mode: from "images" (N, channels, height, width), as the encoder
/// gets them after normalisation, to "features" (N, columns); N is free, the size of images is not.
/// Batch norms are folded into their convolutions.
///
/// @param image    of one image: {1, height, width, channels}
/// @param weights  the encoder's own: `Fixed<D>(trained).under("encoder")`
/// @throws std::invalid_argument  where a grid of averages does not divide the last positions;
///                                std::system_error as AtomicFile does
template <class D, class Encoder>
void write_onnx(const std::filesystem::path& path, const Encoder& encoder, Shape image,
                const Fixed<D>& weights) {
  OnnxGraph graph("images", image.channels, image.height, image.width);
  detail::FoldedGraph<D> folded(graph);
  const std::string output = encoder.export_to(folded, image, std::string("images"), weights);
  write_file(path, graph.text(output, encoder.output(image).size()));
}

}  // namespace selfsame
