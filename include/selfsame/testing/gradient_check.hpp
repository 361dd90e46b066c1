/// @file
/// Central differences, for losses, layers, networks and whole methods. They are exact to about 1e-8 in
/// double, so a gradient one per cent too large does not pass; in float they say little.
#pragma once
#include <selfsame/core/weights.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

namespace selfsame::testing {

/// How finely a function is looked at.
struct Differences {
  double step =
      1e-6;  ///< small beside the distance to a kink, large beside rounding; tenfold along directions
  Index all_below = 64;  ///< an array of fewer numbers is checked number by number
  Index directions = 3;  ///< a longer one along so many random directions
  std::uint64_t seed = 1;
};

/// Fills with NaN what somebody has promised to overwrite.
template <class T>
void poison(std::span<T> numbers) {
  std::fill(numbers.begin(), numbers.end(), std::numeric_limits<T>::quiet_NaN());
}
/// Fills scratch that a later pass will be lent.
inline void poison(Workspace& workspace, Index bytes = Index{1} << 20) {
  const Workspace::Scope scope(workspace);
  const Index count = bytes / static_cast<Index>(sizeof(double));
  poison(std::span(workspace.take<double>(count), static_cast<std::size_t>(count)));
}
template <class T>
bool finite(std::span<const T> numbers) {
  return std::all_of(numbers.begin(), numbers.end(), [](T x) { return std::isfinite(x); });
}

namespace detail {
// The larger error; nothing is worse than a NaN.
inline double worse(double a, double b) {
  return std::isnan(a) || std::isnan(b) ? std::numeric_limits<double>::infinity() : std::max(a, b);
}
}  // namespace detail

template <class T>
double largest(std::span<const T> numbers) {
  double top = 0;
  for (const T x : numbers) top = std::max(top, std::abs(static_cast<double>(x)));
  return top;
}
/// The largest difference, relative to the largest number of `b`; infinite where sizes differ or a NaN is met.
template <class T, class U>
double difference(std::span<const T> a, std::span<const U> b) {
  double worst = 0;
  if (a.size() != b.size()) return std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < a.size(); ++i)
    worst = detail::worse(worst, std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i])));
  return worst > 0 ? worst / std::max(largest(b), std::numeric_limits<double>::min()) : 0;
}
template <class T, class U>
double difference(const std::vector<T>& a, const std::vector<U>& b) {
  return difference(std::span<const T>(a), std::span<const U>(b));
}

/// The largest error of `gradient` as d value() / d at, relative to its largest number, or, for a long
/// array, of a derivative along a direction of unit length, relative to the root of its mean square.
/// @param floor  what errors are relative to at least: a gradient of zeros has no size of its own
template <class T, class F>
double gradient_error(std::span<T> at, std::span<const T> gradient, F&& value, double floor = 0,
                      const Differences& how = {}) {
  const auto n = static_cast<Index>(at.size());
  const auto slope = [&](double step, auto&& move) {
    move(step);
    const double up = static_cast<double>(value());
    move(-step);
    const double down = static_cast<double>(value());
    move(0.0);
    return (up - down) / (2 * step);
  };
  double worst = 0;
  const auto meet = [&](double error) { worst = detail::worse(worst, error); };
  if (n < how.all_below) {
    const double size = std::max({largest(gradient), floor, std::numeric_limits<double>::min()});
    for (std::size_t i = 0; i < at.size(); ++i) {
      const T x = at[i];
      const double found =
          slope(how.step, [&](double h) { at[i] = static_cast<T>(static_cast<double>(x) + h); });
      meet(std::abs(found - static_cast<double>(gradient[i])) / size);
    }
    return worst;
  }
  double squares = 0;
  for (const T g : gradient) squares += static_cast<double>(g) * static_cast<double>(g);
  const double size = std::max(
      {std::sqrt(squares / static_cast<double>(n)), floor, std::numeric_limits<double>::min()});
  const std::vector<T> x(at.begin(), at.end());
  for (Index d = 0; d < how.directions; ++d) {
    const Random random = Random(how.seed, Stream::test).at(static_cast<std::uint64_t>(d));
    std::vector<double> u(at.size());
    double length = 0, expected = 0;
    for (std::size_t i = 0; i < u.size(); ++i) {
      u[i] = random.normal(static_cast<Index>(i));
      length += u[i] * u[i];
    }
    for (std::size_t i = 0; i < u.size(); ++i) {
      u[i] /= std::sqrt(length);
      expected += u[i] * static_cast<double>(gradient[i]);
    }
    const double found = slope(10 * how.step, [&](double h) {
      for (std::size_t i = 0; i < u.size(); ++i)
        at[i] = h == 0 ? x[i] : static_cast<T>(static_cast<double>(x[i]) + h * u[i]);
    });
    meet(std::abs(found - expected) / size);
  }
  return worst;
}

/// The same over all segments of a network, each looked at by itself. A segment's error is relative to
/// its own gradient, but at least to a thousandth of the largest one's.
template <class D, class F>
double gradient_error(Slice<Real<D>, D> parameters, const std::vector<Real<D>>& gradient, F&& value,
                      const Differences& how = {}) {
  double worst = 0;
  const double floor = 1e-3 * largest(std::span<const Real<D>>(gradient));
  for (const Segment& s : parameters.segments) {
    const auto first = static_cast<std::size_t>(s.offset),
               size = static_cast<std::size_t>(s.size());
    const double error =
        gradient_error(std::span(parameters.all.data + s.offset, size),
                       std::span<const Real<D>>(gradient).subspan(first, size), value, floor, how);
    worst = detail::worse(worst, error);
  }
  return worst;
}

}  // namespace selfsame::testing
