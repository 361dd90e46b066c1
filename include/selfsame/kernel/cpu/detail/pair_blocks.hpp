/// @file
/// Blocks of the logits of pairs: computed, weighted and forgotten while they are in the cache.
#pragma once
#include <selfsame/core/relation.hpp>
#include <selfsame/kernel/cpu/elementwise.hpp>
#include <selfsame/kernel/cpu/product.hpp>
#include <selfsame/kernel/cpu/softmax.hpp>

#include <cmath>
#include <limits>

namespace selfsame {
inline namespace SELFSAME_FLAGS {
namespace internal {

template <class R>
inline constexpr R minus_infinity = -std::numeric_limits<R>::infinity();

/// Rows, columns and further columns of a comparison, cut into blocks.
template <class R, class A, class Rel>
struct PairBlocks {
  using D = BasicCpu<R, A>;
  static constexpr Index tall = 96, wide = 192;

  In<D> rows;
  Index first_row;  ///< of the relation
  In<D> columns;
  In<D> further;
  const Rel& relation;
  R inverse_temperature;

  /// f(columns of a block, block, whether it holds anything special): the columns of some rows, then
  /// the further ones, where nothing is.
  template <class F>
  void each_column_block(Index row, Index count, F&& f) const {
    for (Index j = 0; j < columns.rows; j += wide) {
      const Index n = std::min(wide, columns.rows - j);
      const PairBlock block{first_row + row, count, j, n};
      f(columns.row_range(j, n), block, relation.special(block));
    }
    for (Index j = 0; j < further.rows; j += wide) {
      const Index n = std::min(wide, further.rows - j);
      f(further.row_range(j, n), PairBlock{first_row + row, count, -1, n}, false);
    }
  }
  /// s = rows . columns / temperature, by one thread.
  void logits(Workspace& scratch, In<D> some_rows, In<D> some_columns, MatrixView<R, D> s) const {
    const R inverse = inverse_temperature;
    const D alone{};
    product(alone, scratch, some_rows, Transpose::no, some_columns, Transpose::yes, s);
    map(
        alone, s.rows * s.cols, [inverse](auto& x) SELFSAME_INLINE { x *= inverse; }, s.data);
  }
};

/// s += log of a pair's weight in the denominator: what is excluded becomes -infinity, and exp(s) is
/// weighted from here on. `pair(i, j)` of row i and column j of the block.
template <class R, class D, class P>
void weigh(MatrixView<R, D> s, P&& pair) {
  for (Index i = 0; i < s.rows; ++i)
    for (Index j = 0; j < s.cols; ++j) {
      const double weight = pair(i, j).negative;
      if (weight != 1)
        s(i, j) = weight > 0 ? s(i, j) + static_cast<R>(std::log(weight)) : minus_infinity<R>;
    }
}

/// Adds a block to running sums: sum_i += sum_j exp(s_ij - top_i), top_i being the largest s so far.
template <class R, class D>
void absorb(MatrixView<R, D> s, R* top, R* sum) {
  on_isa([&](auto bytes) SELFSAME_INLINE {
    using V = Simd<R, decltype(bytes)::value>;
    for (Index r = 0; r < s.rows; ++r) {
      const R here = row_top<V>(s.row(r), s.cols);
      if (here > top[r]) {
        sum[r] *= top[r] == minus_infinity<R> ? R(0) : std::exp(top[r] - here);
        top[r] = here;
      }
      if (top[r] > minus_infinity<R>)
        sum[r] += row_exp<V, R>(s.row(r), s.cols, top[r], R(1), nullptr);
    }
  });
}

/// s_ij = exp(s_ij - by_row_i), and 0 throughout a row whose shift is infinite.
template <class R, class D>
void exp_less_rows(MatrixView<R, D> s, const R* by_row) {
  on_isa([&](auto bytes) SELFSAME_INLINE {
    using V = Simd<R, decltype(bytes)::value>;
    for (Index r = 0; r < s.rows; ++r) {
      const R shift = by_row[r];
      const bool counted = std::abs(shift) < std::numeric_limits<R>::infinity() || shift != shift;
      each_vector<V>(s.cols, [&](Index c, Index n) SELFSAME_INLINE {
        V v = {};
        if (counted) {
          load_some(s.row(r) + c, n, v);
          v -= shift;
          exponentiate(v);
        }
        store_some(s.row(r) + c, n, v);
      });
    }
  });
}

/// s_ij = exp(s_ij - by_column_j); an infinite shift gives 0.
template <class R, class D>
void exp_less_columns(MatrixView<R, D> s, const R* by_column) {
  on_isa([&](auto bytes) SELFSAME_INLINE {
    using V = Simd<R, decltype(bytes)::value>;
    each_vector<V>(s.cols, [&](Index c, Index n) SELFSAME_INLINE {
      V shift;
      load_some(by_column + c, n, shift);
      for (Index r = 0; r < s.rows; ++r) {
        V v;
        load_some(s.row(r) + c, n, v);
        v -= shift;
        exponentiate(v);
        store_some(s.row(r) + c, n, v);
      }
    });
  });
}

}  // namespace internal
}  // namespace SELFSAME_FLAGS
}  // namespace selfsame
