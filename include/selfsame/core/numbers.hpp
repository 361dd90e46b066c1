/// @file
/// Numbers with a range: a bad constant does not compile, a bad number of a command line throws.
#pragma once
#include <selfsame/tensor/device.hpp>

#include <stdexcept>
#include <string>

namespace selfsame {

namespace detail {
// A double that is checked when it is made. `Range` has `holds(double)` and `says`.
template <class Range>
struct Checked {
  double value;
  constexpr Checked(double x) : value(x) {
    if (!Range::holds(x))
      throw std::invalid_argument("selfsame: " + std::to_string(x) + " is not " + Range::says);
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
}  // namespace detail

using Fraction = detail::Checked<detail::FractionRange>;        ///< in [0, 1]
using Positive = detail::Checked<detail::PositiveRange>;        ///< > 0, finite
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
