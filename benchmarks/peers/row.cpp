#include "row.hpp"

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace selfsame::bench {
namespace {

std::string inputs_folder() {
  const char* named = std::getenv("SELFSAME_BENCH_INPUTS");
  return named != nullptr ? named : "build/bench";
}

template <class T>
void read(const std::string& path, std::vector<T>& numbers) {
  std::ifstream file(path, std::ios::binary);
  file.read(reinterpret_cast<char*>(numbers.data()),
            static_cast<std::streamsize>(numbers.size() * sizeof(T)));
  if (!file) throw std::runtime_error("cannot read " + path);
}

void write(const std::string& path, const std::vector<float>& numbers) {
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(numbers.data()),
             static_cast<std::streamsize>(numbers.size() * sizeof(float)));
  if (!file) throw std::runtime_error("cannot write " + path);
}

}  // namespace

Row::Row(const std::string& name, int threads, benchmark::State& state)
    : device{.threads = threads}, folder_(inputs_folder() + "/" + name + "/"), state_(state) {
  std::ifstream index(folder_ + "index.txt");
  if (!index) throw std::runtime_error("no inputs in " + folder_ + ": ./dev bench kernels");
  for (std::string line; std::getline(index, line);) {
    std::istringstream words(line);
    std::string input, kind;
    words >> input >> kind;
    if (kind == "number") {
      words >> numbers_[input];
    } else {
      auto& [rows, cols] = extents_[input];
      words >> rows >> cols;
    }
    if (!words) throw std::runtime_error("not an input: " + line);
  }
}

const Array<float>& Row::floats(const std::string& name) {
  const auto [rows, cols] = extents_.at(name);
  auto [place, fresh] = floats_.try_emplace(name, Array<float>{rows, cols, {}});
  if (fresh) {
    place->second.numbers.resize(static_cast<std::size_t>(rows * cols));
    read(folder_ + name + ".f32", place->second.numbers);
  }
  return place->second;
}

In<Cpu> Row::rows(const std::string& name) {
  const Array<float>& a = floats(name);
  return {a.numbers.data(), a.rows, a.cols};
}

Vector<const float, Cpu> Row::vector(const std::string& name) {
  return view<Cpu>(floats(name).numbers);
}

Vector<const Index, Cpu> Row::indices(const std::string& name) {
  const auto [rows, cols] = extents_.at(name);
  std::vector<std::int32_t> stored(static_cast<std::size_t>(rows * cols));
  read(folder_ + name + ".i32", stored);
  std::vector<Index>& numbers = indices_[name];
  numbers.assign(stored.begin(), stored.end());
  return view<Cpu>(std::as_const(numbers));
}

Differentiable<Cpu> Row::differentiable(const std::string& name) {
  const In<Cpu> value = rows(name);
  return {value, result(name, value.rows, value.cols)};
}

Out<Cpu> Row::result(const std::string& name, Index rows, Index cols) {
  return {result(name, rows * cols).data, rows, cols};
}

Vector<float, Cpu> Row::result(const std::string& name, Index size) {
  auto& numbers = results_[name];
  numbers.assign(static_cast<std::size_t>(size), 0.f);
  return view<Cpu>(numbers);
}

void Row::measure(const std::function<double()>& f) {
  if (const char* const results = std::getenv("SELFSAME_BENCH_RESULTS"); results != nullptr) {
    const AllocationPeak peak;
    state_.counters["value"] = f();
    state_.counters["extra_mib"] = static_cast<double>(peak.bytes()) / (1 << 20);
    for (const auto& [name, numbers] : results_)
      write(folder_ + results + "." + name + ".f32", numbers);
  } else {
    f();  // what happens once only is not timed
  }
  for (auto _ : state_) benchmark::DoNotOptimize(f());
}

bool add_row(const std::string& name, void (*measure)(Row&)) {
  for (const int threads : {1, 2})
    benchmark::RegisterBenchmark((name + "/" + std::to_string(threads)).c_str(),
                                 [=](benchmark::State& state) {
                                   try {
                                     Row row(name, threads, state);
                                     measure(row);
                                   } catch (const std::exception& e) {
                                     state.SkipWithError(e.what());
                                   }
                                 })
        ->UseRealTime();
  return true;
}

}  // namespace selfsame::bench
