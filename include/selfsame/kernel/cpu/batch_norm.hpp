/// @file
/// Batch normalisation, its ReLU and its residual sum, each a single pass over memory.
#pragma once
#include <selfsame/kernel/cpu/parallel.hpp>
#include <selfsame/kernel/cpu/simd.hpp>
#include <selfsame/tensor/buffer.hpp>

#include <cmath>

namespace selfsame {
inline namespace SELFSAME_FLAGS {

/// What follows the affine map of a normalisation.
enum class Activate { none, relu };

/// Rows of a task where every row is read once.
inline constexpr Index norm_rows = 256;

namespace internal {

/// f(std::bool_constant<flag>...): a row's loop does not ask what is the same for all rows.
template <class F>
void with_flags(F&& f) {
  f();
}
template <class F, class... Flags>
void with_flags(F&& f, bool flag, Flags... others) {
  if (flag)
    with_flags([&](auto... more) { f(std::true_type{}, more...); }, others...);
  else
    with_flags([&](auto... more) { f(std::false_type{}, more...); }, others...);
}

}  // namespace internal

/// Mean and centred second moment of each column of a few rows, in the cache:
/// mean[c] = sum_r x(r, c) / rows, moment[c] = sum_r (x(r, c) - mean[c])^2.
template <class R, class A, class D = BasicCpu<R, A>>
void block_moments(const BasicCpu<R, A>&, In<D> x, R* mean, R* moment) {
  on_isa([&](auto bytes) SELFSAME_INLINE {
    using V = Simd<R, decltype(bytes)::value>;
    const R share = x.rows > 0 ? R(1) / static_cast<R>(x.rows) : R(0);
    each_vector<V>(x.cols, [&](Index c, Index n) SELFSAME_INLINE {
      // Sums of 32 rows are added up, which rounds less than one sum of all.
      const auto total = [&](V& sum, auto&& term) SELFSAME_INLINE {
        const A* p = x.data + c;
        for (Index top = 0; top < x.rows; top += 32) {
          V part = {};
          for (Index r = top; r < std::min(top + 32, x.rows); ++r, p += x.stride) {
            V v;
            load_some(p, n, v);
            term(part, v);
          }
          sum += part;
        }
      };
      V sum = {}, square = {};
      total(sum, [](V& part, const V& v) SELFSAME_INLINE { part += v; });
      sum *= share;
      total(square, [&](V& part, V& v) SELFSAME_INLINE {
        v -= sum;
        part += v * v;
      });
      store_some(mean + c, n, sum);
      store_some(moment + c, n, square);
    });
  });
}

/// Joins the moments of blocks, in their order and in double: block b has counts(b) rows, its moments
/// stand in row b of `means` and `moments`, (blocks, cols). Returns the rows.
/// @see Chan, Golub & LeVeque 1983, "Algorithms for computing the sample variance", eq. 2.1
template <class R, class Counts>
Index join_moments(Index blocks, Index cols, const R* means, const R* moments, Counts&& counts,
                   double* mean, double* moment) {
  std::fill_n(mean, cols, 0.0);
  std::fill_n(moment, cols, 0.0);
  Index rows = 0;
  for (Index b = 0; b < blocks; ++b) {
    const Index n = counts(b);
    if (n == 0) continue;
    const double share = static_cast<double>(n) / static_cast<double>(rows + n);
    const double cross = static_cast<double>(rows) * share;
    for (Index c = 0; c < cols; ++c) {
      const double step = static_cast<double>(means[b * cols + c]) - mean[c];
      mean[c] += share * step;
      moment[c] += static_cast<double>(moments[b * cols + c]) + cross * step * step;
    }
    rows += n;
  }
  return rows;
}

/// y = (x - mean) * slope + shift, plus `addend` where it has data, then ReLU if asked. `y` may be `x`.
/// @param addend  rows of y's shape, or without data
template <class R, class A, class D = BasicCpu<R, A>>
void normalise_columns(const BasicCpu<R, A>& device, In<D> x, const R* mean, const R* slope,
                       const R* shift, In<D> addend, Activate activate, Out<D> y) {
  internal::with_flags(
      [&](auto adds, auto rectifies) {
        parallel_pieces(device, x.rows, norm_rows, [&](Index first, Index rows) {
          on_isa([&](auto bytes) SELFSAME_INLINE {
            using V = Simd<R, decltype(bytes)::value>;
            for (Index r = first; r < first + rows; ++r) {
              const A *const from = x.row(r), *const plus = adds ? addend.row(r) : nullptr;
              A* const to = y.row(r);
              each_vector<V>(x.cols, [&](Index c, Index n) SELFSAME_INLINE {
                V m, s, b, v;
                load_some(mean + c, n, m), load_some(slope + c, n, s), load_some(shift + c, n, b);
                load_some(from + c, n, v);
                v = (v - m) * s + b;
                if constexpr (adds) {
                  V a;
                  load_some(plus + c, n, a);
                  v += a;
                }
                if constexpr (rectifies) rectify(v);
                store_some(to + c, n, v);
              });
            }
          });
        });
      },
      addend.data != nullptr, activate == Activate::relu);
}

/// What a gradient of normalised columns is computed from.
template <class R, class A>
struct NormGradient {
  using D = BasicCpu<R, A>;
  In<D> x;           ///< what was normalised
  In<D> dy;          ///< gradient of the output
  In<D> y{};         ///< the output, needed where something was added before a ReLU
  const R* mean;     ///< (cols)
  const R* inverse;  ///< 1 / standard deviation (cols)
  const R* scale;    ///< (cols)
  const R* shift;    ///< (cols)
  Activate activate = Activate::none;

  /// Columns [c, c + n) of a row: g = dy, or 0 where the output is <= 0, and unit = xhat.
  template <class V, class Given, class Rectifies>
  SELFSAME_INLINE inline void load_row(Index r, Index c, Index n, Given, Rectifies, V& g,
                                       V& unit) const {
    V m, i;
    load_some(mean + c, n, m), load_some(inverse + c, n, i);
    load_some(x.row(r) + c, n, unit);
    load_some(dy.row(r) + c, n, g);
    unit = (unit - m) * i;
    if constexpr (Rectifies::value) {
      V out;
      if constexpr (Given::value) {
        load_some(y.row(r) + c, n, out);
      } else {
        V s, b;
        load_some(scale + c, n, s), load_some(shift + c, n, b);
        out = unit * s + b;
      }
      rectify_gradient(out, g);
    }
  }
};

/// sums[c] = sum_r g(r, c) and sums[cols + c] = sum_r g(r, c) xhat(r, c), where g is the gradient
/// behind the ReLU, over rows [first, first + rows), in double and in the order of blocks.
template <class R, class A>
void norm_gradient_sums(const BasicCpu<R, A>& device, Workspace& scratch,
                        const NormGradient<R, A>& of, double* sums) {
  const Index cols = of.x.cols, blocks = pieces(of.x.rows, norm_rows);
  const Workspace::Scope scope(scratch);
  R* const parts = scratch.take<R>(blocks * 2 * cols);
  internal::with_flags(
      [&](auto given, auto rectifies) {
        parallel(device, blocks, [&](Index block, Index) {
          const Index first = block * norm_rows, last = std::min(of.x.rows, first + norm_rows);
          R* const part = parts + block * 2 * cols;
          std::fill_n(part, 2 * cols, R(0));
          on_isa([&](auto bytes) SELFSAME_INLINE {
            using V = Simd<R, decltype(bytes)::value>;
            for (Index r = first; r < last; ++r)
              each_vector<V>(cols, [&](Index c, Index n) SELFSAME_INLINE {
                V sum, dot, g, unit;
                load_some(part + c, n, sum), load_some(part + cols + c, n, dot);
                of.load_row(r, c, n, given, rectifies, g, unit);
                sum += g;
                dot += g * unit;
                store_some(part + c, n, sum);
                store_some(part + cols + c, n, dot);
              });
          });
        });
      },
      of.y.data != nullptr, of.activate == Activate::relu);
  std::fill_n(sums, 2 * cols, 0.0);
  for (Index block = 0; block < blocks; ++block)
    for (Index c = 0; c < 2 * cols; ++c)
      sums[c] += static_cast<double>(parts[block * 2 * cols + c]);
}

/// dx = scale / deviation * (g - mean_g[c] - xhat * mean_gx[c]); in evaluation mode both means are 0.
/// dx is overwritten; `daddend` gets g where it has data.
template <class R, class A, class D = BasicCpu<R, A>>
void norm_gradient(const BasicCpu<R, A>& device, const NormGradient<R, A>& of, const R* mean_g,
                   const R* mean_gx, Out<D> dx, Out<D> daddend) {
  const bool to_addend = daddend.data != nullptr, to_x = dx.data != nullptr;
  internal::with_flags(
      [&](auto given, auto rectifies) {
        parallel_pieces(device, of.x.rows, norm_rows, [&](Index first, Index rows) {
          on_isa([&](auto bytes) SELFSAME_INLINE {
            using V = Simd<R, decltype(bytes)::value>;
            for (Index r = first; r < first + rows; ++r)
              each_vector<V>(of.x.cols, [&](Index c, Index n) SELFSAME_INLINE {
                V g, unit;
                of.load_row(r, c, n, given, rectifies, g, unit);
                if (to_addend) store_some(daddend.row(r) + c, n, g);
                if (to_x) {
                  V i, s, mg, mx;
                  load_some(of.inverse + c, n, i), load_some(of.scale + c, n, s);
                  load_some(mean_g + c, n, mg), load_some(mean_gx + c, n, mx);
                  store_some(dx.row(r) + c, n, s * i * (g - mg - unit * mx));
                }
              });
          });
        });
      },
      of.y.data != nullptr, of.activate == Activate::relu);
}

}  // namespace SELFSAME_FLAGS
}  // namespace selfsame
