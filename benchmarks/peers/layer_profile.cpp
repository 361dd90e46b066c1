// Where a training step goes: each layer of an encoder and each of its passes, on two views of a batch.
// Rows are profile_NET_IMAGES/LAYER/PASS/THREADS; tools/bench/layer_profile.py sets them beside their floors.
#include <selfsame/nn/conv_norm.hpp>
#include <selfsame/optimizer/adamw.hpp>
#include <selfsame/train/learner.hpp>

#include <benchmark/benchmark.h>

#include "training_nets.hpp"

namespace selfsame::bench {
namespace {

// A convolution, its batch norm, and what the norm's pass does besides.
struct Layer {
  std::string name;
  Shape in;
  ConvNorm conv;
  bool adds = false;   // a shortcut, before the ReLU
  bool first = false;  // images have no gradient

  Shape out() const { return conv.output(in); }
  // Multiplications and additions, without those by the border's zeros.
  double products() const {
    return 2.0 * static_cast<double>(out().images *
                                     pairs(in.height, out().height, conv.window.kernel_height) *
                                     pairs(in.width, out().width, conv.window.kernel_width) *
                                     in.channels * out().channels);
  }

 private:
  // Of outputs and the inputs that they see, along an axis.
  Index pairs(Index inputs, Index outputs, Index kernel) const {
    Index n = 0;
    for (Index o = 0; o < outputs; ++o)
      for (Index k = 0; k < kernel; ++k) {
        const Index i = o * conv.window.stride + k - conv.window.padding;
        n += i >= 0 && i < inputs ? 1 : 0;
      }
    return n;
  }
};

// What an encoder exports itself to (encoder/onnx.hpp has the other one): its layers.
struct LayerList {
  struct Value {
    Shape shape;
    std::size_t layer = 0;  // whose output it is
  };
  std::vector<Layer> layers;

  Value conv_norm(const ConvNorm& conv, Index, Value x, const Fixed<Cpu>& w, bool activates) {
    const std::string weight = w.parameters.segments[0].name.substr(sizeof "encoder");
    layers.push_back({weight.substr(0, weight.rfind('.')), x.shape, conv, false, layers.empty()});
    layers.back().conv.norm.activate = activates ? Activate::relu : Activate::none;
    return {layers.back().out(), layers.size() - 1};
  }
  Value add(Value branch, Value) {
    layers[branch.layer].adds = true;
    layers[branch.layer].conv.norm.activate = Activate::relu;
    return branch;
  }
  Value relu(Value sum) { return sum; }
  Value max_pool(Value x, Window w) { return {convolved(x.shape, x.shape.channels, w), x.layer}; }
  Value grid_average(Value x, Shape, Index) { return x; }
};

Rows<Cpu> numbers(Shape s) {
  Rows<Cpu> rows(s.rows(), s.channels);
  for (Index i = 0; i < rows.data.size(); ++i)
    rows.data[i] = std::sin(static_cast<float>(i % 8191));
  return rows;
}

// What a layer's passes read and write.
struct Run {
  Layer layer;
  Cpu device;
  Workspace scratch;
  Shape in = layer.in, out = layer.out();
  Index outputs = out.channels;
  Window window = layer.conv.window;
  Rows<Cpu> x = numbers(in), conv = numbers(out), y = numbers(out), dy = numbers(out);
  Rows<Cpu> dconv = numbers(out), dx = numbers(in), addend = numbers(out), daddend = numbers(out);
  Rows<Cpu> weight = numbers({outputs, 1, 1, window.taps() * in.channels});
  Rows<Cpu> dweight = numbers({outputs, 1, 1, window.taps() * in.channels});
  Rows<Cpu> scale = numbers({4, 1, 1, outputs});
  std::vector<double> sums = std::vector<double>(static_cast<std::size_t>(2 * outputs));

  Vector<const float, Cpu> weights() const { return {weight.data.data(), weight.data.size()}; }
  const float* row(Index r) const { return scale.in().row(r); }
  Activate activate() const { return layer.conv.norm.activate; }
  NormGradient<float, float> norm() const {
    return {conv.in(), dy.in(),   layer.adds ? y.in() : In<Cpu>{}, row(0), row(1), row(2),
            row(3),    activate()};
  }

  void convolve_and_measure() {
    const Index chunks = convolution_chunks(in, outputs, window);
    const Workspace::Scope scope(scratch);
    float* const moments = scratch.take<float>(2 * chunks * outputs);
    convolve(device, scratch, in, x.in(), weights(), outputs, window, conv.out(),
             [&](Index chunk, Index first, Index rows) {
               block_moments(device, conv.in().row_range(first, rows),
                             moments + 2 * chunk * outputs, moments + (2 * chunk + 1) * outputs);
             });
  }
  void normalise() {
    normalise_columns(device, conv.in(), row(0), row(1), row(2),
                      layer.adds ? addend.in() : In<Cpu>{}, activate(), y.out());
  }
  void norm_sums() { norm_gradient_sums(device, scratch, norm(), sums.data()); }
  void norm_back() {
    norm_gradient(device, norm(), row(0), row(1), dconv.out(),
                  layer.adds ? daddend.out() : Out<Cpu>{});
  }
  void back_to_weight() {
    convolve_back_to_weight(device, scratch, in, x.in(), dconv.in(), outputs, window,
                            Vector<float, Cpu>{dweight.data.data(), dweight.data.size()});
  }
  void back_to_input() {
    convolve_back_to_input(device, scratch, in, dconv.in(), weights(), outputs, window, dx.out(),
                           Write::overwrite);
  }
};

void add_pass(const std::string& net, const Layer& layer, const char* pass, void (Run::*run)(),
              double flops, double floats) {
  for (const int threads : {1, 2})
    benchmark::RegisterBenchmark(
        (net + "/" + layer.name + "/" + pass + "/" + std::to_string(threads)).c_str(),
        [=](benchmark::State& state) {
          Run r{layer, {.threads = threads}, {}};
          for (auto _ : state) (r.*run)();
          state.counters["flops"] = flops;
          state.counters["bytes"] = 4 * floats;
        })
        ->UseRealTime();
}

// What a step computes around and inside the encoder, without the views.
bool add_profile(const std::string& name, const SimCLR& method, Index images, Index side) {
  const Shape image{1, side, side, 1};
  const Recipe<SimCLR> recipe{.method = method, .batch = images, .steps = 1};
  Learner learner(recipe, Setup{.image = image, .samples = images}, Cpu{});
  LayerList list;
  const Shape views = image.with_images(2 * images);
  method.encoder.export_to(list, views, LayerList::Value{views},
                           Fixed<Cpu>(learner.state().online).under("encoder"));
  for (const Layer& layer : list.layers) {
    const double out = static_cast<double>(layer.out().size());
    const double sum = layer.adds ? 1 : 0, products = layer.products();
    add_pass(name, layer, "convolve", &Run::convolve_and_measure, products, 0);
    add_pass(name, layer, "normalise", &Run::normalise, 0, (2 + sum) * out);
    add_pass(name, layer, "sums", &Run::norm_sums, 0, (2 + sum) * out);
    add_pass(name, layer, "norm back", &Run::norm_back, 0, (3 + 2 * sum) * out);
    add_pass(name, layer, "to weight", &Run::back_to_weight, products, 0);
    if (!layer.first) add_pass(name, layer, "to input", &Run::back_to_input, products, 0);
  }
  return true;
}

const bool added = add_profile("profile_demo_256", demo, 256, 20) &&
                   add_profile("profile_resnet18_32", resnet18, 32, 28);

}  // namespace
}  // namespace selfsame::bench
