// A chain with weights of its own on images made by a formula: what tests of traces look at.
#pragma once
#include <selfsame/core/store.hpp>
#include <selfsame/nn/chain.hpp>
#include <selfsame/testing/gradient_check.hpp>
#include <selfsame/testing/layer_run.hpp>

#include <vector>

namespace selfsame::testing {

/// Images with keys, a view of them, or of some.
template <class D>
struct FormulaImages {
  Shape shape;
  std::vector<Activation<D>> pixels;
  std::vector<Key> keys;

  explicit FormulaImages(Shape s, std::string_view name = "pixels", std::uint32_t of_view = 0)
      : shape(s) {
    for (Index i = 0; i < s.size(); ++i)
      pixels.push_back(static_cast<Activation<D>>(test_number(name, i)));
    for (Index i = 0; i < s.images; ++i) keys.push_back({{i, 0}, of_view, 0});
  }
  Images<D> all() const { return {pixels.data(), shape, view<D>(keys), {}}; }
};

template <class D, class Net>
struct FormulaNetwork {
  Net net;
  Store<D> store;
  Trained<D> weights;
  Workspace workspace;
  D device{};

  FormulaNetwork(const Net& n, Shape in, std::uint64_t seed = 3) : net(n) {
    weights = reserve_trained(store, net.template layout<D>(in), seed);
    for (Index k = 0; k < weights.parameters.count(); ++k) {
      const Segment& s = weights.parameters.segments[static_cast<std::size_t>(k)];
      if (s.kind == Kind::weight) continue;  // shifts and scales away from 0 and 1
      for (Index i = 0; i < s.size(); ++i)
        weights.parameters[k][i] =
            static_cast<Real<D>>((s.kind == Kind::scale ? 1 : 0) + 0.25 * test_number(s.name, i));
    }
  }
  FormulaNetwork(const FormulaNetwork&) = delete;
  FormulaNetwork& operator=(const FormulaNetwork&) = delete;

  Pass<D> pass(Index chunk = 0, Index group = 0) {
    Pass<D> p{.device = &device, .workspace = &workspace, .seed = 11};
    p.chunk = chunk;
    p.batch_norm_group = group;
    return p;
  }
  void clear() { std::fill(weights.gradient.all.begin(), weights.gradient.all.end(), Real<D>(0)); }
  std::vector<Real<D>> gradient() const {
    return {weights.gradient.all.begin(), weights.gradient.all.end()};
  }
  std::vector<Real<D>> buffers() const {
    return {weights.buffers.all.begin(), weights.buffers.all.end()};
  }
};

/// A random linear function of rows; its gradient goes to a live trace's joint I.
inline double coefficient(Index r, Index c) {
  return std::sin(1.7 * static_cast<double>(r) + static_cast<double>(c));
}
template <class D>
double objective(In<D> rows) {
  double v = 0;
  for (Index r = 0; r < rows.rows; ++r)
    for (Index c = 0; c < rows.cols; ++c) v += coefficient(r, c) * static_cast<double>(rows(r, c));
  return v;
}
template <class D>
void put_objective(const Differentiable<D>& rows) {
  for (Index r = 0; r < rows.value.rows; ++r)
    for (Index c = 0; c < rows.value.cols; ++c)
      rows.put(r, c, static_cast<Real<D>>(coefficient(r, c)));
}
template <class D>
std::vector<Activation<D>> copy_rows(In<D> rows) {
  std::vector<Activation<D>> v;
  for (Index r = 0; r < rows.rows; ++r) v.insert(v.end(), rows.row(r), rows.row(r) + rows.cols);
  return v;
}

}  // namespace selfsame::testing
