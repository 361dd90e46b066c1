// A row of the table of kernels and peers: inputs that tools/bench/kernels.py wrote, results that it
// compares with those of the peers, memory, time.
#pragma once
#include <selfsame/tensor/view.hpp>

#include <benchmark/benchmark.h>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace selfsame::bench {

// What is allocated while this lives, at its highest. One at a time.
class AllocationPeak {
 public:
  AllocationPeak();
  ~AllocationPeak();
  AllocationPeak(const AllocationPeak&) = delete;
  AllocationPeak& operator=(const AllocationPeak&) = delete;
  std::int64_t bytes() const;
};

// Numbers as tools/bench/raw.py writes them: one row where there is but one extent.
template <class T>
struct Array {
  Index rows = 0, cols = 0;
  std::vector<T> numbers;
};

class Row {
 public:
  Row(const std::string& name, int threads, benchmark::State& state);

  const Cpu device;

  // Inputs by their names in tools/bench/kernel_rows.py.
  float number(const std::string& name) const { return static_cast<float>(numbers_.at(name)); }
  Index count(const std::string& name) const { return static_cast<Index>(numbers_.at(name)); }
  In<Cpu> rows(const std::string& name);
  Vector<const float, Cpu> vector(const std::string& name);
  Vector<const Index, Cpu> indices(const std::string& name);

  // An input and the place of its gradient, which is a result of that name.
  Differentiable<Cpu> differentiable(const std::string& name);
  // A result that is not the gradient of an input.
  Out<Cpu> result(const std::string& name, Index rows, Index cols);
  Vector<float, Cpu> result(const std::string& name, Index size);

  // Times `f`. Where SELFSAME_BENCH_RESULTS names files, `f` runs once before, for its value, its
  // results, which are written, and the memory it takes beyond them.
  void measure(const std::function<double()>& f);

 private:
  const Array<float>& floats(const std::string& name);

  std::string folder_;
  benchmark::State& state_;
  std::map<std::string, double> numbers_;
  std::map<std::string, std::pair<Index, Index>> extents_;
  std::map<std::string, Array<float>> floats_;
  std::map<std::string, std::vector<Index>> indices_;
  std::map<std::string, std::vector<float>> results_;
};

// `const auto added = add_row("nt_xent_512", [](Row& row) { ... });` for 1 and 2 threads.
bool add_row(const std::string& name, void (*measure)(Row&));

}  // namespace selfsame::bench
