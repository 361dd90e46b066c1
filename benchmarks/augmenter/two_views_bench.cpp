#include <selfsame/augmenter/two_views.hpp>

#include <benchmark/benchmark.h>

using namespace selfsame;

namespace {

// A smooth picture of bytes: hue and saturation branch on what they see, so noise would be slower.
std::vector<std::uint8_t> picture(Index side, Index channels) {
  std::vector<std::uint8_t> bytes;
  for (Index y = 0; y < side; ++y)
    for (Index x = 0; x < side; ++x)
      for (Index c = 0; c < channels; ++c)
        bytes.push_back(static_cast<std::uint8_t>(
            128 + 100 * std::sin(0.2 * static_cast<double>(y) +
                                 0.13 * static_cast<double>(x * (c + 1)))));
  return bytes;
}

void two_views(benchmark::State& state) {
  const Index side = state.range(0), channels = state.range(1);
  const auto bytes = picture(side, channels);
  const Source source = PixelsOf<const std::uint8_t>{bytes.data(), side, side, channels};
  Buffer<float> first(side * side * channels), second(side * side * channels);
  const Pixels outs[] = {{first.data(), side, side, channels},
                         {second.data(), side, side, channels}};
  const TwoViews augmenter{.blur = {.probability = static_cast<double>(state.range(2)) / 100}};
  Workspace scratch;
  Index sample = 0;
  for (auto _ : state) {
    augmenter.make(1, {sample++, 0}, source, outs, scratch);
    benchmark::ClobberMemory();
  }
  state.counters["views"] = {2, benchmark::Counter::kIsIterationInvariantRate};
}
BENCHMARK(two_views)
    ->ArgNames({"side", "channels", "blurred_%"})
    ->Args({28, 1, 0})
    ->Args({28, 1, 50})
    ->Args({32, 3, 0})
    ->Args({32, 3, 50})
    ->Args({224, 3, 50});

}  // namespace
