/// @file
/// Sinkhorn's iterations on stored exponentials: one pass over them an iteration.
#pragma once
#include <selfsame/kernel/cpu/detail/sinkhorn/transport.hpp>
#include <selfsame/kernel/cpu/exp.hpp>
#include <selfsame/kernel/cpu/reduce.hpp>

namespace selfsame {
inline namespace SELFSAME_FLAGS {
namespace internal {

/// q_nk = M v_n E_nk u_k with E = exp((s - max s) / epsilon), u_k = 1 / (K sum_n E_nk v_n),
/// v_n = 1 / (M sum_k E_nk u_k): v and the sums of the next u come from one reading of E.
template <class R, class A>
class ExponentialForm {
 public:
  using Problem = Transport<R, A>;
  using D = BasicCpu<R, A>;

  explicit ExponentialForm(const Problem& problem)
      : p_(problem),
        u_(p_.scratch.template take<R>(p_.cols())),
        v_(p_.scratch.template take<R>(p_.rows())),
        sums_(p_.scratch.template take<double>(p_.cols())),
        parts_(p_.scratch.template take<double>(p_.parts() * p_.cols())),
        some_(p_.scratch.template take<R>(workers(p_.device, p_.parts()) * p_.cols())),
        exponentials_(p_.scratch.template take<R>(in_codes ? (p_.rows() - p_.codes.rows) * p_.cols()
                                                           : p_.rows() * p_.cols())) {}

  /// E, and u for v = 1.
  void begin() {
    const R top = static_cast<R>(p_.top), inverse = static_cast<R>(1 / p_.numbers.epsilon);
    sweep([&]<int rows>(Index n, R* sum, auto bytes) SELFSAME_INLINE {
      using V = Simd<R, decltype(bytes)::value>;
      const A* s[rows];
      R* e[rows];
      for (int i = 0; i < rows; ++i) s[i] = p_.scores.row(n + i), e[i] = row(n + i);
      each_vector<V>(p_.cols(), [&](Index k, Index count) SELFSAME_INLINE {
        V all;
        load_some(sum + k, count, all);
#pragma GCC unroll 4
        for (int i = 0; i < rows; ++i) {
          V x;
          load_some(s[i] + k, count, x);
          x = (x - top) * inverse;
          exponentiate(x);
          store_some(e[i] + k, count, x);
          all += x;
        }
        store_some(sum + k, count, all);
      });
    });
    for (Index k = 0; k < p_.cols(); ++k)
      u_[k] = static_cast<R>(1 / (static_cast<double>(p_.cols()) * sums_[k]));
  }
  /// v from u, and how much of its share each prototype then has; writes the codes of this v and u.
  void step(bool write, double* marginals) {
    sweep([&]<int rows>(Index n, R* sum, auto bytes)
              SELFSAME_INLINE { normalise<rows, decltype(bytes)::value>(n, sum, write); });
    for (Index k = 0; k < p_.cols(); ++k)
      marginals[k] = static_cast<double>(p_.cols()) * static_cast<double>(u_[k]) * sums_[k];
  }
  void advance(const double* marginals) {
    for (Index k = 0; k < p_.cols(); ++k)
      u_[k] = static_cast<R>(static_cast<double>(u_[k]) / marginals[k]);
  }
  /// The codes of the last step.
  void write() {
    parallel_pieces(p_.device, p_.codes.rows, row_piece(p_.cols()), [&](Index first, Index count) {
      on_isa([&](auto bytes) SELFSAME_INLINE {
        for (Index n = first; n < first + count; ++n)
          put<decltype(bytes)::value>(p_.first_kept() + n);
      });
    });
  }

 private:
  static constexpr bool in_codes = std::is_same_v<R, A>;  // kept rows of E lie where their codes go

  R* row(Index n) const {
    if constexpr (in_codes) {
      if (p_.kept(n)) return p_.code(n);
      return exponentials_ + (n < p_.first_kept() ? n : n - p_.codes.rows) * p_.cols();
    } else {
      return exponentials_ + n * p_.cols();
    }
  }
  /// f.template operator()<rows>(n, sums, bytes) for two rows or one; sums_ of all rows of all ranks.
  template <class F>
  void sweep(const F& f) {
    const Index cols = p_.cols(), each = p_.each();
    parallel(p_.device, p_.parts(), [&](Index part, Index thread) {
      R* const some = some_ + thread * cols;
      double* const sums = parts_ + part * cols;
      std::fill_n(sums, cols, 0.0);
      const Index last = std::min(p_.rows(), (part + 1) * each);
      for (Index first = part * each; first < last; first += 64) {  // in R, then in double
        const Index end = std::min(last, first + 64);
        std::fill_n(some, cols, R(0));
        on_isa([&](auto bytes) SELFSAME_INLINE {
          Index n = first;
          for (; n + 2 <= end; n += 2) f.template operator()<2>(n, some, bytes);
          if (n < end) f.template operator()<1>(n, some, bytes);
          add_up<decltype(bytes)::value>(some, cols, sums);
        });
      }
    });
    parallel_pieces(p_.device, cols, 1024, [&](Index first, Index count) {
      std::fill_n(sums_ + first, count, 0.0);
      on_isa([&](auto bytes) SELFSAME_INLINE {
        for (Index part = 0; part < p_.parts(); ++part)
          add_up<decltype(bytes)::value>(parts_ + part * cols + first, count, sums_ + first);
      });
    });
    p_.ranks.sum(sums_, cols, Number::real64);
  }
  template <int bytes, class T>
  SELFSAME_INLINE static inline void add_up(const T* from, Index size, double* to) {
    using V = Simd<double, bytes>;
    each_vector<V>(size, [&](Index k, Index count) SELFSAME_INLINE {
      V x, sum;
      load_some(from + k, count, x);
      load_some(to + k, count, sum);
      sum += x;
      store_some(to + k, count, sum);
    });
  }
  template <int rows, int bytes>
  SELFSAME_INLINE inline void normalise(Index n, R* sum, bool write) {
    using V = Simd<R, bytes>;
    R* e[rows];
    for (int i = 0; i < rows; ++i) e[i] = row(n + i);
    V dot[rows][2] = {};
    const Index cols = p_.cols();
    Index k = 0;
    for (; k + 2 * width<V> <= cols; k += 2 * width<V>)
#pragma GCC unroll 2
      for (int half = 0; half < 2; ++half) {
        V u;
        load(u_ + k + half * width<V>, u);
#pragma GCC unroll 4
        for (int i = 0; i < rows; ++i) {
          V x;
          load(e[i] + k + half * width<V>, x);
          dot[i][half] += x * u;
        }
      }
    each_vector<V>(cols - k, [&](Index j, Index count) SELFSAME_INLINE {
      V u;
      load_some(u_ + k + j, count, u);
#pragma GCC unroll 4
      for (int i = 0; i < rows; ++i) {
        V x;
        load_some(e[i] + k + j, count, x);
        dot[i][0] += x * u;
      }
    });
    R v[rows];
    for (int i = 0; i < rows; ++i) {
      dot[i][0] += dot[i][1];
      v[i] = v_[n + i] = 1 / (static_cast<R>(p_.total) * sum_of(dot[i][0]));
    }
    each_vector<V>(cols, [&](Index j, Index count) SELFSAME_INLINE {
      V all;
      load_some(sum + j, count, all);
#pragma GCC unroll 4
      for (int i = 0; i < rows; ++i) {
        V x;
        load_some(e[i] + j, count, x);
        all += x * v[i];
      }
      store_some(sum + j, count, all);
    });
    if (write)
      for (int i = 0; i < rows; ++i)
        if (p_.kept(n + i)) put<bytes>(n + i);
  }
  template <int bytes>
  SELFSAME_INLINE inline void put(Index n) {
    using V = Simd<R, bytes>;
    R* const e = row(n);
    const R factor = static_cast<R>(p_.total) * v_[n];
    each_vector<V>(p_.cols(), [&](Index k, Index count) SELFSAME_INLINE {
      V x, u;
      load_some(e + k, count, x);
      load_some(u_ + k, count, u);
      x = x * u * factor;
      store_some(e + k, count, x);
    });
    put_code(e, p_.cols(), p_.numbers.codes, p_.code(n));
  }

  Problem p_;
  R* u_;
  R* v_;
  double* sums_;   // sum_n E_nk v_n
  double* parts_;  // the same of each piece of rows
  R* some_;        // the same of a few rows, of each thread
  R* exponentials_;
};

}  // namespace internal
}  // namespace SELFSAME_FLAGS
}  // namespace selfsame
