/// @file
/// What free functions check before a kernel runs, and the pass they run in.
#pragma once
#include <selfsame/core/numbers.hpp>
#include <selfsame/core/pass.hpp>

#include <limits>
#include <stdexcept>
#include <string>

namespace selfsame::detail {

/// A pass of one process.
template <class D>
struct Alone {
  Workspace scratch;
  Pass<D> pass;
  explicit Alone(const D& device) {
    pass.device = &device;
    pass.workspace = &scratch;
  }
  Alone(const Alone&) = delete;
  Alone& operator=(const Alone&) = delete;
};

template <class T, class U, class D>
void check_same(const std::string& name, const MatrixView<T, D>& a, const std::string& other,
                const MatrixView<U, D>& b) {
  if (a.rows != b.rows || a.cols != b.cols)
    throw std::invalid_argument("selfsame: " + name + " are " + to_string(a) + ", " + other + " " +
                                to_string(b) + "; they must agree");
}
template <class D>
void check_gradient(const std::string& name, const Differentiable<D>& x) {
  check_same(name, x.value, "their gradient is", x.gradient);
}
template <class D>
void check_targets(const std::string& name, const Differentiable<D>& x, const std::string& other,
                   const In<D>& targets) {
  check_same(name, x.value, other + " are", targets);
  check_gradient(name, x);
}

/// A temperature, or one over it, of which value and gradient are finite.
inline void check_temperature(const std::string& name, double x) {
  if (!TemperatureRange::holds(x))
    throw std::invalid_argument("selfsame: the " + name + " is " + number_text(x) +
                                "; it must be in [2^-20, 2^40], about 9.54e-07 to 1.1e+12");
}
template <class M, class V>
void check_labels(const std::string& name, const M& rows, const V& labels) {
  if (labels.size != rows.rows)
    throw std::invalid_argument("selfsame: " + name + " are " + to_string(rows) + ", labels are " +
                                std::to_string(labels.size) + "; there is one a row");
  for (Index i = 0; i < labels.size; ++i)
    if (labels[i] < -1 || labels[i] >= rows.cols)
      throw std::invalid_argument("selfsame: the label of row " + std::to_string(i) + " is " +
                                  std::to_string(labels[i]) + ", classes are 0 to " +
                                  std::to_string(rows.cols - 1) + ", and -1 is no label");
}

/// Weights of rows or classes: none, or one each.
template <class V>
void check_weights(const std::string& name, const V& weights, Index wanted) {
  if (weights.size != 0 && weights.size != wanted)
    throw std::invalid_argument("selfsame: there are " + std::to_string(weights.size) +
                                " weights of " + name + ", and " + std::to_string(wanted) + " " +
                                name);
  for (Index i = 0; i < weights.size; ++i)
    if (!(weights[i] >= 0))
      throw std::invalid_argument("selfsame: weight " + std::to_string(i) + " of " + name + " is " +
                                  std::to_string(weights[i]) + "; it must not be negative");
}

}  // namespace selfsame::detail
