// A network with weights and images given by formulas, so that golden files need not hold them; make_resnet.py and
// make_trajectories.py have the same formulas.
#pragma once
#include <selfsame/core/store.hpp>
#include <selfsame/nn/chain.hpp>
#include <selfsame/testing/gradient_check.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "support/golden.hpp"

namespace selfsame::testing {

/// A number in [-1, 1) that float holds exactly, from a segment's number and an element's: a hash of 32 bits.
inline double formula(Index segment, Index element) {
  auto h = static_cast<std::uint32_t>(element + segment * 1'000'003);
  for (const auto& [multiplier, shift] : {std::pair{0x7feb352du, 15}, std::pair{0x846ca68bu, 16}}) {
    h = (h ^ (h >> 16)) * multiplier;
    h ^= h >> shift;
  }
  return static_cast<double>(h >> 12) / (1 << 19) - 1;
}

/// The position of ours at (o, y, x, c) in PyTorch's order (o, c, y, x).
inline Index torch_position(const Segment& s, Index i) {
  if (s.extents.size() != 4) return i;
  const Index c = i % s.extents[3], x = i / s.extents[3] % s.extents[2],
              y = i / (s.extents[3] * s.extents[2]) % s.extents[1],
              o = i / (s.extents[3] * s.extents[2] * s.extents[1]);
  return ((o * s.extents[3] + c) * s.extents[1] + y) * s.extents[2] + x;
}

/// Weights: a matrix is 1.5 formula / sqrt(fan in), a scale 1 + formula / 4, a shift or bias formula / 4.
template <class D>
void fill_by_formula(Slice<Real<D>, D> parameters) {
  for (Index k = 0; k < parameters.count(); ++k) {
    const Segment& s = parameters.segments[static_cast<std::size_t>(k)];
    const double fan_in = static_cast<double>(s.size()) / static_cast<double>(s.extents[0]);
    for (Index i = 0; i < s.size(); ++i) {
      const double f = formula(k, torch_position(s, i));
      parameters[k][i] = static_cast<Real<D>>(static_cast<float>(s.kind == Kind::weight
                                                                     ? 1.5 * f / std::sqrt(fan_in)
                                                                 : s.kind == Kind::scale ? 1 + f / 4
                                                                                         : f / 4));
    }
  }
}

/// What is stored of a large gradient: its norm, and its products with three vectors of sines, in PyTorch's order.
inline constexpr std::size_t projections = 4;
template <class T>
std::vector<double> project(const std::vector<T>& values) {
  std::vector<double> p(projections, 0);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto v = static_cast<double>(values[i]), n = static_cast<double>(i + 1);
    p[0] += v * v;
    p[1] += v * std::sin(n);
    p[2] += v * std::sin(0.1 * n);
    p[3] += v * std::sin(0.01 * n * n);
  }
  p[0] = std::sqrt(p[0]);
  return p;
}
/// The largest difference of projections, relative to the norm.
inline double projection_error(const std::vector<double>& mine, const double* golden) {
  double worst = 0;
  for (std::size_t i = 0; i < projections; ++i)
    worst = std::max(worst, std::abs(mine[i] - golden[i]));
  return worst / golden[0];
}

/// How far a chain of one encoder is from a golden file: each relative to the largest number, or to a gradient's norm.
template <class D>
struct GoldenErrors {
  double train = 0, evaluate = 0, buffers = 0, input = 0, gradients = 0;
  double worst() const { return std::max({train, evaluate, buffers, input, gradients}); }

