/// @file
/// What an anchor learns from scores that come a few at a time: its loss, and how hard each
/// negative pulls at it.
#pragma once
#include <selfsame/kernel/cpu/softmax.hpp>

#include <cmath>

namespace selfsame {
inline namespace SELFSAME_FLAGS {
namespace internal {

/// loss and d loss / d anchor = scale * sum_j pull_j row_j + own * row_0, without the temperature.
template <class R>
struct BankTotals {
  double loss;
  R scale, own;
};

/// log sum_j exp(s_j) - s_0, the positive s_0 standing in the sum; its shift is the largest so far.
template <class V>
class SoftmaxTerms {
  using R = Lane<V>;

 public:
  SELFSAME_INLINE explicit SoftmaxTerms(R positive) : positive_(positive), top_(positive) {}

  /// Scores become pulls. What was summed of earlier pulls has to be multiplied by the result.
  SELFSAME_INLINE R absorb(R* s, Index count) {
    const R top = row_top<V>(s, count);
    const R rescale = top > top_ ? std::exp(top_ - top) : R(1);
    if (top > top_) top_ = top;
    const R more = row_exp<V>(s, count, top_, R(1), s);
    rest_ = rest_ * static_cast<double>(rescale) + static_cast<double>(more);
    return rescale;
  }
  /// All but the positive over all, not one minus its share: small numbers keep their digits.
  SELFSAME_INLINE BankTotals<R> totals() const {
    const double below = static_cast<double>(positive_) - static_cast<double>(top_);
    const double all = rest_ + std::exp(below);
    return {std::log1p(rest_ + std::expm1(below)) - below, static_cast<R>(1 / all),
            static_cast<R>(-rest_ / all)};
  }
  SELFSAME_INLINE double log_sum() const { return static_cast<double>(positive_) + totals().loss; }

 private:
  R positive_, top_;
  double rest_ = 0;  // sum of exp(s_j - top) without the positive
};

/// softplus(-t_0) + sum_j softplus(t_j),  t = s - shift.
///
/// Logarithms are rare: softplus(t) = max(t, 0) + log(1 + e), e = exp(-|t|), and a product gathers
/// the 1 + e, less one, so that small e keep their digits: q <- q + e (1 + q).
template <class V>
class NoiseTerms {
  using R = Lane<V>;
  using Wide = Simd<double, static_cast<int>(sizeof(V))>;

 public:
  SELFSAME_INLINE explicit NoiseTerms(R shift) : shift_(shift) {}
  SELFSAME_INLINE NoiseTerms(R positive, R shift) : positive_(positive - shift), shift_(shift) {}

  /// Scores, at most 500, become pulls.
  SELFSAME_INLINE R absorb(R* s, Index count) {
    Wide q = {}, above = {};
    each_vector<V>(count, [&](Index j, Index n) SELFSAME_INLINE {
      V t;
      load_some(s + j, n, t);
      t -= shift_;
      V e = t < 0 ? t : -t;  // -|t|; a NaN stays
      exponentiate(e);
      const V share = 1 / (1 + e);
      store_some(s + j, n, V(t < 0 ? e * share : share));
      R terms[width<V>], excess[width<V>];
      store(terms, e);
      store(excess, V(t > 0 ? t : V{}));
      for (Index lane = n; lane < width<V>; ++lane) terms[lane] = excess[lane] = 0;
#pragma GCC unroll 2
      for (int part = 0; part < width<V>; part += width<Wide>) {
        Wide x;
        load(terms + part, x);
        q += x * (1 + q);
        load(excess + part, x);
        above += x;
      }
    });
    factors_ += count;
    if (factors_ > 1000) {  // a product of 1000 factors of at most 2 is in range
      negatives_ += std::log1p(product_);
      product_ = 0;
      factors_ = count;
    }
    for (int lane = 0; lane < width<Wide>; ++lane) product_ += q[lane] * (1 + product_);
    negatives_ += sum_of(above);
    return 1;
  }
  SELFSAME_INLINE double negatives() const { return negatives_ + std::log1p(product_); }
  SELFSAME_INLINE BankTotals<R> totals() const {
    const double t = static_cast<double>(positive_), e = std::exp(-std::abs(t));
    const double softplus = (t < 0 ? -t : 0) + std::log1p(e), miss = (t < 0 ? 1 : e) / (1 + e);
    return {negatives() + softplus, 1, static_cast<R>(-miss)};
  }

 private:
  R positive_ = 0, shift_;
  double negatives_ = 0, product_ = 0;  // the product less one
  Index factors_ = 0;
};

/// row *= factor
template <class V>
SELFSAME_INLINE inline void multiply_row(Lane<V>* row, Index cols, Lane<V> factor) {
  each_vector<V>(cols, [&](Index c, Index n) SELFSAME_INLINE {
    V v;
    load_some(row + c, n, v);
    v *= factor;
    store_some(row + c, n, v);
  });
}

}  // namespace internal
}  // namespace SELFSAME_FLAGS
}  // namespace selfsame
