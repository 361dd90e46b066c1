/// @file
/// A network of bare segments, as an optimizer sees one.
#pragma once
#include <selfsame/core/store.hpp>

#include <limits>

namespace selfsame {

template <class D>
struct Network {
  Store<D> store;
  Workspace workspace;
  D device{};
  Trained<D> weights;

  /// A weight of each of these sizes, all 0, and poisoned padding that nobody may read or write.
  explicit Network(const std::vector<Index>& sizes, Kind kind = Kind::weight) {
    Layout layout = Layout::on<D>();
    for (std::size_t k = 0; k < sizes.size(); ++k)
      layout.weight("w" + std::to_string(k), kind, {sizes[k]}, zeros);
    weights = reserve_trained(store, layout, 1);
    for (auto slice : {weights.parameters, weights.gradient}) {
      std::fill(slice.all.begin(), slice.all.end(), poison);
      for (Index k = 0; k < slice.count(); ++k)
        std::fill(slice[k].begin(), slice[k].end(), Real<D>(0));
    }
  }
  bool padding_is_untouched() const {
    std::vector<bool> used(static_cast<std::size_t>(weights.parameters.all.size));
    for (const Segment& s : weights.parameters.segments)
      for (Index i = 0; i < s.size(); ++i) used[static_cast<std::size_t>(s.offset + i)] = true;
    for (std::size_t i = 0; i < used.size(); ++i)
      if (!used[i] && weights.parameters.all[static_cast<Index>(i)] != poison) return false;
    return true;
  }
  Pass<D> pass(Progress progress = {}) {
    Pass<D> p;
    p.device = &device;
    p.workspace = &workspace;
    p.progress = progress;
    return p;
  }
  template <class T>
  void set(Slice<Real<D>, D> slice, Index k, const std::vector<T>& values) {
    for (Index i = 0; i < slice[k].size; ++i)
      slice[k][i] = static_cast<Real<D>>(values[static_cast<std::size_t>(i)]);
  }

  static constexpr Real<D> poison = 12345;
};

/// The largest relative difference of a segment from numbers of a golden file, from `first` on.
template <class D>
double difference(Vector<const Real<D>, D> mine, const std::vector<double>& golden,
                  std::size_t first = 0) {
  double worst = 0;
  for (Index i = 0; i < mine.size; ++i) {
    const double g = golden.at(first + static_cast<std::size_t>(i));
    const double error = std::abs(double{mine[i]} - g) / std::max(std::abs(g), 0.01);
    worst = worst != worst || error <= worst ? worst : error;  // a NaN is worst, and stays
  }
  return worst;
}

}  // namespace selfsame
