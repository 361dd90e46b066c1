/// @file
/// Numbers with a range: a bad constant does not compile, a bad number of a command line throws.
#pragma once
#include <selfsame/tensor/device.hpp>

#include <cstdio>
#include <stdexcept>
#include <string>

namespace selfsame {

namespace detail {
/// A number with six digits, however small.
inline std::string number_text(double x) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", x);
  return text;
}
// A double that is checked when it is made. `Range` has `holds(double)` and `says`.
template <class Range>
struct Checked {
  double value;
  constexpr Checked(double x) : value(x) {
    if (!Range::holds(x))
      throw std::invalid_argument("selfsame: " + number_text(x) + " is not " + Range::says);
  }
  constexpr operator double() const { return value; }
};
struct FractionRange {
  static constexpr bool holds(double x) { return x >= 0 && x <= 1; }
  static constexpr const char* says = "a fraction: it must be in [0, 1]";
};
struct PositiveRange {
  static constexpr bool holds(double x) { return x > 0 && x <= 1.7976931348623157e308; }
  static constexpr const char* says = "positive and finite";
};
struct NonNegativeRange {
  static constexpr bool holds(double x) { return x >= 0 && x <= 1.7976931348623157e308; }
  static constexpr const char* says = "non-negative and finite";
};
struct TemperatureRange {
  static constexpr double least = 0x1p-20, most = 0x1p40;
  static constexpr bool holds(double x) { return x >= least && x <= most; }
  static constexpr const char* says =
      "a temperature: it must be in [2^-20, 2^40], about 9.54e-07 to 1.1e+12";
};
struct EpsilonRange {
  static constexpr bool holds(double x) { return x >= 0x1p-100 && x <= 0x1p100; }
  static constexpr const char* says =
      "an epsilon: it must be in [2^-100, 2^100], about 7.89e-31 to 1.27e+30";
};
}  // namespace detail

using Fraction = detail::Checked<detail::FractionRange>;  ///< in [0, 1]
using Positive = detail::Checked<detail::PositiveRange>;  ///< > 0, finite
/// What logits are divided by, in [2^-20, 2^40]: float holds the quotient of logits up to 1e30 and the gradient.
using Temperature = detail::Checked<detail::TemperatureRange>;
/// What keeps a divisor from 0, in [2^-100, 2^100]: float holds its inverse, and the square of that is finite.
using Epsilon = detail::Checked<detail::EpsilonRange>;
using NonNegative = detail::Checked<detail::NonNegativeRange>;  ///< >= 0, finite

/// A size that may not be 0: widths, batches, depths.
struct Count {
  Index value;
  constexpr Count(Index x) : value(x) {
    if (x < 1)
      throw std::invalid_argument("selfsame: " + std::to_string(x) +
                                  " is not a count: it must be at least 1");
  }
  constexpr operator Index() const { return value; }
};

}  // namespace selfsame
