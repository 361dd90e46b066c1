/// @file
/// A network is a function, its weights are a vector (decision D2): segments of flat vectors, and the
/// three kinds of weights.
#pragma once
#include <selfsame/core/pass.hpp>

#include <cmath>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

namespace selfsame {

/// What a weight is. Whether it decays, adapts or moves is the recipe's rule, by kind, depth, name.
enum class Kind { weight, bias, scale, shift, token, position, prototype, statistic };

/// How a segment begins: deviation * (standard normal, cut at two deviations or not), a constant, or
/// uniform in [-deviation, deviation].
struct Initialiser {
  enum class Law { constant, normal, truncated_normal, uniform };
  Law law = Law::constant;
  double value = 0;

  double operator()(const Random& random, Index element) const {
    switch (law) {
      case Law::normal: return value * random.normal(element);
      case Law::truncated_normal: return value * random.truncated_normal(element);
      case Law::uniform: return value * (2 * random.uniform(element) - 1);
      case Law::constant: break;
    }
    return value;
  }
};
inline constexpr Initialiser zeros{Initialiser::Law::constant, 0};
inline constexpr Initialiser ones{Initialiser::Law::constant, 1};
/// Variance 1 / fan_in from a normal cut at two deviations. @see LeCun et al. 1998
inline Initialiser lecun(Index fan_in) {
  return {Initialiser::Law::truncated_normal,
          1 / (0.87962566103423978 * std::sqrt(static_cast<double>(fan_in > 0 ? fan_in : 1)))};
}
/// Normal of variance 2 / fan. @see He et al. 2015, arXiv:1502.01852, eq. 10 (fan_in), 14 (fan_out)
inline Initialiser he(Index fan) {
  return {Initialiser::Law::normal, std::sqrt(2 / static_cast<double>(fan > 0 ? fan : 1))};
}

/// A named array inside a flat vector.
struct Segment {
  std::string name;  ///< the field's name: "encoder.layer1.0.conv1.weight"
  Kind kind = Kind::weight;
  std::vector<Index> extents;
  Index depth = 0;  ///< how many segments of kind `weight` came before
  Initialiser initialiser{};
  Index offset = 0;  ///< in numbers; a multiple of 64 bytes

  Index size() const {
    Index n = 1;
    for (const Index e : extents) n *= e;
    return n;
  }
};

/// Where layers say what weights and buffers they have. Each segment starts on 64 bytes; what lies
/// between is zero and no parameter.
class Layout {
 public:
  explicit Layout(Index numbers_per_line) : unit_(numbers_per_line) {}
  template <class D>
  static Layout on() {
    return Layout(static_cast<Index>(alignment / sizeof(Real<D>)));
  }
  /// Numbers in a vector of these segments.
  static Index length(const std::vector<Segment>& list, Index unit) {
    return list.empty() ? 0 : (list.back().offset + list.back().size() + unit - 1) / unit * unit;
  }

  void enter(std::string_view part) { path_.emplace_back(part); }
  void enter(Index part) { path_.push_back(std::to_string(part)); }
  void leave() { path_.pop_back(); }
  void weight(std::string_view name, Kind kind, std::initializer_list<Index> extents,
              Initialiser initialiser) {
    parameters_.push_back(
        {full(name), kind, extents, depth_, initialiser, length(parameters_, unit_)});
    if (kind == Kind::weight) ++depth_;
  }
  void buffer(std::string_view name, std::initializer_list<Index> extents,
              Initialiser initialiser) {
    buffers_.push_back(
        {full(name), Kind::statistic, extents, depth_, initialiser, length(buffers_, unit_)});
  }

  const std::vector<Segment>& parameters() const { return parameters_; }
  const std::vector<Segment>& buffers() const { return buffers_; }
  /// Without padding and buffers: the number that papers print.
  Index parameter_count() const {
    Index n = 0;
    for (const Segment& s : parameters_) n += s.size();
    return n;
  }

