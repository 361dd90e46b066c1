// Ten iterations of k-means on noise and on rows in lumps of unequal sizes, with and without distance bounds; and the
// same iterations as one product of Eigen and a search of each row.
#include <selfsame/assigner/k_means.hpp>
#include <selfsame/interop/eigen.hpp>

#include <benchmark/benchmark.h>

#include <random>

using namespace selfsame;

namespace {

using Matrix = RowMajor<float>;

constexpr Index iterations = 10;

/// Normal noise around one of `lumps` places, which lie around one of eight: as features of images of a few classes.
Matrix rows_of(Index rows, Index width, Index lumps) {
  std::mt19937 bits(3);
  std::normal_distribution<float> normal;
  const auto draw = [&](Index n) {
    Matrix m(n, width);
    for (Index i = 0; i < m.size(); ++i) m.data()[i] = normal(bits);
    return m;
  };
  Matrix x = draw(rows);
  if (lumps == 0) return x;
  const Matrix classes = 1.5f * draw(8);
  Matrix places = draw(lumps);
  for (Index k = 0; k < lumps; ++k) places.row(k) += classes.row(k % 8);
  x *= 0.5f;
  for (Index i = 0; i < rows; ++i) {
    const double u = std::generate_canonical<double, 53>(bits);
    x.row(i) += places.row(static_cast<Index>(u * u * static_cast<double>(lumps)));
  }
  return x;
}

// Of the assignments alone, had all distances been computed.
void count(benchmark::State& state, Index rows, Index width, Index clusters) {
  const double flops = 2.0 * static_cast<double>(iterations * rows * clusters * width);
  state.counters["flops"] = {flops, benchmark::Counter::kIsIterationInvariantRate};
}

void k_means_cpu(benchmark::State& state) {
  const Index rows = state.range(0), width = state.range(1), clusters = state.range(2);
  const Matrix x = rows_of(rows, width, state.range(3));
  const Cpu device{.threads = static_cast<int>(state.range(5))};
  const Matrix first = x.topRows(clusters);
  const KMeans numbers{.clusters = clusters,
                       .iterations = iterations,
                       .until = Until::last,
                       .last = LastLabels::kept,
                       .bounds = static_cast<double>(state.range(4))};
  double distances = 0;
  for (auto _ : state) {
    const auto c = k_means(device, In<Cpu>(view<Cpu>(x)), numbers, 0, view<Cpu>(first));
    benchmark::DoNotOptimize(c.objective);
    distances = 0;
    for (const KMeansStep& s : c.steps) distances += s.distances;
  }
  count(state, rows, width, clusters);
  state.counters["computed"] = distances / static_cast<double>(iterations * rows * clusters);
}
BENCHMARK(k_means_cpu)
    ->ArgNames({"N", "D", "K", "lumps", "bounds", "threads"})
    ->Args({100000, 128, 1000, 0, 0, 1})
    ->Args({100000, 128, 1000, 0, 1, 1})
    ->Args({100000, 128, 1000, 2000, 0, 1})
    ->Args({100000, 128, 1000, 2000, 1, 1})
    ->Args({100000, 128, 1000, 2000, 1, 2})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

void k_means_eigen(benchmark::State& state) {
  const Index rows = state.range(0), width = state.range(1), clusters = state.range(2);
  const Matrix x = rows_of(rows, width, state.range(3));
  Eigen::setNbThreads(1);
  constexpr Index block = 1000;
  Matrix scores(block, clusters);
  for (auto _ : state) {
    Matrix c = x.topRows(clusters);
    for (Index t = 0; t < iterations; ++t) {
      const Eigen::RowVectorXf half = c.rowwise().squaredNorm().transpose() / 2;
      Matrix sums = Matrix::Zero(clusters, width);
      Eigen::VectorXf counts = Eigen::VectorXf::Zero(clusters);
      for (Index i = 0; i < rows; i += block) {
        scores.noalias() = -x.middleRows(i, block) * c.transpose();
        scores.rowwise() += half;
        for (Index r = 0; r < block; ++r) {
          Index best = 0;
          scores.row(r).minCoeff(&best);
          sums.row(best) += x.row(i + r);
          ++counts(best);
        }
      }
      for (Index k = 0; k < clusters; ++k)
        if (counts(k) > 0) c.row(k) = sums.row(k) / counts(k);
    }
    benchmark::DoNotOptimize(c.data());
  }
  count(state, rows, width, clusters);
}
BENCHMARK(k_means_eigen)
    ->ArgNames({"N", "D", "K", "lumps"})
    ->Args({100000, 128, 1000, 0})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

}  // namespace
