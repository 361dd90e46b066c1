/// @file
/// How far the softmax of rows is from that of other rows, which are constants.
#pragma once
#include <selfsame/kernel/cpu/pseudo_labels.hpp>

namespace selfsame {

/// Of a student's p and a teacher's q, summed over classes.
enum class Divergence {
  kl,             ///< sum q (log q - log p), teacher first
  cross_entropy,  ///< -sum q log p: the same gradient, and the teacher's entropy more
  reverse_kl,     ///< sum p (log p - log q), student first
  squared         ///< sum (p - q)^2
};

/// The sum over rows, and how many rows it is of.
struct DivergenceSum {
  double value = 0;
  LabelCount rows{};
  DivergenceSum& operator+=(const DivergenceSum& other) {
    value += other.value;
    rows += other.rows;
    return *this;
  }
};

inline namespace SELFSAME_FLAGS {

namespace internal {

/// One row whose teacher's largest logit is `top_q`; `own` holds two rows of scratch.
template <Divergence form, class V, class D>
SELFSAME_INLINE inline double divergence_row(const Differentiable<D>& student, In<D> teacher,
                                             Index i, Real<D> top_q, Real<D> student_temperature,
                                             Real<D> teacher_temperature, Real<D> factor,
                                             Real<D>* own) {
  using R = Real<D>;
  using A = Activation<D>;
  const Index cols = teacher.cols;
  const A *const z = student.value.row(i), *const a = teacher.row(i);
  A* const gradient = student.gradient.row(i);
  const R inverse_p = 1 / student_temperature, inverse_q = 1 / teacher_temperature;
  const R top_p = row_top<V>(z, cols);
  R* const q = own;
  const R all_q = row_terms<V>(a, cols, top_q, inverse_q, q, [](auto&&...) SELFSAME_INLINE {});
  const R share_q = 1 / all_q, scale = factor * student.weight * inverse_p;
  const auto teacher_logit = [&](Index c, Index count, V& w) SELFSAME_INLINE {
    load_some(a + c, count, w);
    w = (w - top_q) * inverse_q;
  };
  const auto through = [&](auto* p) SELFSAME_INLINE {
    LongSum<V> products;
    const R all_p = row_terms<V>(z, cols, top_p, inverse_p, p,
                                 [&](Index c, Index count, const V& v, const V& x) SELFSAME_INLINE {
                                   if constexpr (form == Divergence::squared) return;
                                   V t, w;
                                   load_some(q + c, count, t);
                                   if constexpr (form == Divergence::cross_entropy) {
                                     w = -v;
                                   } else {
                                     teacher_logit(c, count, w);
                                     w -= v;  // both are at most 0; alike where the rows are
                                   }
                                   if constexpr (form == Divergence::reverse_kl)
                                     product_of(x, w, w);
                                   else
                                     product_of(t, w, w);
                                   products.add(w);
                                 });
    const R share_p = 1 / all_p;
    const double log_p = std::log(static_cast<double>(all_p)),
                 log_q = std::log(static_cast<double>(all_q));
    const R ratio = all_p / all_q;  // 1 where the rows are equal, which then leave exactly nothing
    const auto difference = [&](Index c, Index count, V& x, V& d) SELFSAME_INLINE {
      load_some(p + c, count, x);
      load_some(q + c, count, d);
      d = (x - ratio * d) * share_p;
      x *= share_p;
    };
    if constexpr (form == Divergence::kl || form == Divergence::cross_entropy) {
      put_row<V>(gradient, cols, student.add, [&](Index c, Index count, V& g) SELFSAME_INLINE {
        V x;
        difference(c, count, x, g);
        g *= scale;
      });
      return static_cast<double>(products.sum() * share_q) + log_p -
             (form == Divergence::kl ? log_q : 0);
    } else if constexpr (form == Divergence::reverse_kl) {
      const double value = log_q - log_p - static_cast<double>(products.sum() * share_p);
      const auto shift = static_cast<R>(log_q - log_p - value);
      put_row<V>(gradient, cols, student.add, [&](Index c, Index count, V& g) SELFSAME_INLINE {
        V x, v, w;
        load_some(p + c, count, x);
        load_some(z + c, count, v);
        teacher_logit(c, count, w);
        x *= share_p;
        v = (v - top_p) * inverse_p - w + shift;
        product_of(x, v, g);
        g *= scale;
      });
      return value;
    } else {
      LongSum<V> squares, along;
      each_vector<V>(cols, [&](Index c, Index count) SELFSAME_INLINE {
        V x, d;
        difference(c, count, x, d);
        squares.add(d * d);
        along.add(x * d);
      });
      const R mean = along.sum();
      put_row<V>(gradient, cols, student.add, [&](Index c, Index count, V& g) SELFSAME_INLINE {
        V x;
        difference(c, count, x, g);
        g = (2 * scale) * (x * (g - mean));
      });
      return static_cast<double>(squares.sum());
    }
  };
  if constexpr (std::is_same_v<R, A>)
    if (!student.add) return through(gradient);
  return through(own + pieces(cols, 16) * 16);
}

template <Divergence form, class R, class A, class D = BasicCpu<R, A>>
DivergenceSum divergence_of(const BasicCpu<R, A>& device, Workspace& scratch,
                            const Differentiable<BasicCpu<R, A>>& student, In<D> teacher,
                            R student_temperature, R teacher_temperature, R threshold, R factor) {
  const Index cols = teacher.cols;
  if (cols == 0) return {};  // no classes, no softmax
  return sum_rows<DivergenceSum>(
      device, scratch, teacher.rows, cols, 2 * pieces(cols, 16) * 16,
      [&](auto lanes, Index i, R* own) SELFSAME_INLINE {
        using V = Simd<R, decltype(lanes)::value>;
        const R top = row_top<V>(teacher.row(i), cols);
        DivergenceSum sum{0, {1, 0}};
        if (threshold > 0) {
          const R sure = 1 / row_exp<V, A>(teacher.row(i), cols, top, R(1), nullptr);
          if (!(sure >= threshold)) {
            put_nothing(student, i);
            if (sure == sure) {
              sum.rows = {};
              return sum;
            }
            sum.rows = {0, 1, i};
            for (Index c = 0; c < cols; ++c) student.put(i, c, sure);
            sum.value = static_cast<double>(sure);
            return sum;
          }
        }
        sum.value = divergence_row<form, V>(student, teacher, i, top, student_temperature,
                                            teacher_temperature, factor, own);
        return sum;
      });
}

}  // namespace internal

/// The sum over rows of a divergence between p_i = softmax(student_i / student_temperature) and
/// q_i = softmax(teacher_i / teacher_temperature), and, in the same pass, its gradient by the
/// student times `factor`, written or added as the input asks:
///
///     kl, cross_entropy   d / d z_c = (p_c - q_c) / student_temperature
///     reverse_kl          d / d z_c = p_c (log p_c - log q_c - value) / student_temperature
///     squared             d / d z_c = 2 p_c (d_c - sum_k p_k d_k) / student_temperature
///
/// where d = p - q. A row is skipped, and has a gradient of exactly 0, where max_c
/// softmax(teacher_i)_c, at temperature 1, is below the threshold. Where it is no number the value is NaN, and the
/// row's gradient.
///
/// @param student    (B, C)
/// @param teacher    (B, C); constants
/// @param threshold  in [0, 1], inclusive; 0 keeps every row
template <class R, class A, class D = BasicCpu<R, A>>
DivergenceSum divergence_sum(const BasicCpu<R, A>& device, Workspace& scratch,
                             Differentiable<BasicCpu<R, A>> student, In<D> teacher, Divergence form,
                             Real<D> student_temperature, Real<D> teacher_temperature,
                             Real<D> threshold, Real<D> factor) {
  assert(student.value.rows == teacher.rows && student.value.cols == teacher.cols);
  assert(student_temperature > 0 && teacher_temperature > 0);
  const auto of = [&]<Divergence f>(std::integral_constant<Divergence, f>) {
    return internal::divergence_of<f>(device, scratch, student, teacher, student_temperature,
                                      teacher_temperature, threshold, factor);
  };
  switch (form) {
    case Divergence::kl: return of(std::integral_constant<Divergence, Divergence::kl>{});
    case Divergence::reverse_kl:
      return of(std::integral_constant<Divergence, Divergence::reverse_kl>{});
    case Divergence::squared: return of(std::integral_constant<Divergence, Divergence::squared>{});
    case Divergence::cross_entropy: break;
  }
  return of(std::integral_constant<Divergence, Divergence::cross_entropy>{});
}

}  // namespace SELFSAME_FLAGS
}  // namespace selfsame
