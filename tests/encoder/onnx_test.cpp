#include <selfsame/encoder/onnx.hpp>
#include "support/catch.hpp"

#include <map>

#include "support/golden_network.hpp"
#include "support/temporary_folder.hpp"

using namespace selfsame;
using namespace selfsame::testing;
using Catch::Matchers::ContainsSubstring;

namespace {

using D = BasicCpu<double>;

// A feature map of one image, (channels, height, width).
struct Map {
  Index channels = 0, height = 0, width = 0;
  std::vector<double> x{};

  Map(Index c, Index h, Index w)
      : channels(c), height(h), width(w), x(static_cast<std::size_t>(c * h * w)) {}
  Map() = default;
  double& at(Index c, Index h, Index w) {
    return x[static_cast<std::size_t>((c * height + h) * width + w)];
  }
  double padded(Index c, Index h, Index w, double outside) {
    return h < 0 || w < 0 || h >= height || w >= width ? outside : at(c, h, w);
  }
};

// Has the operators of OnnxGraph, and computes them as their definitions say.
struct Interpreter {
  std::map<std::string, Map> values{};
  std::vector<double> features{};

  std::string convolution(const std::string& name, const std::string& x, std::array<Index, 4> e,
                          std::span<const float> weights, std::span<const float> bias, Index stride,
                          Index padding) {
    Map& in = values.at(x);
    REQUIRE(in.channels == e[1]);
    Map y(e[0], (in.height + 2 * padding - e[2]) / stride + 1,
          (in.width + 2 * padding - e[3]) / stride + 1);
    for (Index o = 0; o < e[0]; ++o)
      for (Index h = 0; h < y.height; ++h)
        for (Index w = 0; w < y.width; ++w) {
          double sum = static_cast<double>(bias[static_cast<std::size_t>(o)]);
          for (Index i = 0; i < e[1] * e[2] * e[3]; ++i)
            sum +=
                static_cast<double>(weights[static_cast<std::size_t>(o * e[1] * e[2] * e[3] + i)]) *
                in.padded(i / (e[2] * e[3]), h * stride - padding + i / e[3] % e[2],
                          w * stride - padding + i % e[3], 0);
          y.at(o, h, w) = sum;
        }
    return keep(name, y);
  }
  std::string relu(const std::string& name, const std::string& x) {
    Map y = values.at(x);
    for (double& v : y.x) v = std::max(v, 0.);
    return keep(name, y);
  }
  std::string add(const std::string& name, const std::string& a, const std::string& b) {
    Map y = values.at(a);
    for (std::size_t i = 0; i < y.x.size(); ++i) y.x[i] += values.at(b).x.at(i);
    return keep(name, y);
  }
  std::string max_pool(const std::string& name, const std::string& x, Index kernel, Index stride,
                       Index padding) {
    Map& in = values.at(x);
    Map y(in.channels, (in.height + 2 * padding - kernel) / stride + 1,
          (in.width + 2 * padding - kernel) / stride + 1);
    for (Index c = 0; c < y.channels; ++c)
      for (Index h = 0; h < y.height; ++h)
        for (Index w = 0; w < y.width; ++w) {
          double& top = y.at(c, h, w) = -1e300;
          for (Index i = 0; i < kernel * kernel; ++i)
            top = std::max(top, in.padded(c, h * stride - padding + i / kernel,
                                          w * stride - padding + i % kernel, -1e300));
        }
    return keep(name, y);
  }
  std::string average_pool(const std::string& name, const std::string& x, Index height,
                           Index width) {
    Map& in = values.at(x);
    Map y(in.channels, in.height / height, in.width / width);
    for (Index c = 0; c < in.channels; ++c)
      for (Index h = 0; h < in.height; ++h)
        for (Index w = 0; w < in.width; ++w)
          y.at(c, h / height, w / width) += in.at(c, h, w) / static_cast<double>(height * width);
    return keep(name, y);
  }
  std::string transpose(const std::string& name, const std::string& x,
                        std::initializer_list<Index> axes) {
    REQUIRE(std::vector<Index>(axes) == std::vector<Index>{0, 2, 3, 1});
    Map& in = values.at(x);
    for (Index h = 0; h < in.height; ++h)
      for (Index w = 0; w < in.width; ++w)
        for (Index c = 0; c < in.channels; ++c) features.push_back(in.at(c, h, w));
    return name;
  }
  std::string flatten(const std::string& name, const std::string&) { return name; }

