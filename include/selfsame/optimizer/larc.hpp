/// @file
/// SGD with momentum behind a gradient that is scaled layer by layer: what SwAV trains with.
#pragma once
#include <selfsame/core/method.hpp>
#include <selfsame/kernel/cpu/reduce.hpp>

namespace selfsame {

///     r = trust_coefficient * |w| / (|g| + weight decay * |w| + epsilon);   g <- r * (g + weight decay * w)
///     v <- momentum * v + g;   w <- w - learning rate * v
///
/// Norms are a segment's, in double; where either is 0 the gradient stays as it is, without weight decay. Beside
/// `Lars` the norm of g is taken before weight decay, and the learning rate stands outside the buffer. SwAV's code scales
/// and decays every segment, `AllDecay`; a segment that does not adapt has r = 1.
/// @see NVIDIA/apex, LARC without clipping; Caron et al. 2020, arXiv:2006.09882, whose learning rate is 4.8 for a
///      batch of 4,096 and 0.6 for 256, along a cosine to a thousandth
struct Larc {
  Schedule<NonNegative> learning_rate = cosine(0.6, 0.0006);
  Fraction momentum = 0.9;  ///< share of the buffer kept per step
  NonNegative weight_decay = 1e-6;
  Positive trust_coefficient =
      1e-3;  ///< size of a step relative to the weights, at learning rate 1
  Positive epsilon = 1e-8;

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
      const Vector<Real<D>, D> weight = w.parameters[k], velocity = state.velocity[k];
      const Vector<const Real<D>, D> gradient = w.gradient[k];
      double decayed = t.decays ? double{weight_decay} : 0, scale = 1;
      if (t.adapts) {
        const double weights = norm<D>(pass, weight), gradients = norm<D>(pass, gradient);
        if (weights == 0 || gradients == 0)
          decayed = 0;
        else
          scale = trust_coefficient * weights / (gradients + decayed * weights + epsilon);
      }
      const auto r = static_cast<Real<D>>(scale), d = static_cast<Real<D>>(decayed);
      const auto b = static_cast<Real<D>>(double{momentum});
      const auto move = static_cast<Real<D>>(now * t.rate_factor);
      const auto update = [=](auto& x, auto& g, auto& v) SELFSAME_INLINE {
        v = b * v + r * (g + d * x);
        x -= move * v;
      };
      map(*pass.device, weight.size, update, weight.data, gradient.data, velocity.data);
    }
  }
  friend bool operator==(const Larc&, const Larc&) = default;

 private:
  template <class D>
  static double norm(const Pass<D>& pass, Vector<const Real<D>, D> v) {
    const double square = squared_norm(*pass.device, *pass.workspace, v);
    return std::isinf(square) ? std::nan("") : std::sqrt(square);
  }
};

}  // namespace selfsame
