/// @file
/// One layer with weights, input and gradients of its own: what checks of a layer look at.
#pragma once
#include <selfsame/core/store.hpp>
#include <selfsame/nn/layer.hpp>
#include <selfsame/testing/gradient_check.hpp>

namespace selfsame::testing {

/// Numbers that float holds exactly, so that devices can be compared: a normal in steps of 2^-16.
inline double test_number(std::string_view name, Index i, std::uint64_t seed = 1) {
  return std::round(Random(seed, Stream::test).at(name).normal(i) * 65536) / 65536;
}

/// Runs a layer on random rows and weights; the objective is a random linear function of its output.
/// Each pass begins with outputs full of NaN. Not moved: passes point into it.
template <class D, class L>
class LayerRun {
 public:
  L layer;
  Shape in, out;
  std::vector<Activation<D>> x, y, dy, dx;
  std::vector<Key> keys;
  Store<D> store;
  Trained<D> weights;
  Pass<D> pass;

  LayerRun(const L& of, Shape shape, Mode mode = Mode::train, std::uint64_t seed = 1)
      : layer(of), in(shape), out(of.output(shape)) {
    Layout layout = Layout::on<D>();
    layer.describe(in, layout);
    weights = reserve_trained(store, layout, seed);
    for (Index k = 0; k < weights.parameters.count(); ++k) {
      const Segment& s = weights.parameters.segments[static_cast<std::size_t>(k)];
      const bool scale = s.kind == Kind::scale;
      for (Index i = 0; i < s.size(); ++i)
        weights.parameters[k][i] =
            static_cast<Real<D>>((scale ? 1 : 0) + 0.25 * test_number(s.name, i, seed));
    }
    for (Index k = 0; k < weights.buffers.count(); ++k) {
      const Segment& s = weights.buffers.segments[static_cast<std::size_t>(k)];
      const bool positive = s.initialiser.value > 0;  // a variance
      for (Index i = 0; i < s.size(); ++i) {
        const double n = 0.25 * test_number(s.name, i, seed);
        weights.buffers[k][i] = static_cast<Real<D>>(positive ? 0.5 + std::abs(n) : n);
      }
    }
    fill(x, in.size(), "x", seed);
    fill(dy, out.size(), "dy", seed);
    y.resize(dy.size());
    dx.resize(x.size());
    for (Index i = 0; i < in.images; ++i) keys.push_back({{3 * i + 1, 2}, 0, 0});
    pass.device = &device_;
    pass.workspace = &workspace_;
    pass.mode = mode;
    pass.seed = seed;
    pass.keys = view<D>(std::as_const(keys));
    poison(workspace_);
  }
  LayerRun(const LayerRun&) = delete;
  LayerRun& operator=(const LayerRun&) = delete;

  /// Forward; the objective.
  double value() {
    poison(std::span(y));
    layer.forward(pass, in, rows(x, in), Fixed<D>(weights),
                  Out<D>(y.data(), out.rows(), out.channels), cache_, statistics_);
    double v = 0;
    for (std::size_t i = 0; i < y.size(); ++i)
      v += static_cast<double>(y[i]) * static_cast<double>(dy[i]);
    return v;
  }
  /// Backward of the last forward: dx, and the gradient of the weights from zero.
  void backward() {
    std::fill(weights.gradient.all.begin(), weights.gradient.all.end(), Real<D>(0));
    add_backward(true);
  }
  /// Adds to the gradient of the weights; without `with_input` nobody wants dx.
  void add_backward(bool with_input) {
    poison(std::span(dx));
    const Out<D> to = with_input ? Out<D>(dx.data(), in.rows(), in.channels) : Out<D>{};
    layer.backward(pass, in, rows(x, in), Fixed<D>(weights), cache_, rows(dy, out), to,
                   weights.gradient);
  }
  void update_buffers() { update_layer_buffers(layer, statistics_, weights.buffers); }
  std::vector<Real<D>> gradient() const {
    return {weights.gradient.all.begin(), weights.gradient.all.end()};
  }
  const auto& statistics() const { return statistics_; }

 private:
  static In<D> rows(const std::vector<Activation<D>>& v, Shape s) {
    return {v.data(), s.rows(), s.channels};
  }
  static void fill(std::vector<Activation<D>>& v, Index n, std::string_view name,
                   std::uint64_t seed) {
    v.clear();
    for (Index i = 0; i < n; ++i)
      v.push_back(static_cast<Activation<D>>(test_number(name, i, seed)));
  }

  D device_{};
  Workspace workspace_;
  typename L::template Cache<D> cache_{};
  typename L::template Statistics<D> statistics_{};
};

/// What a layer promised, and how far it is from that.
struct LayerErrors {
  double input = 0, weights = 0;  ///< of the gradients, by central differences
  bool overwrites = true;         ///< y and dx, whatever stood there
  bool adds = true;               ///< to the gradient of the weights, the same with and without dx
  bool pure = true;               ///< forward again gives the same bits
  double worst() const { return std::max(input, weights); }
  bool kept_promises() const { return overwrites && adds && pure; }
};

/// Checks a layer in double, whatever way `prepare(pass)` has set the pass.
template <class L, class Prepare>
LayerErrors check_layer(const L& layer, Shape in, Mode mode, Prepare&& prepare,
                        const Differences& how = {}) {
  using D = BasicCpu<double>;
  LayerRun<D, L> run(layer, in, mode);
  prepare(run.pass);
  LayerErrors errors;
  run.value();
  const std::vector<double> y = run.y;
  run.value();
  errors.pure = y == run.y;
  run.backward();
  const std::vector<double> dx = run.dx, dtheta = run.gradient();
  errors.overwrites = finite(std::span<const double>(y)) && finite(std::span<const double>(dx));
  run.add_backward(false);
  std::vector<double> twice = dtheta;
  for (double& g : twice) g *= 2;
  errors.adds = difference(run.gradient(), twice) < 1e-13;
  const auto value = [&] { return run.value(); };
  errors.input = gradient_error(std::span(run.x), std::span<const double>(dx), value, 0, how);
  errors.weights = gradient_error<D>(run.weights.parameters, dtheta, value, how);
  return errors;
}
template <class L>
LayerErrors check_layer(const L& layer, Shape in, Mode mode = Mode::train) {
  return check_layer(layer, in, mode, [](auto&) {});
}

/// The largest relative difference of a layer on D from the same in double: output and gradients.
template <class D, class L>
double device_error(const L& layer, Shape in, Mode mode = Mode::train) {
  LayerRun<BasicCpu<double>, L> exact(layer, in, mode);
  LayerRun<D, L> other(layer, in, mode);
  exact.value(), exact.backward();
  other.value(), other.backward();
  std::vector<double> a;
  std::vector<Real<D>> b;  // segments have other offsets on another device
  for (Index k = 0; k < exact.weights.parameters.count(); ++k) {
    a.insert(a.end(), exact.weights.gradient[k].begin(), exact.weights.gradient[k].end());
    b.insert(b.end(), other.weights.gradient[k].begin(), other.weights.gradient[k].end());
  }
  return std::max({difference(other.y, exact.y), difference(other.dx, exact.dx), difference(b, a)});
}

}  // namespace selfsame::testing