 private:
  std::string keep(const std::string& name, Map y) {
    REQUIRE(values.count(name) == 0);  // a value is computed once
    values[name] = std::move(y);
    return name;
  }
};

}  // namespace

TEST_CASE("a ResNet's graph, computed operator by operator, gives the features of its evaluation",
          "[encoder]") {
  const ResNet encoder = GENERATE(ResNet{.depth = 8, .width = .25, .stem = Stem::small, .grid = 2},
                                  ResNet{.depth = 18, .width = .0625, .stem = Stem::imagenet},
                                  ResNet{.depth = 26,
                                         .width = .0625,
                                         .stem = Stem::small_strided,
                                         .shortcut = Shortcut::every_stage});
  const Shape image{1, 32, 32, 3};
  Store<D> store;
  const auto net = chain(encoder);
  const Trained<D> w = reserve_trained(store, net.layout<D>(image), 1);
  fill_by_formula<D>(w.parameters);
  for (Index k = 0; k < w.buffers.count(); ++k)
    for (Index i = 0; i < w.buffers[k].size; ++i)
      w.buffers[k][i] = (k % 2 == 1 ? 1 : 0) + formula(1000 + k, i) / 4;
  std::vector<double> pixels;
  for (Index i = 0; i < image.size(); ++i) pixels.push_back(formula(100, i));

  Interpreter graph;
  Map& images = graph.values["images"] = Map(3, 32, 32);
  for (Index i = 0; i < image.size(); ++i)
    images.at(i % 3, i / 3 / 32, i / 3 % 32) = pixels[static_cast<std::size_t>(i)];
  selfsame::detail::FoldedGraph<D, Interpreter> folded(graph);
  const Fixed<D> weights = Fixed<D>(w).under("encoder");
  encoder.export_to(folded, image, std::string("images"), weights);

  const D device{};
  Workspace workspace;
  const Pass<D> pass{.device = &device, .workspace = &workspace};
  const Shape out = encoder.output(image);
  std::vector<double> features(static_cast<std::size_t>(out.size()));
  ResNet::Cache<D> cache;
  ResNet::Statistics<D> statistics;
  encoder.forward(pass.as(Mode::evaluate, selfsame::Copy::online), image,
                  In<D>(pixels.data(), image.rows(), 3), weights,
                  Out<D>(features.data(), out.rows(), out.channels), cache, statistics);
  REQUIRE(graph.features.size() == features.size());
  double largest = 0, error = 0;
  for (std::size_t i = 0; i < features.size(); ++i) {
    largest = std::max(largest, std::abs(features[i]));
    error = std::max(error, std::abs(features[i] - graph.features[i]));
  }
  CHECK(largest > .1);
  CHECK(error < 1e-6 * largest);  // folded weights are floats
}

TEST_CASE("a grid that does not divide the last positions has no ONNX file", "[encoder]") {
  const TemporaryFolder folder;
  const ResNet encoder{.depth = 8, .width = .25, .stem = Stem::small, .grid = 2};
  Store<D> store;
  const Trained<D> w = reserve_trained(store, chain(encoder).layout<D>({1, 12, 12, 1}), 1);
  CHECK_THROWS_WITH(
      write_onnx(folder / "x.onnx", encoder, {1, 12, 12, 1}, Fixed<D>(w).under("encoder")),
      ContainsSubstring("a grid of 2 does not divide 3 x 3 positions"));
  CHECK_FALSE(std::filesystem::exists(folder / "x.onnx"));
}
