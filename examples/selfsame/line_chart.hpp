/// @file
/// A number of the log over steps, and an accuracy with its interval.
#pragma once
#include "report_page.hpp"
#include "svg.hpp"

#include <algorithm>
#include <limits>
#include <vector>

namespace selfsame::program {

/// A centred running mean of `width` values, fewer at the ends; what is not finite is left out.
inline std::vector<double> smoothed(const std::vector<double>& values, std::size_t width) {
  std::vector<double> means;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t reach = std::min({width / 2, i, values.size() - 1 - i});
    double sum = 0, count = 0;
    for (std::size_t k = i - reach; k <= i + reach; ++k)
      if (std::isfinite(values[k])) {
        sum += values[k];
        ++count;
      }
    means.push_back(count > 0 ? sum / count : std::numeric_limits<double>::quiet_NaN());
  }
  return means;
}
/// The mean of the last values; NaN of none that are finite.
inline double tail_mean(const std::vector<double>& values, std::size_t width) {
  double sum = 0, count = 0;
  for (std::size_t i = values.size() - std::min(width, values.size()); i < values.size(); ++i)
    if (std::isfinite(values[i])) {
      sum += values[i];
      ++count;
    }
  return count > 0 ? sum / count : std::numeric_limits<double>::quiet_NaN();
}
/// How many values the mean over a noisy curve takes: an odd number, a twentieth of them or 3.
inline std::size_t smoothing_width(std::size_t values) {
  return std::max<std::size_t>(3, values / 20) | 1;
}

/// A broken line through points; of many, the lowest and the highest of each of `pieces` parts.
inline std::string polyline(const std::vector<double>& xs, const std::vector<double>& ys,
                            const Scale& x, const Scale& y, std::size_t pieces) {
  std::string path;
  bool drawing = false;
  const auto to = [&](std::size_t i) {
    if (std::isfinite(ys[i]))
      path += (drawing ? "L" : "M") + Svg::at(x(xs[i])) + " " + Svg::at(y(ys[i]));
    drawing = std::isfinite(ys[i]);
  };
  const std::size_t each = (xs.size() + pieces - 1) / pieces;
  for (std::size_t begin = 0; begin < xs.size(); begin += each) {
    const auto first = ys.begin() + static_cast<std::ptrdiff_t>(begin);
    const auto last = ys.begin() + static_cast<std::ptrdiff_t>(std::min(begin + each, ys.size()));
    const auto [low, high] = std::minmax_element(first, last);
    const auto a = static_cast<std::size_t>(low - ys.begin()),
               b = static_cast<std::size_t>(high - ys.begin());
    to(std::min(a, b));
    if (a != b) to(std::max(a, b));
  }
  return path;
}

/// A curve with its axes: the values faint and their mean over them where they are noisy.
/// @param resumes  steps at which the training was resumed
inline std::string line_chart(const Curve& curve, const std::vector<double>& resumes) {
  constexpr double width = 340, height = 200, left = 46, right = width - 8, top = 10,
                   bottom = height - 24;
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (const double v : curve.values)
    if (std::isfinite(v)) {
      low = std::min(low, v);
      high = std::max(high, v);
    }
  if (!(low <= high)) return "";
  const Axis vertical = axis(curve.from_zero ? std::min(0.0, low) : low, high, 4),
             horizontal = axis(0, std::max(1.0, curve.steps.back()), 4);
  const Scale x{0, std::max(1.0, curve.steps.back()), left, right},
      y{vertical.low, vertical.high, bottom, top};
  Svg svg;
  const auto ticks = static_cast<int>(std::lround((vertical.high - vertical.low) / vertical.tick));
  for (int i = 0; i <= ticks; ++i) {
    const double v = vertical.low + i * vertical.tick;
    svg.line(i == 0 ? "axis" : "grid", left, y(v), right, y(v));
    svg.words("tick end", left - 7, y(v) + 3.5, tick_text(v, vertical.tick));
  }
  for (double step = 0; step <= curve.steps.back(); step += horizontal.tick) {
    svg.line("axis", x(step), bottom, x(step), bottom + 4);
    const bool edge = x(step) > right - 12;
    svg.words(edge ? "tick end" : "tick middle", edge ? right : x(step), bottom + 17,
              tick_text(step, horizontal.tick));
  }
  for (const double step : resumes) svg.line("resume", x(step), top, x(step), bottom);
  svg.path(curve.noisy ? "raw" : "curve",
           polyline(curve.steps, curve.values, x, y, curve.noisy ? 250 : 500));
  if (curve.noisy)
    svg.path("curve",
             polyline(curve.steps, smoothed(curve.values, smoothing_width(curve.values.size())), x,
                      y, 500));
  if (curve.steps.size() <= 40)
    for (std::size_t i = 0; i < curve.steps.size(); ++i)
      if (std::isfinite(curve.values[i]))
        svg.circle("mean", x(curve.steps[i]), y(curve.values[i]), 2.5);
  return svg.whole("chart", width, height,
                   curve.title + " over " + grouped(std::llround(curve.steps.back())) +
                       " steps: first " + rounded(curve.values.front()) + ", last " +
                       rounded(curve.values.back()) + ", between " + rounded(low) + " and " +
                       rounded(high));
}

/// Where an interval and its middle lie between `low` and `high`.
inline std::string whisker(const Evaluation& e, double low, double high) {
  constexpr double width = 160, height = 14, middle = height / 2;
  const Scale x{low, high, 4, width - 4};
  return Svg()
      .line("grid", 0, middle, width, middle)
      .line("whisker", x(e.low), middle, x(e.high), middle)
      .circle("mean", x(e.accuracy), middle, 3.5)
      .whole("interval", width, height,
             "from " + fixed(100 * e.low, 2) + " to " + fixed(100 * e.high, 2) + " %");
}

}  // namespace selfsame::program
