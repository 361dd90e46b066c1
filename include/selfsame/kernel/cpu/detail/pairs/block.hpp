/// @file
/// Blocks of pairs: the sums and slopes of their logits, and the pairs that are not plain negatives.
#pragma once
#include <selfsame/kernel/cpu/detail/matrix/panels.hpp>
#include <selfsame/kernel/cpu/exp.hpp>
#include <selfsame/relation/relation.hpp>

#include <limits>

namespace selfsame {
inline namespace SELFSAME_FLAGS {
namespace internal {

/// Logits up to this size need no running maximum: exp(s) and its sums stay within R's range.
template <class R>
inline constexpr R largest_plain_logit = sizeof(R) == 4 ? R(60) : R(600);

/// How products become exponentials: e = exp((product - top) / temperature), the top being 0 where all logits are
/// bounded, and else the largest product that counts. Its own exponential is 1, which product / temperature less
/// top / temperature would not give where a processor does both in one step. Below 2^lowest there is 2^lowest: less
/// than any exponential of bounded logits, nothing beside 1, and normal after multiplication; denormal numbers made
/// the whole loss twenty times slower.
template <class R>
struct Exponential {
  R inverse;  ///< 1 / temperature
  static constexpr R lowest = sizeof(R) == 4 ? -100 : -900;

  /// From products to powers of two.
  SELFSAME_INLINE R scale() const { return inverse * Exponent<R>::log2_e; }
  template <class V>
  SELFSAME_INLINE void operator()(V& x, const V& top) const {
    x = (x - top) * scale();
    x = x < lowest ? V{} + lowest : x;
    power_of_two(x);
  }
};

/// The numbers of an anchor that its gradient needs; arrays over the anchors of a block.
template <class R>
struct Anchors {
  R* top;  ///< the largest product; 0 where logits are bounded
  R* weight;  ///< 1 / sum of the weighted exp(s - top / temperature); 0 of an anchor without a positive
  R* share;  ///< 1 / sum of the weights of its positives, or 0

  Anchors from(Index i) const { return {top + i, weight + i, share + i}; }
};

/// What an anchor's log-sum-exp and its positives have come to, over the columns so far.
struct LogSumExp {
  double* sum;              ///< of n_ij exp((x_ij - top_i) / temperature)
  double* positives;        ///< of p_ij
  double* positive_logits;  ///< of p_ij s_ij

  LogSumExp from(Index i) const { return {sum + i, positives + i, positive_logits + i}; }
  void add_positive(Index i, const Pair& pair, double s) const {
    positives[i] += pair.positive;
    positive_logits[i] += pair.positive * s;
  }
  void add(LogSumExp other, Index count) const {
    for (Index i = 0; i < count; ++i) {
      sum[i] += other.sum[i];
      positives[i] += other.positives[i];
      positive_logits[i] += other.positive_logits[i];
    }
  }
};

/// e times the pair's weight in the denominator; what is excluded may have been infinite.
template <class R>
void weigh(R& e, const Pair& pair) {
  e = pair.denominator != 0 ? static_cast<R>(pair.denominator) * e : R(0);
}

/// A block of pairs, and what its tiles ask of the relation.
template <class Rel>
struct Block {
  const Rel& relation;
  PairBlock at;
  bool
      related;  ///< whether the relation speaks of these columns; extra negatives have no exceptions
  bool mirrored = false;  ///< whether columns are anchors, too
  bool exceptional = related && has_exceptions(at);

  bool has_exceptions(const PairBlock& b) const {
    return selfsame::has_exceptions(relation, b) ||
           (mirrored &&
            selfsame::has_exceptions(relation, PairBlock{b.column, b.columns, b.row, b.rows}));
  }
  PairBlock tile(Index i, Index rows, Index j, Index columns) const {
    return {at.row + i, std::min(rows, at.rows - i), at.column + j,
            std::min(columns, at.columns - j)};
  }
  /// Whether a tile of that size lies within the block and holds nothing but {0, 1}.
  bool plain(const PairBlock& t, Index rows, Index columns) const {
    return t.rows == rows && t.columns == columns && !(exceptional && has_exceptions(t));
  }
  Pair pair(Index row, Index column) const {
    return exceptional ? relation(row, column) : Pair{0, 1};
  }
};

/// A tile in memory, for the few that are not plain.
template <class T, class R>
struct TileNumbers {
  R at[T::rows][T::cols];
  SELFSAME_INLINE void set(int r, int half, const typename T::V& v) {
    store(at[r] + half * T::lanes, v);
  }
  SELFSAME_INLINE void get(int r, int half, typename T::V& v) const {
    load(at[r] + half * T::lanes, v);
  }
};

/// v = from[first ...), as far as there are `count` numbers.
template <class R, class V>
SELFSAME_INLINE inline void load_lanes(const R* from, Index first, Index count, V& v) {
  if (first + width<V> <= count) return load(from + first, v);
  load_some(from + std::min(first, count), std::max<Index>(count - first, 0), v);
}

/// Applies the relation to exponentials e of a tile: they get their weight, 0 beyond the edge, and the anchors (rows,
/// or columns) add up their positives.
template <class T, class R, class Rel>
void sum_exceptions(const Block<Rel>& block, const PairBlock& t, const TileNumbers<T, R>& s,
                    TileNumbers<T, R>& e, LogSumExp anchors, bool turned) {
  for (Index r = 0; r < T::rows; ++r)
    for (Index c = 0; c < T::cols; ++c) {
      if (r >= t.rows || c >= t.columns) {
        e.at[r][c] = 0;
        continue;
      }
      const Index row = t.row + r, column = t.column + c;
      const Pair pair = turned ? block.pair(column, row) : block.pair(row, column);
      if (pair.denominator != 1) weigh(e.at[r][c], pair);
      if (pair.positive != 0)
        anchors.add_positive(turned ? c : r, pair, static_cast<double>(s.at[r][c]));
    }
}

/// The same for one half of a tile whose rows are columns of the comparison.
template <class T, class R, class Rel>
void sum_turned_exceptions(const Block<Rel>& block, const PairBlock& t, const TileNumbers<T, R>& s,
                           TileNumbers<T, R>& e, LogSumExp anchors, int half) {
  for (Index r = 0; r < T::rows; ++r)
    for (Index c = half * T::lanes; c < (half + 1) * T::lanes; ++c) {
      if (r >= t.columns || c >= t.rows) {
        e.at[r][c] = 0;
        continue;
      }
      const Pair pair = block.pair(t.row + c, t.column + r);
      if (pair.denominator != 1) weigh(e.at[r][c], pair);
      if (pair.positive != 0) anchors.add_positive(c, pair, static_cast<double>(s.at[r][c]));
    }
}

/// The same for slopes: only those of pairs that are not {0, 1} are written anew.
template <class T, class R, class Rel>
void gradient_of_exceptions(const Block<Rel>& block, const PairBlock& t, const TileNumbers<T, R>& e,
                            const TileNumbers<T, R>& f, Anchors<R> rows, Anchors<R> columns, R* w,
                            Index stride) {
  const auto slope = [](const Pair& pair, R x, R weight, R share) {
    weigh(x, pair);
    return x * weight - static_cast<R>(pair.positive) * share;
  };
  for (Index r = 0; r < T::rows; ++r)
    for (Index c = 0; c < T::cols; ++c) {
      R& here = w[r * stride + c];
      if (r >= t.rows || c >= t.columns) {
        here = 0;
        continue;
      }
      const Pair pair = block.pair(t.row + r, t.column + c);
      const Pair back = block.pair(t.column + c, t.row + r);
      if (pair.denominator == 1 && pair.positive == 0 && back.denominator == 1 &&
          back.positive == 0)
        continue;
      here = slope(pair, e.at[r][c], rows.weight[r], rows.share[r]) +
             slope(back, f.at[r][c], columns.weight[c], columns.share[c]);
    }
}

/// Slopes, divided by their anchor's weight, out of e(j, i) = n_ij exp((x_ij - top_i) / temperature), column by row.
template <class R, class Rel>
void subtract_positives(const Block<Rel>& block, Anchors<R> anchors, R* e, Index stride) {
  for (Index c = 0; c < block.at.columns; ++c)
    for (Index r = 0; r < block.at.rows; ++r) {
      const double positive = block.pair(block.at.row + r, block.at.column + c).positive;
      if (positive != 0 && anchors.share[r] != 0)
        e[c * stride + r] -= static_cast<R>(positive) * anchors.share[r] / anchors.weight[r];
    }
}

}  // namespace internal
}  // namespace SELFSAME_FLAGS
}  // namespace selfsame
