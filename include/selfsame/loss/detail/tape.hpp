/// @file
/// Numbers that remember how they were computed: a reverse tape for `AutoDiff`.
#pragma once
#include <cmath>
#include <cstddef>
#include <vector>

namespace selfsame {

namespace detail {
class Tape;
}

/// A number of double precision that a tape differentiates, with the operators and functions below; constants are
/// converted from doubles. Compared by value. Found by argument: write `using std::exp; exp(x)`.
class Traced {
 public:
  Traced(double value = 0) : value_(value) {}
  double value() const { return value_; }

 private:
  friend class detail::Tape;
  friend Traced step(const Traced& a, double value, double slope);
  friend Traced step(const Traced& a, const Traced& b, double value, double a_slope,
                     double b_slope);

  double value_;
  detail::Tape* tape_ = nullptr;  ///< null: a constant
  std::size_t at_ = 0;
};

namespace detail {

class Tape {
 public:
  Traced variable(double value) {
    Traced x(value);
    x.tape_ = this;
    x.at_ = add({}, {});
    return x;
  }
  /// d result / d each variable or intermediate number, by `slope_of`.
  void sweep(const Traced& result) {
    slopes_.assign(nodes_.size(), 0.0);
    if (result.tape_ == nullptr) return;
    slopes_[result.at_] = 1;
    for (std::size_t k = nodes_.size(); k-- > 0;)
      for (const Edge& e : {nodes_[k].first, nodes_[k].second})
        if (slopes_[k] != 0 && e.slope != 0) slopes_[e.from] += slopes_[k] * e.slope;
  }
  double slope_of(const Traced& x) const { return slopes_[x.at_]; }

  struct Edge {
    std::size_t from = 0;
    double slope = 0;
  };
  std::size_t add(Edge first, Edge second) {
    nodes_.push_back({first, second});
    return nodes_.size() - 1;
  }

 private:
  struct Node {
    Edge first, second;
  };
  std::vector<Node> nodes_;
  std::vector<double> slopes_;
};

}  // namespace detail

inline Traced step(const Traced& a, const Traced& b, double value, double a_slope, double b_slope) {
  Traced y(value);
  y.tape_ = a.tape_ != nullptr ? a.tape_ : b.tape_;
  if (y.tape_ != nullptr)
    y.at_ = y.tape_->add({a.at_, a.tape_ != nullptr ? a_slope : 0},
                         {b.at_, b.tape_ != nullptr ? b_slope : 0});
  return y;
}
inline Traced step(const Traced& a, double value, double slope) {
  return step(a, Traced(), value, slope, 0);
}

inline Traced operator+(const Traced& a, const Traced& b) {
  return step(a, b, a.value() + b.value(), 1, 1);
}
inline Traced operator-(const Traced& a, const Traced& b) {
  return step(a, b, a.value() - b.value(), 1, -1);
}
inline Traced operator*(const Traced& a, const Traced& b) {
  return step(a, b, a.value() * b.value(), b.value(), a.value());
}
inline Traced operator/(const Traced& a, const Traced& b) {
  const double y = a.value() / b.value();
  return step(a, b, y, 1 / b.value(), -y / b.value());
}
inline Traced operator-(const Traced& a) { return step(a, -a.value(), -1); }
inline Traced operator+(const Traced& a) { return a; }
inline Traced& operator+=(Traced& a, const Traced& b) { return a = a + b; }
inline Traced& operator-=(Traced& a, const Traced& b) { return a = a - b; }
inline Traced& operator*=(Traced& a, const Traced& b) { return a = a * b; }
inline Traced& operator/=(Traced& a, const Traced& b) { return a = a / b; }

inline bool operator==(const Traced& a, const Traced& b) { return a.value() == b.value(); }
inline auto operator<=>(const Traced& a, const Traced& b) { return a.value() <=> b.value(); }

inline Traced exp(const Traced& x) {
  const double y = std::exp(x.value());
  return step(x, y, y);
}
inline Traced log(const Traced& x) { return step(x, std::log(x.value()), 1 / x.value()); }
inline Traced sqrt(const Traced& x) {
  const double y = std::sqrt(x.value());
  return step(x, y, 0.5 / y);
}
inline Traced tanh(const Traced& x) {
  const double y = std::tanh(x.value());
  return step(x, y, 1 - y * y);
}
inline Traced sin(const Traced& x) { return step(x, std::sin(x.value()), std::cos(x.value())); }
inline Traced cos(const Traced& x) { return step(x, std::cos(x.value()), -std::sin(x.value())); }
inline Traced pow(const Traced& x, double power) {
  return step(x, std::pow(x.value(), power), power * std::pow(x.value(), power - 1));
}
/// The slope at 0 is 0.
inline Traced abs(const Traced& x) {
  const double slope = x.value() > 0 ? 1 : x.value() < 0 ? -1 : 0 * x.value();  // a NaN stays
  return step(x, std::abs(x.value()), slope);
}
/// Of equal numbers the first; a NaN is both the largest and the smallest.
inline Traced max(const Traced& a, const Traced& b) {
  return a.value() < b.value() || std::isnan(b.value()) ? b : a;
}
inline Traced min(const Traced& a, const Traced& b) {
  return b.value() < a.value() || std::isnan(b.value()) ? b : a;
}

}  // namespace selfsame
