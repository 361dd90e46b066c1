// 3 x 3 convolutions of 512 images, as a residual network has them, and its stem.
#include <selfsame/kernel/cpu/convolution.hpp>

#include <array>
#include <benchmark/benchmark.h>

using namespace selfsame;

namespace {

enum class Direction { forward, to_input, to_weight };

template <Direction direction>
void convolution_cpu(benchmark::State& state) {
  const Index size = state.range(0), channels = state.range(1), outputs = state.range(2);
  const Window w{.kernel_height = 3, .kernel_width = 3, .stride = state.range(3), .padding = 1};
  const Cpu device{.threads = static_cast<int>(state.range(4))};
  const Shape in{512, size, size, channels}, out = convolved(in, outputs, w);
  std::vector<float> x(static_cast<std::size_t>(in.size()), 1.f),
      y(static_cast<std::size_t>(out.size()), 1.f),
      weight(static_cast<std::size_t>(outputs * 9 * channels), 1e-3f);
  const Out<Cpu> images(x.data(), in.rows(), channels), maps(y.data(), out.rows(), outputs);
  Workspace scratch;
  for (auto _ : state) {
    if constexpr (direction == Direction::forward)
      convolve(device, scratch, in, images, view<Cpu>(weight), outputs, w, maps);
    else if constexpr (direction == Direction::to_input)
      convolve_back_to_input(device, scratch, in, maps, view<Cpu>(weight), outputs, w, images,
                             Write::overwrite);
    else
      convolve_back_to_weight(device, scratch, in, images, maps, outputs, w, view<Cpu>(weight));
    benchmark::ClobberMemory();
  }
  const double flops = 2.0 * static_cast<double>(out.size() * 9 * channels);
  state.counters["flops"] = {flops, benchmark::Counter::kIsIterationInvariantRate};
}

void layers(benchmark::internal::Benchmark* bench, int threads) {
  bench->ArgNames({"map", "C", "O", "stride", "threads"})->Unit(benchmark::kMillisecond);
  for (const auto& layer : {std::array{28, 1, 32, 1},
                            {32, 3, 64, 1},
                            {14, 32, 32, 1},
                            {14, 64, 64, 1},
                            {14, 64, 128, 2},
                            {7, 128, 128, 1},
                            {4, 256, 256, 1}})
    bench->Args({layer[0], layer[1], layer[2], layer[3], threads});
  if (threads > 1) bench->UseRealTime();
}
template <Direction direction>
void register_layers(const char* name) {
  for (const int threads : {1, 2})
    layers(benchmark::RegisterBenchmark(name, convolution_cpu<direction>), threads);
}
const bool registered = [] {
  register_layers<Direction::forward>("convolve");
  register_layers<Direction::to_input>("convolve_back_to_input");
  register_layers<Direction::to_weight>("convolve_back_to_weight");
  return true;
}();

}  // namespace
