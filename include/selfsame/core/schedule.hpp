/// @file
/// Numbers that move with training: pure functions of (step, steps).
#pragma once
#include <selfsame/core/numbers.hpp>

#include <cmath>
#include <type_traits>

namespace selfsame {

/// Where training is. `step` counts optimizer steps from 0 to `steps` - 1.
struct Progress {
  Index step = 0;
  Index steps = 1;
  Index epoch = 0;
  Index epochs = 1;
  friend bool operator==(const Progress&, const Progress&) = default;
};

enum class Curve { constant, linear, cosine, steps };

/// A number as a function of progress. A plain number converts to a constant; a `warmup` of steps
/// climbs linearly from 0 before the curve begins.
///
///     k < warmup:  from * k / warmup                                        (step 0 moves nothing)
///     cosine:      to + (from - to) * (1 + cos(pi (k - warmup) / (steps - warmup))) / 2
///     linear:      from + (to - from) * (k - warmup) / (steps - warmup)
///     steps:       from * factor^(how many of the two milestones, shares of `steps`, are passed)
///
/// @tparam Number  the range that both ends must hold: `Fraction`, `Positive`, `NonNegative`
/// @see cosine: Loshchilov & Hutter 2017, arXiv:1608.03983, eq. 5 without restarts
template <class Number>
struct Schedule {
  Number from;
  Number to;
  Curve curve = Curve::constant;
  Index warmup = 0;  ///< steps
  double factor = 0.1;
  Fraction first_milestone = 0.5;
  Fraction second_milestone = 0.75;

  constexpr Schedule(Number constant) : from(constant), to(constant) {}
  template <class T>
    requires std::is_arithmetic_v<T>
  constexpr Schedule(T constant) : Schedule(Number(static_cast<double>(constant))) {}
  constexpr Schedule(Number first, Number last, Curve c) : from(first), to(last), curve(c) {}

  constexpr Schedule after_warmup(Index steps) const {
    Schedule s = *this;
    s.warmup = steps;
    return s;
  }

  double at(const Progress& p) const {
    if (p.step < warmup) return from * static_cast<double>(p.step) / static_cast<double>(warmup);
    const double left = static_cast<double>(p.steps - warmup);
    const double t = left > 0 ? static_cast<double>(p.step - warmup) / left : 0;
    switch (curve) {
      case Curve::constant: return from;
      case Curve::linear: return from + (to - from) * t;
      case Curve::cosine: return to + (from - to) * (1 + std::cos(3.14159265358979323846 * t)) / 2;
      case Curve::steps: {
        const double done = static_cast<double>(p.step) / static_cast<double>(p.steps);
        return from * (done >= first_milestone ? factor : 1) *
               (done >= second_milestone ? factor : 1);
      }
    }
    return from;
  }
  friend constexpr bool operator==(const Schedule&, const Schedule&) = default;
};

namespace detail {
struct CosineEnds {
  double first, last;
  template <class Number>
  constexpr operator Schedule<Number>() const {
    return {Number(first), Number(last), Curve::cosine};
  }
};
}  // namespace detail

/// From `first` at step 0 (or at the end of a warm-up) along half a cosine to `last`.
constexpr detail::CosineEnds cosine(double first, double last = 0) { return {first, last}; }

}  // namespace selfsame
