/// @file
/// Softmax cross-entropy of given logits: hard labels, soft targets, smoothing, weights.
#pragma once
#include <selfsame/kernel/cpu/detail/rows/terms.hpp>

namespace selfsame {

/// Weights of the terms of a cross-entropy, r_i of a row and w_c of a class. What is empty is 1.
template <class D>
struct TermWeights {
  Vector<const Real<D>, D> rows{};     ///< (B), >= 0; a row of weight 0 is not read
  Vector<const Real<D>, D> classes{};  ///< (C), >= 0
};

inline namespace SELFSAME_FLAGS {

namespace internal {

// What the targets of a row are besides one label: nothing, a row, or w_c (keep t_c + level).
struct NoRow {
  static constexpr bool none = true;
};
template <class A>
struct PlainRow {
  static constexpr bool none = false;
  const A* t;
  template <class V>
  SELFSAME_INLINE void at(Index c, Index count, V& to) const {
    load_some(t + c, count, to);
  }
};
template <class R, class A>
struct MixedRow {
  static constexpr bool none = false;
  const A* t;  // null: labels are hard
  const R* weights;
  R keep, level;
  template <class V>
  SELFSAME_INLINE void at(Index c, Index count, V& to) const {
    to = V{} + level;
    if (t != nullptr) {
      V x;
      load_some(t + c, count, x);
      to += keep * x;
    }
    if (weights != nullptr) {
      V w;
      load_some(weights + c, count, w);
      to *= w;
    }
    pad(to, count, R(0));
  }
};

/// sum_c t_c (log sum_k exp(v_k) - v_c) of row i, t being `targets` and `peak` more at `label`, and
/// its gradient times `factor`.
template <class V, class D, class Targets>
SELFSAME_INLINE inline double cross_entropy_row(const Differentiable<D>& logits, Index i,
                                                Real<D> temperature, const Targets& targets,
                                                Index label, Real<D> peak, Real<D> factor,
                                                Real<D>* own) {
  using R = Real<D>;
  const Index cols = logits.value.cols;
  const Activation<D>* const z = logits.value.row(i);
  Activation<D>* const gradient = logits.gradient.row(i);
  const R inverse = 1 / temperature, top = row_top<V>(z, cols);
  const double hit =  // read now: the gradient may lie in the logits' place
      label < 0 ? 0
                : (static_cast<double>(static_cast<R>(z[label])) - static_cast<double>(top)) *
                      static_cast<double>(inverse);
  const auto through = [&](auto* e) SELFSAME_INLINE {  // the terms lie there between the passes
    LongSum<V> masses, products;
    const R all = row_terms<V>(z, cols, top, inverse, e,
                               [&](Index c, Index count, const V& v, const V&) SELFSAME_INLINE {
                                 if constexpr (!Targets::none) {
                                   V t;
                                   targets.at(c, count, t);
                                   masses.add(t);
                                   V x;
                                   product_of(t, v, x);
                                   products.add(x);
                                 }
                               });
    const R mass = masses.sum() + peak;
    if (mass == 0) {
      put_nothing(logits, i);
      return 0.0;
    }
    if (label >= 0) e[label] -= peak / mass * all;
    const R scale = factor * logits.weight * inverse, share = scale * (mass / all);
    put_row<V>(gradient, cols, logits.add, [&](Index c, Index count, V& g) SELFSAME_INLINE {
      load_some(e + c, count, g);
      g *= share;
      if constexpr (!Targets::none) {
        V t;
        targets.at(c, count, t);
        g -= scale * t;
      }
    });
    return static_cast<double>(mass) * std::log(static_cast<double>(all)) -
           static_cast<double>(products.sum()) - (peak != 0 ? static_cast<double>(peak) * hit : 0);
  };
  if constexpr (std::is_same_v<R, Activation<D>>)
    if (!logits.add) return through(gradient);
  return through(own);
}

}  // namespace internal

/// The sum over rows of the cross-entropy in nats of soft targets and the softmax of logits, and,
/// in the same pass, its gradient times `factor`, written or added as the input asks:
///
///     sum_i r_i sum_c t'_ic (-log softmax(z_i / temperature)_c)
///     t'_ic = w_c ((1 - smoothing) t_ic + smoothing / C sum_k t_ik)
///     d / d z_ic = r_i (sum_k t'_ik softmax(z_i / temperature)_c - t'_ic) / temperature
///
/// A row of targets that is zero has no loss and no gradient; a class of target 0 costs nothing,
/// even if its logit is -infinity. A NaN is found in the value and in its row's gradient.
///
/// @param logits   (B, C)
/// @param targets  (B, C), >= 0; a row need not sum to 1
template <class R, class A, class D = BasicCpu<R, A>>
double cross_entropy_sum(const BasicCpu<R, A>& device, Workspace& scratch,
                         Differentiable<BasicCpu<R, A>> logits, In<D> targets, Real<D> temperature,
                         Real<D> factor, Real<D> smoothing = 0,
                         const TermWeights<D>& weights = {}) {
  const Index rows = logits.value.rows, cols = logits.value.cols;
  assert(targets.rows == rows && targets.cols == cols && temperature > 0);
  assert(weights.rows.size == 0 || weights.rows.size == rows);
  assert(weights.classes.size == 0 || weights.classes.size == cols);
  const bool plain = smoothing == 0 && weights.classes.size == 0;
  return internal::sum_rows<double>(
      device, scratch, rows, cols, cols, [&](auto lanes, Index i, R* own) SELFSAME_INLINE {
        using V = Simd<R, decltype(lanes)::value>;
        const R weight = weights.rows.size > 0 ? weights.rows[i] : R(1);
        if (weight == 0) {
          internal::put_nothing(logits, i);
          return 0.0;
        }
        const auto of = [&](const auto& row) SELFSAME_INLINE {
          return static_cast<double>(weight) *
                 internal::cross_entropy_row<V>(logits, i, temperature, row, Index{-1}, R(0),
                                                factor * weight, own);
        };
        if (plain) return of(internal::PlainRow<A>{targets.row(i)});
        internal::LongSum<V> masses;
        each_vector<V>(cols, [&](Index c, Index count) SELFSAME_INLINE {
          V t;
          load_some(targets.row(i) + c, count, t);
          masses.add(t);
        });
        return of(internal::MixedRow<R, A>{targets.row(i), weights.classes.data, 1 - smoothing,
                                           smoothing / static_cast<R>(cols) * masses.sum()});
      });
}

/// The same with hard labels, t_i being 1 at labels[i] and 0 elsewhere; the targets are not stored.
///
/// @param labels  (B), in [-1, C); -1: no loss, no gradient, and the row is not read
template <class R, class A, class D = BasicCpu<R, A>>
double cross_entropy_sum(const BasicCpu<R, A>& device, Workspace& scratch,
                         Differentiable<BasicCpu<R, A>> logits, Vector<const Index, D> labels,
                         Real<D> temperature, Real<D> factor, Real<D> smoothing = 0,
                         const TermWeights<D>& weights = {}) {
  const Index rows = logits.value.rows, cols = logits.value.cols;
  assert(labels.size == rows && temperature > 0);
  assert(weights.rows.size == 0 || weights.rows.size == rows);
  assert(weights.classes.size == 0 || weights.classes.size == cols);
  return internal::sum_rows<double>(
      device, scratch, rows, cols, cols, [&](auto lanes, Index i, R* own) SELFSAME_INLINE {
        using V = Simd<R, decltype(lanes)::value>;
        const Index label = labels[i];
        const R weight = weights.rows.size > 0 ? weights.rows[i] : R(1);
        if (label < 0 || weight == 0) {
          internal::put_nothing(logits, i);
          return 0.0;
        }
        assert(label < cols);
        const R peak = (1 - smoothing) * (weights.classes.size > 0 ? weights.classes[label] : R(1));
        const auto of = [&](const auto& row) SELFSAME_INLINE {
          return static_cast<double>(weight) *
                 internal::cross_entropy_row<V>(logits, i, temperature, row, label, peak,
                                                factor * weight, own);
        };
        if (smoothing == 0) return of(internal::NoRow{});
        return of(internal::MixedRow<R, A>{nullptr, weights.classes.data, R(0),
                                           smoothing / static_cast<R>(cols)});
      });
}

/// sum_i r_i sum_c w_c t_ic: what a mean by weights divides by.
template <class R, class A, class D = BasicCpu<R, A>>
double cross_entropy_weight(const BasicCpu<R, A>& device, Workspace& scratch, In<D> targets,
                            const TermWeights<D>& weights) {
  return internal::sum_rows<double>(
      device, scratch, targets.rows, targets.cols, 0, [&](auto lanes, Index i, R*) SELFSAME_INLINE {
        using V = Simd<R, decltype(lanes)::value>;
        internal::LongSum<V> sum;
        each_vector<V>(targets.cols, [&](Index c, Index count) SELFSAME_INLINE {
          V t, w = V{} + R(1);
          load_some(targets.row(i) + c, count, t);
          if (weights.classes.size > 0) load_some(weights.classes.data + c, count, w);
          sum.add(t * w);
        });
        return static_cast<double>(sum.sum()) *
               (weights.rows.size > 0 ? static_cast<double>(weights.rows[i]) : 1.0);
      });
}
/// The same for hard labels: the sum of r_i w_{labels[i]} where there is a label.
template <class R, class A, class D = BasicCpu<R, A>>
double cross_entropy_weight(const BasicCpu<R, A>&, Workspace&, Vector<const Index, D> labels,
                            const TermWeights<D>& weights) {
  double sum = 0;
  for (Index i = 0; i < labels.size; ++i)
    if (labels[i] >= 0)
      sum += (weights.rows.size > 0 ? static_cast<double>(weights.rows[i]) : 1.0) *
             (weights.classes.size > 0 ? static_cast<double>(weights.classes[labels[i]]) : 1.0);
  return sum;
}

}  // namespace SELFSAME_FLAGS
}  // namespace selfsame
