/// @file
/// Sinkhorn's iterations on logarithms in double: for scores of any range.
#pragma once
#include <selfsame/kernel/cpu/detail/sinkhorn/transport.hpp>
#include <selfsame/kernel/cpu/softmax.hpp>

namespace selfsame {
inline namespace SELFSAME_FLAGS {
namespace internal {

/// q_nk = softmax_k(x_nk + f_k) with x = (s - max s) / epsilon. The columns' step is
///
///     f_k -= log(K / M sum_n q_nk)
///
/// and the rows' potential g cancels in the softmax, which so is exact whatever the range.
template <class R, class A>
class LogForm {
 public:
  using Problem = Transport<R, A>;
  using D = BasicCpu<R, A>;

  explicit LogForm(const Problem& problem)
      : p_(problem),
        f_(p_.scratch.template take<double>(p_.cols())),
        log_marginals_(p_.scratch.template take<double>(p_.cols())),
        tops_(p_.scratch.template take<double>(p_.cols())),
        parts_(p_.scratch.template take<double>(2 * p_.parts() * p_.cols())),
        row_(p_.scratch.template take<double>(workers(p_.device, p_.parts()) * p_.cols())) {}

  void begin() {
    std::fill_n(f_, p_.cols(), 0.0);
    sweep(false, false);
    // With g = 0 the first f is -log K - LSE_n(x_n).
    for (Index k = 0; k < p_.cols(); ++k) f_[k] = -log_marginals_[k];
  }
  void step(bool write, double* marginals) {
    sweep(true, write);
    for (Index k = 0; k < p_.cols(); ++k) marginals[k] = std::exp(log_marginals_[k]);
  }
  void advance(const double*) {
    for (Index k = 0; k < p_.cols(); ++k) f_[k] -= log_marginals_[k];
  }
  void write() { step(true, tops_); }

 private:
  // The logarithm of a distribution becomes a code; x keeps its numbers.
  template <int bytes>
  SELFSAME_INLINE inline void put(Index n, const double* x) {
    using V = Simd<double, bytes>;
    A* const to = p_.code(n);
    if (p_.numbers.codes == Codes::hard) return put_code(x, p_.cols(), Codes::hard, to);
    each_vector<V>(p_.cols(), [&](Index k, Index count) SELFSAME_INLINE {
      V v;
      load_some(x + k, count, v);
      exponentiate(v);
      store_some(to + k, count, v);
    });
  }
  template <int bytes>
  SELFSAME_INLINE inline void log_softmax(double* x) const {
    using V = Simd<double, bytes>;
    each_vector<V>(p_.cols(), [&](Index k, Index count) SELFSAME_INLINE {
      V v, f;
      load_some(x + k, count, v);
      load_some(f_ + k, count, f);
      v += f;
      store_some(x + k, count, v);
    });
    const double top = row_top<V>(x, p_.cols());
    const double log_all = std::log(row_exp<V, double>(x, p_.cols(), top, 1, nullptr));
    each_vector<V>(p_.cols(), [&](Index k, Index count) SELFSAME_INLINE {
      V v;
      load_some(x + k, count, v);
      v = (v - top) - log_all;
      store_some(x + k, count, v);
    });
  }
  /// log_marginals_[k] = log(K / M sum_n exp(x_nk)) over the rows of all ranks; or with log q_n in x_n's place,
  /// which may be written as codes.
  void sweep(bool distributions, bool write) {
    const Index cols = p_.cols(), each = p_.each();
    const double top = p_.top, epsilon = p_.numbers.epsilon;
    parallel(p_.device, p_.parts(), [&](Index part, Index thread) {
      double* const x = row_ + thread * cols;
      double* const tops = parts_ + 2 * part * cols;
      double* const sums = tops + cols;
      std::fill_n(tops, cols, -1e308);
      std::fill_n(sums, cols, 0.0);
      const Index last = std::min(p_.rows(), (part + 1) * each);
      on_isa([&](auto bytes) SELFSAME_INLINE {
        using V = Simd<double, decltype(bytes)::value>;
        for (Index n = part * each; n < last; ++n) {
          each_vector<V>(cols, [&](Index k, Index count) SELFSAME_INLINE {
            V v;
            load_some(p_.scores.row(n) + k, count, v);
            v = (v - top) / epsilon;
            v = v < -1e300 ? V{} - 1e300 : v;  // an infinite difference would not stay finite
            store_some(x + k, count, v);
          });
          if (distributions) log_softmax<decltype(bytes)::value>(x);
          if (write && p_.kept(n)) put<decltype(bytes)::value>(n, x);
          each_vector<V>(cols, [&](Index k, Index count) SELFSAME_INLINE {
            V v, largest, sum;
            load_some(x + k, count, v);
            load_some(tops + k, count, largest);
            load_some(sums + k, count, sum);
            const V above = v - largest;
            V lower = above > 0 ? -above : above;  // the smaller's share of the larger
            exponentiate(lower);
            sum = above > 0 ? sum * lower + 1 : sum + lower;
            largest = above > 0 ? v : largest;
            store_some(tops + k, count, largest);
            store_some(sums + k, count, sum);
          });
        }
      });
    });
    for (Index k = 0; k < cols; ++k) {
      tops_[k] = -1e308;
      for (Index part = 0; part < p_.parts(); ++part)
        tops_[k] = std::max(tops_[k], parts_[2 * part * cols + k]);
    }
    p_.ranks.max(tops_, cols, Number::real64);
    for (Index k = 0; k < cols; ++k) {
      double sum = 0;
      for (Index part = 0; part < p_.parts(); ++part) {
        const double* const of = parts_ + 2 * part * cols + k;
        sum += of[cols] * std::exp(of[0] - tops_[k]);
      }
      log_marginals_[k] = sum;
    }
    p_.ranks.sum(log_marginals_, cols, Number::real64);
    const double share = std::log(static_cast<double>(cols) / p_.total);
    for (Index k = 0; k < cols; ++k)
      log_marginals_[k] = tops_[k] + (std::log(log_marginals_[k]) + share);
  }

  Problem p_;
  double* f_;
  double* log_marginals_;
  double* tops_;
  double* parts_;  // of each piece of rows: tops, and sums of exponentials less the top
  double* row_;    // of each thread
};

}  // namespace internal
}  // namespace SELFSAME_FLAGS
}  // namespace selfsame
