/// @file
/// Stochastic gradient descent with momentum.
#pragma once
#include <selfsame/core/method.hpp>
#include <selfsame/kernel/cpu/elementwise.hpp>

namespace selfsame {

/// Where the gradient is thought to be taken: at the weights, or where momentum will carry them.
enum class MomentumForm { heavy_ball, nesterov };

///     g <- g + weight decay * w;   v <- momentum * v + g;   w <- w - learning rate * v           (heavy ball)
///                                                w <- w - learning rate * (g + momentum * v)  (Nesterov)
///
/// as PyTorch has it without dampening: the learning rate stands outside the buffer. v begins at 0, so the
/// first step is a plain one. Defaults: He et al. 2016, arXiv:1512.03385, section 3.4.
/// @see Sutskever et al. 2013, eq. 1-4
struct Sgd {
  Schedule<NonNegative> learning_rate = 0.1;
  Fraction momentum = 0.9;  ///< share of the buffer kept per step
  MomentumForm form = MomentumForm::heavy_ball;
  NonNegative weight_decay = 1e-4;  ///< L2, of the segments that weight decay

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
  /// gradient is passed on to its weight.
  template <class D, class Rule>
  void step(const Pass<D>& pass, const Trained<D>& w, State<D>& state, const Rule& rule) const {
    const double now = learning_rate.at(pass.progress);
    for (Index k = 0; k < w.parameters.count(); ++k) {
      const ParameterGroup t = rule(w.parameters.segments[static_cast<std::size_t>(k)]);
      if (t.frozen) continue;
      const auto r = static_cast<Real<D>>(now * t.rate_factor),
                 b = static_cast<Real<D>>(double{momentum});
      const auto d = static_cast<Real<D>>(t.decays ? double{weight_decay} : 0);
      const Vector<Real<D>, D> weight = w.parameters[k], velocity = state.velocity[k];
      const Vector<const Real<D>, D> gradient = w.gradient[k];
      if (form == MomentumForm::nesterov) {
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
