// Products of floats: the register tile alone, the library's product, Eigen's.
#include <selfsame/kernel/cpu/product.hpp>

#include <Eigen/Core>
#include <array>
#include <benchmark/benchmark.h>

using namespace selfsame;

namespace {

using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

void count(benchmark::State& state, Index rows, Index cols, Index depth) {
  const double flops = 2.0 * static_cast<double>(rows * cols * depth);
  state.counters["flops"] = {flops, benchmark::Counter::kIsIterationInvariantRate};
}

// What the tile reaches on panels that lie in L1: the measured peak.
void tile_cpu(benchmark::State& state) {
  const Index depth = 256;
  std::vector<float> left(static_cast<std::size_t>(tile_rows * depth), 1.f),
      right(static_cast<std::size_t>(tile_cols<float> * depth), 1.f),
      sums(static_cast<std::size_t>(tile_rows * tile_cols<float>));
  const TileSize size = tile_size<float>();
  for (auto _ : state)
    on_isa([&](auto bytes) SELFSAME_INLINE {
      for (int i = 0; i < 64; ++i)
        Tile<float, decltype(bytes)::value>::multiply(left.data(), right.data(), depth,
                                                      [&](auto& sum) SELFSAME_INLINE {
                                                        std::memcpy(sums.data(), sum, sizeof sum);
                                                        benchmark::ClobberMemory();
                                                      });
    });
  count(state, 64 * size.rows, size.cols, depth);
}
BENCHMARK(tile_cpu);

void product_cpu(benchmark::State& state) {
  const Index rows = state.range(0), cols = state.range(1), depth = state.range(2);
  const Cpu device{.threads = static_cast<int>(state.range(3))};
  const RowMajor a = RowMajor::Random(rows, depth), b = RowMajor::Random(depth, cols);
  RowMajor c(rows, cols);
  Workspace scratch;
  for (auto _ : state) {
    product(device, scratch, In<Cpu>(a.data(), rows, depth), Transpose::no,
            In<Cpu>(b.data(), depth, cols), Transpose::no, Out<Cpu>(c.data(), rows, cols));
    benchmark::DoNotOptimize(c.data());
  }
  count(state, rows, cols, depth);
}
void product_eigen(benchmark::State& state) {
  const Index rows = state.range(0), cols = state.range(1), depth = state.range(2);
  const RowMajor a = RowMajor::Random(rows, depth), b = RowMajor::Random(depth, cols);
  RowMajor c(rows, cols);
  Eigen::setNbThreads(1);
  for (auto _ : state) {
    c.noalias() = a * b;
    benchmark::DoNotOptimize(c.data());
  }
  count(state, rows, cols, depth);
}
void sizes(benchmark::internal::Benchmark* bench, std::vector<int> threads) {
  bench->ArgNames({"M", "N", "K", "threads"});
  for (const int t : threads)
    for (const auto& size :
         {std::array{1024, 1024, 1024}, {4096, 128, 512}, {20'000, 64, 64}, {64, 576, 20'000}})
      bench->Args({size[0], size[1], size[2], t});
  if (threads.size() > 1) bench->UseRealTime();
}
BENCHMARK(product_cpu)->Apply([](auto* bench) { sizes(bench, {1}); });
BENCHMARK(product_cpu)->Name("product_cpu_threads")->Apply([](auto* bench) {
  sizes(bench, {1, 2});
});
BENCHMARK(product_eigen)->Apply([](auto* bench) { sizes(bench, {1}); });

}  // namespace
