/// @file
/// The coordinates in which k-means compares rows: scores are differences of products, which lose the rows'
/// differences in a common offset and leave the range of the number type at extreme scales.
#pragma once
#include <selfsame/tensor/view.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace selfsame::detail {

/// Rows and centroids are compared as
///
///     y = (x - origin) scale,   of unit rows  y = x / |x| - origin
///
/// which changes no nearest centroid. The difference is exact where x is near the origin, the scale is a power of two.
struct Frame {
  bool moved = false;  ///< false: y = x, as nothing is to be gained
  bool unit = false;
  double scale = 1;
  std::vector<double> origin{};

  /// What `v` is in the frame, and a number of the frame where it came from.
  double in(double v, Index c) const { return (v - origin[static_cast<std::size_t>(c)]) * scale; }
  double out(double y, Index c) const { return y / scale + origin[static_cast<std::size_t>(c)]; }
};

/// The number in the middle, of an even count the upper one; `v` is not empty and gets another order.
inline double middle_of(std::vector<double>& v) {
  const auto at = v.begin() + static_cast<std::ptrdiff_t>(v.size() / 2);
  std::nth_element(v.begin(), at, v.end());
  return *at;
}

/// The frame that serves rows like those of `sample`: a function of these rows and the ranges alone, so the same for
/// any threads, blocks and ranks. The origin is their median of each column, which a few rows elsewhere do not move.
///
/// It is moved where squared distances from the origin of numbers are over 16 times those from the median, which
/// costs scores 4 bits, or where squares are not far inside R's range.
///
/// @param unit       whether rows are compared at unit length
/// @param low, high  the range of each column
template <class R, class D>
Frame frame_of(MatrixView<const R, D> sample, bool unit, const std::vector<double>& low,
               const std::vector<double>& high) {
  const auto width = static_cast<std::size_t>(sample.cols);
  std::vector<std::vector<double>> rows;
  for (Index k = 0; k < sample.rows; ++k) {
    auto& row = rows.emplace_back(sample.row(k), sample.row(k) + sample.cols);
    double square = 0;
    for (const double x : row) square += x * x;
    for (double& x : row)
      if (unit && square > 0) x /= std::sqrt(square);
  }
  std::vector<double> some(rows.size()), origin(width);
  double far = 0, reach = 0, largest = 0;
  for (std::size_t c = 0; c < width; ++c) {
    for (std::size_t k = 0; k < rows.size(); ++k) some[k] = rows[k][c];
    const double m = origin[c] = middle_of(some);
    far += m * m;
    reach = std::max({reach, high[c] - m, m - low[c]});
    largest = std::max({largest, high[c], -low[c]});
  }
  for (std::size_t k = 0; k < rows.size(); ++k) {
    some[k] = 0;
    for (std::size_t c = 0; c < width; ++c) some[k] += std::pow(rows[k][c] - origin[c], 2);
  }
  // Squares of numbers within a third of the exponent's range stay in it, summed and with a few bits to spare.
  const double limit = std::ldexp(1.0, std::numeric_limits<R>::max_exponent / 3);
  const auto extreme = [&](double x) { return !(x <= limit && x >= 1 / limit); };
  Frame frame;
  frame.unit = unit;
  frame.moved = far > 16 * middle_of(some) || extreme(largest);
  frame.origin = frame.moved ? origin : std::vector<double>(width, 0.0);
  if (frame.moved && !unit && reach > 0 && extreme(reach))
    frame.scale = std::ldexp(1.0, -std::ilogb(reach));
  return frame;
}

}  // namespace selfsame::detail
