/// @file
/// Pictures as SVG that stands in a page: their colours are the page's.
#pragma once
#include "html.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>

namespace selfsame::program {

/// Elements of a picture, one after the other. Numbers have one digit after the point.
class Svg {
 public:
  Svg& line(const char* kind, double x1, double y1, double x2, double y2) {
    text_ += "<line class=\"" + std::string(kind) + "\" x1=\"" + at(x1) + "\" y1=\"" + at(y1) +
             "\" x2=\"" + at(x2) + "\" y2=\"" + at(y2) + "\"/>";
    return *this;
  }
  /// @param path  its commands
  /// @param more  further attributes
  Svg& path(const char* kind, const std::string& path, const std::string& more = "") {
    text_ += "<path class=\"" + std::string(kind) + "\" " + more + "d=\"" + path + "\"/>";
    return *this;
  }
  Svg& circle(const char* kind, double x, double y, double radius, const std::string& more = "") {
    text_ += "<circle class=\"" + std::string(kind) + "\" " + more + "cx=\"" + at(x) + "\" cy=\"" +
             at(y) + "\" r=\"" + at(radius) + "\"/>";
    return *this;
  }
  Svg& words(const char* kind, double x, double y, std::string_view text) {
    text_ += "<text class=\"" + std::string(kind) + "\" x=\"" + at(x) + "\" y=\"" + at(y) + "\">" +
             escaped(text) + "</text>";
    return *this;
  }
  /// A picture of PNG, its pixels kept sharp.
  Svg& image(double x, double y, double width, double height, std::string_view png) {
    text_ += "<image x=\"" + at(x) + "\" y=\"" + at(y) + "\" width=\"" + at(width) +
             "\" height=\"" + at(height) +
             "\" preserveAspectRatio=\"none\" href=\"data:image/png;base64," + base64(png) + "\"/>";
    return *this;
  }
  /// The element, read out as `says`.
  std::string whole(const char* kind, double width, double height, std::string_view says) const {
    return "<svg class=\"" + std::string(kind) + "\" viewBox=\"0 0 " + at(width) + " " +
           at(height) + "\" role=\"img\" aria-label=\"" + escaped(says) + "\">" + text_ + "</svg>";
  }

  /// 12.3, or 12
  static std::string at(double x) {
    char digits[400];
    std::snprintf(digits, sizeof digits, "%.1f", x);
    std::string s = digits;
    if (s.ends_with(".0")) s.resize(s.size() - 2);
    return s == "-0" ? "0" : s;
  }

 private:
  std::string text_;
};

/// From numbers to places.
struct Scale {
  double low, high, from, to;
  double operator()(double x) const { return from + (x - low) / (high - low) * (to - from); }
};

/// An interval between round numbers, and the distance of its ticks: 1, 2 or 5 times a power of ten.
struct Axis {
  double low = 0, high = 1, tick = 0.5;
};

/// @param ticks  about how many
inline Axis axis(double low, double high, double ticks) {
  if (!(high > low)) {  // one value, or none: some room around it
    const double room = low == 0 ? 1 : std::abs(low) / 2;
    low -= low < room && low >= 0 ? low : room;
    high += room;
  }
  const double rough = (high - low) / ticks, power = std::pow(10, std::floor(std::log10(rough)));
  double tick = 10 * power;
  for (const double factor : {5.0, 2.0, 1.0})
    if (factor * power >= rough * 0.999) tick = factor * power;
  return {std::floor(low / tick + 1e-9) * tick, std::ceil(high / tick - 1e-9) * tick, tick};
}

/// A number beside a tick, with the digits that tell it from its neighbours.
inline std::string tick_text(double x, double tick) {
  if (std::abs(x) < tick / 2) return "0";
  if (tick < 1e-4) {
    char text[32];
    std::snprintf(text, sizeof text, "%.2g", x);
    return text;
  }
  if (tick >= 1) return grouped(std::llround(x));
  return fixed(x, static_cast<int>(std::ceil(-std::log10(tick) - 1e-9)));
}

}  // namespace selfsame::program
