/// @file
/// Stochastic gradient descent with momentum.
#pragma once
#include <selfsame/core/method.hpp>
#include <selfsame/kernel/cpu/elementwise.hpp>

namespace selfsame {

/// Where the gradient is thought to be taken: at the weights, or where momentum will carry them.
enum class Momentum { heavy_ball, nesterov };

///     g <- g + decay * w;   v <- beta * v + g;   w <- w - rate * v           (heavy ball)
///                                                w <- w - rate * (g + beta * v)  (Nesterov)
///
/// as PyTorch has it without dampening: the rate stands outside the buffer. v begins at 0, so the
/// first step is a plain one. Defaults: He et al. 2016, arXiv:1512.03385, section 3.4.
/// @see Sutskever et al. 2013, eq. 1-4
struct Sgd {
  Schedule<NonNegative> rate = 0.1;
  Fraction beta = 0.9;  ///< share of the buffer kept per step
  Momentum momentum = Momentum::heavy_ball;
  NonNegative decay = 1e-4;  ///< L2, of the segments that decay

  template <class D>
  struct State {
    Slice<Real<D>, D> velocity;
  };

  /// Reserves the buffer `name`, zeros, for the segments of one network.
  template <class D>
  State<D> start(Store<D>& store, const Trained<D>& w, const std::string& name) const {
    return {store.segmented(name, {w.parameters.segments.begin(), w.parameters.segments.end()})};
  }

  /// One step: moves weights and buffer by the gradient, which stays. `rule(segment)` gives its
  /// Treatment; frozen segments and the padding between segments are not touched. A NaN in the
  /// gradient is passed on to its weight.
  template <class D, class Rule>
  void step(const Pass<D>& pass, const Trained<D>& w, State<D>& state, const Rule& rule) const {
    const double now = rate.at(pass.progress);
    for (Index k = 0; k < w.parameters.count(); ++k) {
      const Treatment t = rule(w.parameters.segments[static_cast<std::size_t>(k)]);
      if (t.frozen) continue;
      const auto r = static_cast<Real<D>>(now * t.rate), b = static_cast<Real<D>>(double{beta});
      const auto d = static_cast<Real<D>>(t.decays ? double{decay} : 0);
      const Vector<Real<D>, D> weight = w.parameters[k], velocity = state.velocity[k];
      const Vector<const Real<D>, D> gradient = w.gradient[k];
      if (momentum == Momentum::nesterov) {
        const auto update = [=](auto& x, auto& g, auto& v) SELFSAME_INLINE {
          g += d * x;
          v = b * v + g;
          x -= r * (g + b * v);
        };
        map(*pass.device, weight.size, update, weight.data, gradient.data, velocity.data);
      } else {
        const auto update = [=](auto& x, auto& g, auto& v) SELFSAME_INLINE {
          v = b * v + (g + d * x);
          x -= r * v;
        };
        map(*pass.device, weight.size, update, weight.data, gradient.data, velocity.data);
      }
    }
  }
  friend bool operator==(const Sgd&, const Sgd&) = default;
};

}  // namespace selfsame
