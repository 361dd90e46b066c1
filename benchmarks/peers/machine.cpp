// What this machine can do at its best, on as many threads: the floors of the table stand on it.
#include <selfsame/kernel/cpu/elementwise.hpp>
#include <selfsame/kernel/cpu/isa.hpp>

#include <benchmark/benchmark.h>

using namespace selfsame;

namespace {

constexpr int chains = 12;  // enough to hide the latency of a fused multiply-add

// Fused multiply-adds between registers.
void machine_fma(benchmark::State& state) {
  const Cpu device{.threads = static_cast<int>(state.range(0))};
  constexpr Index steps = 200'000;
  std::vector<float> sums(8), starts(chains);
  for (std::size_t c = 0; c < starts.size(); ++c) starts[c] = static_cast<float>(c);
  benchmark::DoNotOptimize(starts.data());
  double lanes = 0;
  on_isa([&](auto bytes) SELFSAME_INLINE { lanes = bytes() / 4; });
  for (auto _ : state)
    parallel(device, 8, [&](Index task, Index) {
      on_isa([&](auto bytes) SELFSAME_INLINE {
        using V = Simd<float, decltype(bytes)::value>;
        V a[chains], factor = V{} + 0.999f, step = V{} + 1e-3f;
        for (int c = 0; c < chains; ++c)  // equal chains would become one
          a[c] = V{} + starts[static_cast<std::size_t>(c)];
        for (Index i = 0; i < steps; ++i)
#pragma GCC unroll 12
          for (int c = 0; c < chains; ++c) a[c] = a[c] * factor + step;
        for (int c = 1; c < chains; ++c) a[0] += a[c];
        sums[static_cast<std::size_t>(task)] = sum_of(a[0]);
      });
    });
  benchmark::DoNotOptimize(sums.data());
  state.counters["flops"] = {8 * 2 * static_cast<double>(steps * chains) * lanes,
                             benchmark::Counter::kIsIterationInvariantRate};
}
BENCHMARK(machine_fma)->Arg(1)->Arg(2)->UseRealTime();

// Copies 100 MB with ordinary stores: a line is read, a line of the destination is read and written.
void machine_copy(benchmark::State& state) {
  const Cpu device{.threads = static_cast<int>(state.range(0))};
  constexpr Index size = 25'000'000;
  std::vector<float> from(size, 1.f), to(size, 2.f);
  for (auto _ : state) {
    map(
        device, size, [](auto& x, auto& y) SELFSAME_INLINE { y = x; }, std::as_const(from).data(),
        to.data());
    benchmark::ClobberMemory();
  }
  state.counters["bytes"] = {3.0 * 4.0 * static_cast<double>(size),
                             benchmark::Counter::kIsIterationInvariantRate};
}
BENCHMARK(machine_copy)->Arg(1)->Arg(2)->UseRealTime();

// How this program was compiled, and what it chose when it started.
const bool told = [] {
  const char* const sets[] = {"portable", "avx2", "avx512"};
  benchmark::AddCustomContext(
      "flags", std::string(SELFSAME_BENCH_FLAGS) + ", runs " + sets[static_cast<int>(best_isa())]);
  return true;
}();

}  // namespace
