/// @file
/// SGD with momentum whose step is scaled layer by layer, for large batches.
#pragma once
#include <selfsame/core/method.hpp>
#include <selfsame/kernel/cpu/reduce.hpp>

namespace selfsame {

///     g <- g + weight decay * w;   r = trust_coefficient * |w| / |g|   (1 where either norm is 0 or nothing adapts)
///     v <- momentum * v + learning rate * r * g;   w <- w - v
///
/// Norms are a segment's, in double; that of g is taken after weight decay, and the learning rate stands inside the
/// buffer, as SimCLR's released code has it. Defaults: Chen et al. 2020, arXiv:2002.05709; the learning rate
/// is 0.3 batch / 256 at their batch of 4,096, after 10 epochs of warm-up (`after_warmup`).
/// Biases and norms neither decay nor adapt: that is for the parameter groups (`WeightsDecay`).
/// @see You et al. 2017, arXiv:1708.03888, algorithm 1
struct Lars {
  Schedule<NonNegative> learning_rate = cosine(4.8);
  Fraction momentum = 0.9;  ///< share of the buffer kept per step
  NonNegative weight_decay = 1e-6;
  Positive trust_coefficient =
      1e-3;  ///< size of a step relative to the weights, at learning rate 1

  template <class D>
  struct State {
    Slice<Real<D>, D> velocity;
  };

  /// Reserves the buffer `name`, zeros, for the segments of one network.
  template <class D>
  State<D> start(Store<D>& store, const Trained<D>& w, const std::string& name) const {
    return {store.segmented(name, {w.parameters.segments.begin(), w.parameters.segments.end()})};
  }

  /// One step: moves weights and buffer by the gradient, which stays. `groups(segment)` gives its
  /// ParameterGroup; frozen segments and the padding between segments are not touched. A NaN in the
  /// gradient, or an overflowing norm of it, spreads over its segment.
  template <class D, class Rule>
  void step(const Pass<D>& pass, const Trained<D>& w, State<D>& state, const Rule& rule) const {
    const double now = learning_rate.at(pass.progress);
    for (Index k = 0; k < w.parameters.count(); ++k) {
      const ParameterGroup t = rule(w.parameters.segments[static_cast<std::size_t>(k)]);
      if (t.frozen) continue;
      const double decayed = t.decays ? double{weight_decay} : 0;
      const double scale = t.adapts ? ratio<D>(pass, w.parameters[k], w.gradient[k], decayed) : 1;
      const auto r = static_cast<Real<D>>(now * t.rate_factor * scale);
      const auto b = static_cast<Real<D>>(double{momentum}), d = static_cast<Real<D>>(decayed);
      const Vector<Real<D>, D> weight = w.parameters[k], velocity = state.velocity[k];
      const Vector<const Real<D>, D> gradient = w.gradient[k];
      const auto update = [=](auto& x, auto& g, auto& v) SELFSAME_INLINE {
        v = b * v + r * (g + d * x);
        x -= v;
      };
      map(*pass.device, weight.size, update, weight.data, gradient.data, velocity.data);
    }
  }
  friend bool operator==(const Lars&, const Lars&) = default;

 private:
  template <class D>
  double ratio(const Pass<D>& pass, Vector<const Real<D>, D> w, Vector<const Real<D>, D> g,
               double decayed) const {
    const double weights = squared_norm(*pass.device, *pass.workspace, w);
    double gradients =
        squared_norm(*pass.device, *pass.workspace, g);  // |g + weight_decay * w|^2, in parts
    if (decayed > 0) {
      gradients += decayed * (2 * dot(*pass.device, *pass.workspace, g, w) + decayed * weights);
      gradients = gradients < 0 ? 0 : gradients;  // by rounding; a NaN stays
    }
    if (weights == 0 || gradients == 0) return 1;
    return std::isinf(gradients) ? std::nan("")
                                 : trust_coefficient * std::sqrt(weights / gradients);
  }
};

}  // namespace selfsame
