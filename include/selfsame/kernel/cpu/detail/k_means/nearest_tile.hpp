/// @file
/// The tile of a nearest-centroid search: the best centroid and its index are found while the sums
/// are in registers.
#pragma once
#include <selfsame/kernel/cpu/detail/k_means/centroid_panels.hpp>

namespace selfsame {
inline namespace SELFSAME_FLAGS {
namespace internal {

template <class V, int by, std::size_t... i>
SELFSAME_INLINE inline void min_with_rotated(V& v, std::index_sequence<i...>) {
  const V other = __builtin_shufflevector(v, v, ((static_cast<int>(i) + by) % width<V>)...);
  v = other < v ? other : v;
}
/// The smallest lane.
template <class V>
SELFSAME_INLINE inline Lane<V> min_of(const V& lanes) {
  V v = lanes;
  using Every = std::make_index_sequence<static_cast<std::size_t>(width<V>)>;
  if constexpr (width<V> > 8) min_with_rotated<V, 8 % width<V>>(v, Every{});
  if constexpr (width<V> > 4) min_with_rotated<V, 4 % width<V>>(v, Every{});
  if constexpr (width<V> > 2) min_with_rotated<V, 2 % width<V>>(v, Every{});
  min_with_rotated<V, 1>(v, Every{});
  return v[0];
}

/// Tile::multiply with rows that lie anywhere: the left operand is row[r][k].
template <class Tile, class R, class Epilogue>
SELFSAME_INLINE inline void multiply_rows(const R* const* row, const R* right, Index depth,
                                          Epilogue&& epilogue) {
  typename Tile::V sum[Tile::rows][2] = {};
  const R* line[Tile::rows];
#pragma GCC unroll 12
  for (int r = 0; r < Tile::rows; ++r) line[r] = row[r];
  for (Index k = 0; k < depth; ++k, right += Tile::cols) {
    typename Tile::V low, high;
    load(right, low);
    load(right + Tile::lanes, high);
#pragma GCC unroll 12
    for (int r = 0; r < Tile::rows; ++r) {
      const R scalar = line[r][k];
      sum[r][0] += scalar * low;
      sum[r][1] += scalar * high;
    }
  }
  epilogue(sum);
}

/// What rows of a block have found so far.
template <class R>
struct Best {
  R* score;      ///< offset - x . c of the best
  Index* index;  ///< its cluster; `clusters` before the first
};

/// Scores `count` rows of a block (row i is x + list[i] * stride) with the columns of a group.
///
/// A score has the same bits wherever row and centroid lie, so it does not matter who is searched
/// together. The best is the lowest score; of equal ones that of the lowest index.
///
/// @param least  least[i]: the lowest score of row list[i] in this group; or null
template <class R>
void search_group(const CentroidPanels<R>& centroids, Index group, const R* x, Index stride,
                  const std::int32_t* list, Index count, Best<R> best, R* least) {
  constexpr Index some = 96;  // rows whose sums stay in L1; tiles of every size divide it
  const Index begin = group * centroids.group, depth = centroids.width;
  const Index end = std::min(begin + centroids.group, centroids.columns());
  on_isa([&](auto bytes) SELFSAME_INLINE {
    using T = Tile<R, decltype(bytes)::value>;
    using V = typename T::V;
    alignas(alignment) R sums[some][T::cols];
    const R* row[some];
    for (Index i = 0; i < count; i += some) {
      const Index rows = std::min(some, count - i);
      const Index padded = pieces(rows, T::rows) * T::rows;
      for (Index r = 0; r < padded; ++r)  // the last row again, where there are no more
        row[r] = x + list[i + std::min(r, rows - 1)] * stride;
      for (Index j = begin; j < end; j += T::cols) {
        const R* const panel = centroids.packed.data() + j * depth;
        for (Index t = 0; t < padded; t += T::rows)
          multiply_rows<T>(row + t, panel, depth, [&](auto& sum) SELFSAME_INLINE {
#pragma GCC unroll 12
            for (int r = 0; r < T::rows; ++r)
              store(sums[t + r], sum[r][0]), store(sums[t + r] + T::lanes, sum[r][1]);
          });
        V first, second;
        load(centroids.offset.data() + j, first);
        load(centroids.offset.data() + j + T::lanes, second);
        for (Index r = 0; r < rows; ++r) {
          V low, high;
          load(sums[r], low), load(sums[r] + T::lanes, high);
          low = first - low, high = second - high;
          const V lower = high < low ? high : low;
          const R lowest = min_of(lower);
          if (least != nullptr)
            least[i + r] = j > begin && least[i + r] < lowest ? least[i + r] : lowest;
          R& score = best.score[list[i + r]];
          Index& index = best.index[list[i + r]];
          if (lowest > score) continue;
          store(sums[r], low), store(sums[r] + T::lanes, high);
          if (lowest < score) index = centroids.clusters;
          for (Index c = 0; c < T::cols; ++c)
            if (sums[r][c] == lowest) index = std::min(index, centroids.order[j + c]);
          score = lowest;
        }
      }
    }
  });
}

}  // namespace internal
}  // namespace SELFSAME_FLAGS
}  // namespace selfsame