  template <class Net>
  GoldenErrors(const Net& net, const Golden& golden) {
    const auto shape_of = golden["shape"].as<Index>();
    const Shape shape{shape_of[0], shape_of[1], shape_of[2], shape_of[3]};
    Store<D> store;
    const Trained<D> w = reserve_trained(store, net.template layout<D>(shape), 1);
    fill_by_formula<D>(w.parameters);
    std::vector<Activation<D>> pixels;
    for (Index i = 0; i < shape.size(); ++i)
      pixels.push_back(static_cast<Activation<D>>(formula(100, i)));
    std::vector<Key> keys(static_cast<std::size_t>(shape.images));
    const Images<D> images{pixels.data(), shape, view<D>(std::as_const(keys)), {}};

    const D device{};
    Workspace workspace;
    const Pass<D> pass{.device = &device, .workspace = &workspace};
    TraceOf<D, Net> trace;
    net.forward(pass, images, w, trace);
    train = difference(rows(trace.value()), golden["train"].values);
    const Differentiable<D> differentiable = trace.differentiable();
    for (Index r = 0; r < differentiable.value.rows; ++r)
      for (Index c = 0; c < differentiable.value.cols; ++c)
        differentiable.put(r, c,
                           static_cast<Real<D>>(formula(200, r * differentiable.value.cols + c)));
    net.backward(trace, w);
    const std::vector<double>& expected = golden["gradients"].values;
    for (Index k = 0; k < w.parameters.count(); ++k)
      gradients = std::max(
          gradients, projection_error(project(in_torch_order(w.gradient, k)),
                                      expected.data() + static_cast<std::size_t>(k) * projections));
    input = input_error(net, pass, images, w, golden);

    net.update_buffers(trace, w.buffers);
    const std::vector<double>& kept = golden["buffers"].values;
    std::size_t at = 0;
    for (Index k = 0; k < w.buffers.count(); ++k) {
      const auto size = static_cast<std::size_t>(w.buffers[k].size);
      buffers = std::max(buffers, difference(std::span<const Real<D>>(w.buffers[k].data, size),
                                             std::span<const double>(kept).subspan(at, size)));
      at += size;
    }
    net.forward(pass.as(Mode::evaluate, selfsame::Copy::online), images, w, trace);
    evaluate = difference(rows(trace.value()), golden["evaluate"].values);
  }

 private:
  static std::vector<Activation<D>> rows(In<D> m) {
    std::vector<Activation<D>> v;
    for (Index r = 0; r < m.rows; ++r) v.insert(v.end(), m.row(r), m.row(r) + m.cols);
    return v;
  }
  static std::vector<Real<D>> in_torch_order(const Slice<Real<D>, D>& slice, Index k) {
    const Segment& s = slice.segments[static_cast<std::size_t>(k)];
    std::vector<Real<D>> v(static_cast<std::size_t>(s.size()));
    for (Index i = 0; i < s.size(); ++i)
      v[static_cast<std::size_t>(torch_position(s, i))] = slice[k][i];
    return v;
  }
  // A chain wants no gradient of images, so the encoder is asked by itself.
  template <class Net>
  static double input_error(const Net& net, const Pass<D>& pass, const Images<D>& images,
                            const Trained<D>& w, const Golden& golden) {
    const auto& encoder = std::get<0>(net.layers);
    using Encoder = std::remove_cvref_t<decltype(encoder)>;
    typename Encoder::template Cache<D> cache;
    typename Encoder::template Statistics<D> statistics;
    const Shape out = encoder.output(images.shape);
    std::vector<Activation<D>> y(static_cast<std::size_t>(out.size())), dy,
        dx(static_cast<std::size_t>(images.shape.size()));
    for (Index i = 0; i < out.size(); ++i)
      dy.push_back(static_cast<Activation<D>>(formula(200, i)));
    const Fixed<D> fixed = Fixed<D>(w).under(net.names[0]);
    std::vector<Real<D>> gradient(static_cast<std::size_t>(w.gradient.all.size));
    const Slice<Real<D>, D> apart =
        Slice<Real<D>, D>{view<D>(gradient), w.gradient.segments}.under(net.names[0]);
    encoder.forward(pass, images.shape, images.rows(), fixed,
                    Out<D>(y.data(), out.rows(), out.channels), cache, statistics);
    encoder.backward(pass, images.shape, images.rows(), fixed, cache,
                     In<D>(dy.data(), out.rows(), out.channels),
                     Out<D>(dx.data(), images.shape.rows(), images.shape.channels), apart);
    return projection_error(project(dx), golden["input"].values.data());
  }
};

}  // namespace selfsame::testing
