/// @file
/// How often predictions are right, and how sure that is.
#pragma once
#include <selfsame/tensor/view.hpp>

#include <cmath>
#include <span>
#include <stdexcept>

namespace selfsame {

struct Interval {
  double low = 0, high = 1;
};

/// Right answers among all.
struct Accuracy {
  Index correct = 0;
  Index total = 0;

  /// In [0, 1]; NaN of nothing.
  double value() const { return static_cast<double>(correct) / static_cast<double>(total); }

  /// Wilson's 95 % interval: what chance in drawing the test set alone leaves open; [0, 1] of
  /// nothing.
  ///
  ///     (p + z^2 / 2n -+ z sqrt(p (1 - p) / n + z^2 / 4n^2)) / (1 + z^2 / n),   z = 1.959964
  ///
  /// @see Wilson 1927; Brown, Cai & DasGupta 2001
  Interval interval() const {
    if (total == 0) return {};
    constexpr double z = 1.9599639845400545;
    const auto n = static_cast<double>(total);
    const double p = value(), scale = 1 / (1 + z * z / n), centre = p + z * z / (2 * n);
    const double half = z * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
    return {correct == 0 ? 0 : scale * (centre - half),
            correct == total ? 1 : scale * (centre + half)};
  }
};

/// Compares predictions with labels; -1, "no prediction", is wrong.
/// Throws std::invalid_argument when their numbers differ.
template <Device D>
Accuracy accuracy(const D&, Vector<const Index, D> predicted, Vector<const Index, D> labels) {
  if (predicted.size != labels.size)
    throw std::invalid_argument("selfsame: predictions are (" + std::to_string(predicted.size) +
                                "), labels are (" + std::to_string(labels.size) +
                                "); their number must agree");
  Accuracy a{0, labels.size};
  for (Index i = 0; i < labels.size; ++i)
    a.correct += predicted[i] >= 0 && predicted[i] == labels[i];
  return a;
}

/// Mean and standard deviation (divisor n - 1) over draws of labels or seeds: NaN of nothing, and a
/// single draw has deviation 0.
struct Spread {
  double mean = 0;
  double deviation = 0;
};

inline Spread spread(std::span<const double> draws) {
  const auto n = static_cast<double>(draws.size());
  Spread s;
  for (const double x : draws) s.mean += x;
  s.mean /= n;
  for (const double x : draws) s.deviation += (x - s.mean) * (x - s.mean);
  s.deviation = draws.size() < 2 ? 0 : std::sqrt(s.deviation / (n - 1));
  return s;
}

}  // namespace selfsame
