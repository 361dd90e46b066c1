// Losses by their value only, as papers write them.
#pragma once
#include <selfsame/loss/auto_diff.hpp>

namespace mine {

using selfsame::Index;
using selfsame::Table;

/// VICReg's value for any number of views, as the paper writes it.
struct VicregDraft {
  double scale = 1;  // of the whole, to be wrong by

  template <class T>
  T value(std::span<const Table<T>> views) const {
    using std::max, std::sqrt;
    const Index rows = views[0].rows(), cols = views[0].cols();
    const auto n = static_cast<double>(rows), d = static_cast<double>(cols);
    const auto v = static_cast<double>(views.size());
    T apart = 0, flat = 0, tied = 0;
    for (std::size_t a = 0; a < views.size(); ++a) {
      for (std::size_t b = a + 1; b < views.size(); ++b)
        for (Index r = 0; r < rows; ++r)
          for (Index c = 0; c < cols; ++c) {
            const T e = views[a](r, c) - views[b](r, c);
            apart += e * e / max(1.0, n * d * v * (v - 1) / 2);
          }
      std::vector<T> mean(static_cast<std::size_t>(cols), T(0));
      for (Index c = 0; c < cols; ++c)
        for (Index r = 0; r < rows; ++r)
          mean[static_cast<std::size_t>(c)] += views[a](r, c) / max(1.0, n);
      for (Index i = 0; i < cols; ++i)
        for (Index j = 0; j < cols; ++j) {
          T cov = 0;
          for (Index r = 0; r < rows; ++r)
            cov += (views[a](r, i) - mean[static_cast<std::size_t>(i)]) *
                   (views[a](r, j) - mean[static_cast<std::size_t>(j)]) / max(1.0, n - 1);
          if (i == j)
            flat += max(T(0), 1 - sqrt(cov + 1e-4)) / (v * d);
          else
            tied += 2 * cov * cov / (v * d);
        }
    }
    return scale * (25 * apart + 25 * flat + tied);
  }
};

struct RegressionDraft {
  template <class T>
  T value(const Table<T>& rows, const Table<double>& targets) const {
    using std::sqrt;
    T sum = 0;
    for (Index r = 0; r < rows.rows(); ++r) {
      T dot = 0, own = 0, other = 0;
      for (Index c = 0; c < rows.cols(); ++c) {
        dot += rows(r, c) * targets(r, c);
        own += rows(r, c) * rows(r, c);
        other += targets(r, c) * targets(r, c);
      }
      sum += 2 - 2 * dot / sqrt(own * other);
    }
    return sum / std::max<double>(1, static_cast<double>(rows.rows()));
  }
};

}  // namespace mine
