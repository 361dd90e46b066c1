/// @file
/// Networks as ONNX files, written only: a graph of nodes with their weights, in protocol buffers.
#pragma once
#include <selfsame/core/version.hpp>
#include <selfsame/io/detail/protobuf.hpp>
#include <selfsame/io/file.hpp>
#include <selfsame/tensor/device.hpp>

#include <array>
#include <bit>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace selfsame {

/// A graph that grows node by node; values are known by name. Images and feature maps are (N, C, H, W).
/// Field numbers are those of onnx.proto.
/// @see https://onnx.ai/onnx/repo-docs/IR.html; operators of opset 13
class OnnxGraph {
 public:
  static constexpr std::int64_t opset = 13, ir_version = 7;

  /// @param input  name of (N, channels, height, width) floats, N being free
  OnnxGraph(const std::string& input, Index channels, Index height, Index width) {
    inputs_.message(11, value(input, {channels, height, width}));
  }

  /// y = conv(x) + bias, weights (outputs, inputs, height, width). The value is named as the node.
  std::string convolution(const std::string& name, const std::string& x,
                          std::array<Index, 4> extents, std::span<const float> weights,
                          std::span<const float> bias, Index stride, Index padding) {
    initializer(name + ".weight", extents, weights);
    initializer(name + ".bias", {extents.data(), 1}, bias);
    return node("Conv", name, {x, name + ".weight", name + ".bias"},
                windowed(extents[2], extents[3], stride, padding));
  }
  std::string relu(const std::string& name, const std::string& x) {
    return node("Relu", name, {x}, {});
  }
  std::string add(const std::string& name, const std::string& a, const std::string& b) {
    return node("Add", name, {a, b}, {});
  }
  std::string max_pool(const std::string& name, const std::string& x, Index kernel, Index stride,
                       Index padding) {
    return node("MaxPool", name, {x}, windowed(kernel, kernel, stride, padding));
  }
  std::string average_pool(const std::string& name, const std::string& x, Index height,
                           Index width) {
    return node("AveragePool", name, {x},
                detail::Message()
                    .message(5, integers("kernel_shape", {height, width}))
                    .message(5, integers("strides", {height, width})));
  }
  std::string transpose(const std::string& name, const std::string& x,
                        std::initializer_list<Index> axes) {
    return node("Transpose", name, {x}, detail::Message().message(5, integers("perm", axes)));
  }
  /// (N, everything else)
  std::string flatten(const std::string& name, const std::string& x) {
    return node("Flatten", name, {x}, detail::Message().message(5, integer("axis", 1)));
  }

  /// The file, with the value `output`, (N, columns), as its result.
  std::string text(const std::string& output, Index columns) const {
    detail::Message graph, outputs;
    outputs.message(12, value(output, {columns}));
    graph.append(nodes_).bytes(2, "selfsame").append(initializers_).append(inputs_).append(outputs);
    return detail::Message()
        .number(1, ir_version)
        .bytes(2, "selfsame")
        .bytes(3, library_version)
        .message(7, graph)
        .message(8, detail::Message().bytes(1, "").number(2, opset))
        .text();
  }

 private:
  static constexpr std::int64_t type_float = 1, attribute_int = 2, attribute_ints = 7;

  static detail::Message value(const std::string& name, std::initializer_list<Index> extents) {
    detail::Message shape, type;
    shape.message(1, detail::Message().bytes(2, "N"));
    for (const Index e : extents) shape.message(1, detail::Message().number(1, e));
    type.message(1, detail::Message().number(1, type_float).message(2, shape));
    return detail::Message().bytes(1, name).message(2, type);
  }
  static detail::Message integer(std::string_view name, Index x) {
    return detail::Message().bytes(1, name).number(3, x).number(20, attribute_int);
  }
  static detail::Message integers(std::string_view name, std::initializer_list<Index> all) {
    detail::Message m;
    m.bytes(1, name);
    for (const Index x : all) m.number(8, x);
    return m.number(20, attribute_ints);
  }
  static detail::Message windowed(Index height, Index width, Index stride, Index padding) {
    return detail::Message()
        .message(5, integers("kernel_shape", {height, width}))
        .message(5, integers("pads", {padding, padding, padding, padding}))
        .message(5, integers("strides", {stride, stride}));
  }
  void initializer(const std::string& name, std::span<const Index> extents,
                   std::span<const float> numbers) {
    static_assert(std::endian::native == std::endian::little);
    detail::Message tensor;
    for (const Index e : extents) tensor.number(1, e);
    tensor.number(2, type_float)
        .bytes(8, name)
        .bytes(9, {reinterpret_cast<const char*>(numbers.data()), numbers.size_bytes()});
    initializers_.message(5, tensor);
  }
  std::string node(std::string_view kind, const std::string& name,
                   std::initializer_list<std::string> inputs, const detail::Message& attributes) {
    detail::Message n;
    for (const std::string& x : inputs) n.bytes(1, x);
    nodes_.message(1, n.bytes(2, name).bytes(3, name).bytes(4, kind).append(attributes));
    return name;
  }

  detail::Message nodes_, initializers_, inputs_;
};

}  // namespace selfsame