 private:
  std::string full(std::string_view name) const {
    std::string s;
    for (const std::string& part : path_) s += part + ".";
    return s.append(name);
  }
  Index unit_;
  Index depth_ = 0;
  std::vector<Segment> parameters_, buffers_;
  std::vector<std::string> path_;
};

/// The same interface, only counting: how a layer made of layers finds their segments. So how many
/// segments a layer has must not depend on its input's shape.
struct Counter {
  Index weights = 0;
  Index buffers = 0;
  void enter(std::string_view) {}
  void enter(Index) {}
  void leave() {}
  void weight(std::string_view, Kind, std::initializer_list<Index>, Initialiser) { ++weights; }
  void buffer(std::string_view, std::initializer_list<Index>, Initialiser) { ++buffers; }
};

/// A flat vector and some of its segments; `[k]` is the k-th of them.
template <class T, class D>
struct Slice {
  Vector<T, D> all{};
  std::span<const Segment> segments{};

  Vector<T, D> operator[](Index k) const {
    const Segment& s = segments[static_cast<std::size_t>(k)];
    return all.part(s.offset, s.size());
  }
  Index count() const { return static_cast<Index>(segments.size()); }
  Slice part(Index first, Index n) const {
    return {all, segments.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(n))};
  }
  /// The segments of one part of a chain, by name: so any stretch of a chain runs on the same weights.
  Slice under(std::string_view part) const {
    const auto is = [&](const Segment& s) {
      return s.name.size() > part.size() && s.name[part.size()] == '.' && s.name.starts_with(part);
    };
    std::size_t first = 0;
    while (first < segments.size() && !is(segments[first])) ++first;
    std::size_t last = first;
    while (last < segments.size() && is(segments[last])) ++last;
    return {all, segments.subspan(first, last - first)};
  }
  operator Slice<const T, D>() const
    requires(!std::is_const_v<T>)
  {
    return {all, segments};
  }
};

/// Read-only parameters and buffers: what is computed from them has no gradient.
template <class D>
struct Fixed {
  Slice<const Real<D>, D> parameters, buffers;
  Fixed under(std::string_view part) const { return {parameters.under(part), buffers.under(part)}; }
  Fixed part(Index first_weight, Index weights, Index first_buffer, Index buffer_count) const {
    return {parameters.part(first_weight, weights), buffers.part(first_buffer, buffer_count)};
  }
};
/// The averaged weights of a target, and the buffers of its own passes.
template <class D>
struct Averaged {
  Slice<Real<D>, D> parameters, buffers;
  operator Fixed<D>() const { return {parameters, buffers}; }
};
/// Parameters that an optimizer moves, their gradient, which accumulates, and buffers.
template <class D>
struct Trained {
  Slice<Real<D>, D> parameters, gradient, buffers;
  operator Fixed<D>() const { return {parameters, buffers}; }
  Averaged<D> without_gradient() const { return {parameters, buffers}; }
  Trained under(std::string_view part) const {
    return {parameters.under(part), gradient.under(part), buffers.under(part)};
  }
};

/// A matrix of weights that a loss differentiates, as `Differentiable` is one of activations. Its gradient is
/// added, as that of all weights; null: none is wanted, the weights stand still.
template <class D>
struct DifferentiableWeights {
  MatrixView<const Real<D>, D> value;
  MatrixView<Real<D>, D> gradient;
  Real<D> weight = 1;
  bool add = true;

  /// Puts d value / d weight(r, c) in its place: weighted, added or written.
  void put(Index r, Index c, Real<D> g) const {
    gradient(r, c) = (add ? gradient(r, c) : Real<D>(0)) + weight * g;
  }
};

/// The k-th segment of a network, a matrix or one row, with the place of its gradient.
template <class D>
DifferentiableWeights<D> with_gradient(const Trained<D>& w, Index k, Real<D> weight = 1) {
  const std::vector<Index>& extents = w.parameters.segments[static_cast<std::size_t>(k)].extents;
  const Index rows = extents.size() > 1 ? extents[0] : 1;
  const Index cols = rows > 0 ? w.parameters[k].size / rows : 0;
  return {{w.parameters[k].data, rows, cols}, {w.gradient[k].data, rows, cols}, weight};
}

/// A method trains one network, or one a view.
template <class D>
std::span<Trained<D>> networks(Trained<D>& one) {
  return {&one, 1};
}
template <class D>
std::span<Trained<D>> networks(std::vector<Trained<D>>& all) {
  return all;
}

}  // namespace selfsame
