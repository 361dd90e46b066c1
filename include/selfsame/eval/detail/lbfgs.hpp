/// @file
/// L-BFGS for smooth, convex functions of some thousand numbers.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <deque>
#include <utility>
#include <vector>

namespace selfsame::detail {

struct Minimum {
  double value = 0;
  double gradient = 0;  ///< its largest entry, in size
  int iterations = 0;
  bool converged = false;  ///< the gradient is as small as was asked
};

inline double dot_of(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}
inline double largest(const std::vector<double>& a) {
  double top = 0;
  for (const double x : a)
    if (!(std::abs(x) <= top) && top == top) top = std::abs(x);  // NaN wins, and stays
  return top;
}
inline void add_scaled(double s, const std::vector<double>& a, std::vector<double>& to) {
  for (std::size_t i = 0; i < a.size(); ++i) to[i] += s * a[i];
}

// One step of the past: how far it went and how the gradient changed.
struct Curvature {
  std::vector<double> step, change;
  double inverse;  // 1 / (step . change)
};

// -H g by the two-loop recursion. @see Nocedal & Wright 2006, algorithm 7.4
inline std::vector<double> direction(const std::deque<Curvature>& past,
                                     const std::vector<double>& g) {
  std::vector<double> d(g.size()), share(past.size());
  for (std::size_t i = 0; i < g.size(); ++i) d[i] = -g[i];
  for (std::size_t k = past.size(); k-- > 0;) {
    share[k] = past[k].inverse * dot_of(past[k].step, d);
    add_scaled(-share[k], past[k].change, d);
  }
  if (!past.empty()) {
    const Curvature& last = past.back();
    const double scale = 1 / (last.inverse * dot_of(last.change, last.change));
    for (double& x : d) x *= scale;
  }
  for (std::size_t k = 0; k < past.size(); ++k)
    add_scaled(share[k] - past[k].inverse * dot_of(past[k].change, d), past[k].step, d);
  return d;
}

/// Moves x to a minimum of f(x, gradient), which returns the value and overwrites the gradient.
/// Steps are halved until Armijo's condition holds; pairs without positive curvature are forgotten.
/// Ends when no entry of the gradient is larger than `tolerance`, after `iterations`, or where
/// rounding lets no step descend. `noise` is the relative rounding of values: a step may rise by as
/// much.
template <class F>
Minimum minimise(F&& f, std::vector<double>& x, int iterations, double tolerance, double noise) {
  constexpr std::size_t history = 10;
  std::deque<Curvature> past;
  std::vector<double> g(x.size()), next_g(x.size()), next(x.size());
  Minimum m;
  m.value = f(x, g);
  for (m.gradient = largest(g); m.iterations < iterations; ++m.iterations) {
    m.converged = m.gradient <= tolerance;
    if (m.converged) break;
    const std::vector<double> d = direction(past, g);
    const double slope = dot_of(g, d);
    double length = past.empty() ? std::min(1.0, 1 / m.gradient) : 1, value = 0;
    bool descends = false;
    for (int halving = 0; halving < 30 && !descends; ++halving, length /= 2) {
      next = x;
      add_scaled(length, d, next);
      value = f(next, next_g);
      descends = value <= m.value + 1e-4 * length * slope + noise * std::abs(m.value);
    }
    if (!descends) {
      if (past.empty()) break;
      past.clear();  // once more, downhill
      continue;
    }
    Curvature c{next, next_g, 0};
    add_scaled(-1, x, c.step);
    add_scaled(-1, g, c.change);
    const double curvature = dot_of(c.step, c.change);
    if (curvature > 1e-12 * dot_of(c.change, c.change)) {
      c.inverse = 1 / curvature;
      past.push_back(std::move(c));
      if (past.size() > history) past.pop_front();
    }
    std::swap(x, next);
    std::swap(g, next_g);
    m.value = value;
    m.gradient = largest(g);
  }
  m.converged = m.gradient <= tolerance;
  return m;
}

}  // namespace selfsame::detail
