/// @file
/// Adam with decoupled weight decay.
#pragma once
#include <selfsame/core/method.hpp>
#include <selfsame/kernel/cpu/elementwise.hpp>

#include <cmath>
#include <cstdint>
#include <cstring>

namespace selfsame {

///     w <- w * (1 - learning rate * weight decay)
///     m <- beta1 * m + (1 - beta1) * g;   s <- beta2 * s + (1 - beta2) * g^2
///     w <- w - learning rate * (m / (1 - beta1^t)) / (sqrt(s / (1 - beta2^t)) + epsilon),   t = 1, 2, ...
///
/// as PyTorch has it: weight decay is scaled by the scheduled learning rate, epsilon stands outside the root, and t
/// counts the steps in which the segment moved. Vision transformers use .05 to .3 of weight decay.
/// @see Loshchilov & Hutter 2019, arXiv:1711.05101, algorithm 2; defaults: PyTorch
struct AdamW {
  Schedule<NonNegative> learning_rate = 1e-3;
  Fraction beta1 = 0.9;
  Fraction beta2 = 0.999;
  Positive epsilon = 1e-8;
  NonNegative weight_decay = 1e-2;

  template <class D>
  struct State {
    Slice<Real<D>, D> first, second;  ///< moments m and s
    Vector<Index, D> steps;           ///< t, one a segment
  };

  /// Reserves `name`.first and `name`.second for the segments of one network, and `name`.steps.
  template <class D>
  State<D> start(Store<D>& store, const Trained<D>& w, const std::string& name) const {
    const std::vector<Segment> segments(w.parameters.segments.begin(), w.parameters.segments.end());
    return {store.segmented(name + ".first", segments), store.segmented(name + ".second", segments),
            store.integers(name + ".steps", w.parameters.count())};
  }

  /// One step: moves weights and moments by the gradient, which stays. `groups(segment)` gives its
  /// ParameterGroup; frozen segments and the padding between segments are not touched. A NaN in the
  /// gradient is passed on to its weight, which becomes NaN, too, where the gradient's square
  /// overflows. Where a beta is 1 a moment stays 0, and so does its correction: no move.
  template <class D, class Rule>
  void step(const Pass<D>& pass, const Trained<D>& w, State<D>& state, const Rule& rule) const {
    using R = Real<D>;
    const double now = learning_rate.at(pass.progress);
    for (Index k = 0; k < w.parameters.count(); ++k) {
      const ParameterGroup how = rule(w.parameters.segments[static_cast<std::size_t>(k)]);
      if (how.frozen) continue;
      const auto t = static_cast<double>(++state.steps[k]);
      const double correction1 = 1 - std::pow(beta1, t), correction2 = 1 - std::pow(beta2, t);
      const double each_rate = now * how.rate_factor;
      const Update<R> update{
          .shrink = static_cast<R>(1 - each_rate * (how.decays ? double{weight_decay} : 0)),
          .step1 = static_cast<R>(1 - beta1),
          .step2 = static_cast<R>(1 - beta2),
          .keep2 = static_cast<R>(double{beta2}),
          .size = static_cast<R>(correction1 > 0 ? each_rate / correction1 : 0),
          .unbias = static_cast<R>(correction2 > 0 ? 1 / std::sqrt(correction2) : 0),
          .epsilon = static_cast<R>(double{epsilon})};
      const Vector<R, D> weight = w.parameters[k], first = state.first[k], second = state.second[k];
      const Vector<const R, D> gradient = w.gradient[k];
      map(*pass.device, weight.size, update, weight.data, gradient.data, first.data, second.data);
    }
  }
  friend bool operator==(const AdamW&, const AdamW&) = default;

 private:
  // Of weights x, their gradient g and its moments m and s.
  template <class R>
  struct Update {
    R shrink, step1, step2, keep2, size, unbias, epsilon;

    template <class V>
    SELFSAME_INLINE void operator()(V& x, V& g, V& m, V& s) const {
      m += step1 * (g - m);
      s = keep2 * s + step2 * g * g;
      V root = s;
      square_root(root);
      x = x * shrink - size * m / (root * unbias + epsilon);
    }
  };
  // v = sqrt(v) to 2 ulp, lane by lane, for v >= 0 and normal or 0; NaN of NaN and of infinity.
  // Compilers call the library for a root of each lane. Here an inverse root is guessed from the
  // exponent and refined by Newton's steps: a few additions and multiplications of whole vectors.
  template <class V>
  SELFSAME_INLINE static void square_root(V& v) {
    using T = Lane<V>;
    constexpr bool single = sizeof(T) == 4;
    using Int = std::conditional_t<single, std::int32_t, std::int64_t>;
    constexpr Int magic = single ? Int(0x5f375a86) : Int(0x5fe6eb50c7b537a9);
    Simd<Int, sizeof(V)> bits;
    V y;
    std::memcpy(&bits, &v, sizeof v);
    bits = magic - (bits >> 1);
    std::memcpy(&y, &bits, sizeof y);
    const V half = v * T(0.5), odd = v - v;  // 0 of a finite number
#pragma GCC unroll 4
    for (int step = 0; step < (single ? 3 : 4); ++step) y *= T(1.5) - half * y * y;
    v = v * y + odd;  // 0 stays 0: the guess is finite
  }
};

}  // namespace selfsame
