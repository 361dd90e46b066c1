// NT-Xent with its gradient: the streamed loss, and the paper's formula with the whole matrix of logits in Eigen.
#include <selfsame/interop/eigen.hpp>
#include <selfsame/loss/nt_xent.hpp>

#include <benchmark/benchmark.h>

using namespace selfsame;

namespace {

using Matrix = RowMajor<float>;

// (2B)^2 logits, and from them two products for the gradient: multiply and add.
void count(benchmark::State& state, Index rows, Index width) {
  const double flops = 6.0 * static_cast<double>(rows * rows * width);
  state.counters["flops"] = {flops, benchmark::Counter::kIsIterationInvariantRate};
}

// The gradient in one product, since w + w' meets both sides of a pair.
float with_a_matrix_of_logits(const Matrix& z, float temperature, Matrix& gradient) {
  const Index rows = z.rows(), batch = rows / 2;
  const Eigen::VectorXf norms = z.rowwise().norm();
  const Matrix u = z.array().colwise() / norms.array();
  Matrix w = u * u.transpose() / temperature;
  w.diagonal().setConstant(-INFINITY);
  Eigen::VectorXf hits(rows);
  for (Index i = 0; i < rows; ++i) hits(i) = w(i, (i + batch) % rows);
  const Eigen::VectorXf top = w.rowwise().maxCoeff();
  w = (w.colwise() - top).array().exp();
  const Eigen::VectorXf sum = w.rowwise().sum();
  w.array().colwise() /= sum.array();
  for (Index i = 0; i < rows; ++i) w(i, (i + batch) % rows) -= 1;
  w += Matrix(w.transpose());
  gradient.noalias() = w * u / (temperature * static_cast<float>(rows));
  const Eigen::VectorXf along = gradient.cwiseProduct(u).rowwise().sum();
  gradient -= along.asDiagonal() * u;
  gradient.array().colwise() /= norms.array();
  return (sum.array().log() + top.array() - hits.array()).mean();
}

void nt_xent_cpu(benchmark::State& state) {
  const Index rows = 2 * state.range(0), width = state.range(1);
  const Cpu device{.threads = static_cast<int>(state.range(2))};
  const Matrix z = Matrix::Random(rows, width);
  Matrix gradient(rows, width), other(rows, width);
  const Differentiable<Cpu> differentiable{view<Cpu>(z), view<Cpu>(gradient)};
  const float difference =
      std::abs(nt_xent(device, differentiable, 0.5f) - with_a_matrix_of_logits(z, 0.5f, other));
  if (!(difference < 1e-4f && (gradient - other).norm() < 1e-4f * other.norm()))
    return state.SkipWithError("the two implementations differ");
  for (auto _ : state) benchmark::DoNotOptimize(nt_xent(device, differentiable, 0.5f));
  count(state, rows, width);
}
BENCHMARK(nt_xent_cpu)
    ->ArgNames({"B", "D", "threads"})
    ->Args({256, 128, 1})
    ->Args({256, 128, 2})
    ->Args({1024, 128, 1})
    ->Args({1024, 128, 2})
    ->UseRealTime();

void nt_xent_eigen(benchmark::State& state) {
  const Index rows = 2 * state.range(0), width = state.range(1);
  const Matrix z = Matrix::Random(rows, width);
  Matrix gradient(rows, width);
  Eigen::setNbThreads(1);
  for (auto _ : state) benchmark::DoNotOptimize(with_a_matrix_of_logits(z, 0.5f, gradient));
  count(state, rows, width);
}
BENCHMARK(nt_xent_eigen)->ArgNames({"B", "D"})->Args({256, 128})->Args({1024, 128})->UseRealTime();

}  // namespace
