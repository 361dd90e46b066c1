/// @file
/// The assignment step of k-means: the nearest centroid of each row. Distances that cannot matter are
/// not computed; the labels are those of computing them all, bit for bit.
#pragma once
#include <selfsame/kernel/cpu/detail/k_means/centroid_moves.hpp>

namespace selfsame {
inline namespace SELFSAME_FLAGS {

/// What a nearest centroid is.
enum class Nearness {
  distance,  ///< argmin_k |c_k|^2 / 2 - x . c_k
  dot,       ///< argmax_k x . c_k, of centroids of unit length
};

/// label_n = argmin_k score(n, k); of equal scores the lowest k wins. Scores are Real sums over the
/// width in its order, so they do not depend on which rows are searched together.
///
/// Called in turns, once `move` and once `search` for each row. From the second turn on it knows how
/// far each centroid has moved, and with the triangle inequality searches only the groups of
/// centroids that may win: those of neighbours, with one lower bound for each (row, group). The bounds
/// contain the rounding of the scores (detail/distance_bounds.hpp), so what is skipped loses.
///
/// @see Ding et al. 2015, "Yinyang k-means", section 3; Elkan 2003, lemma 1
template <class R, class A>
class NearestCentroids {
 public:
  using D = BasicCpu<R, A>;

  /// @param rows    how many rows will be searched a turn
  /// @param bounds  memory that bounds may take, as a multiple of the rows' own; 0: all distances
  ///                are computed
  NearestCentroids(Index rows, Index clusters, Index width, double bounds)
      : rows_(rows), clusters_(clusters), width_(width) {
    block_ = std::clamp<Index>((Index{1} << 17) / std::max<Index>(width, 1), 96, 1024);
    const Index tile = tile_size<R>().cols, panels = pieces(clusters, tile);
    const auto most = static_cast<Index>(
        std::min(bounds * static_cast<double>(width), static_cast<double>(panels)));
    group_ = most < 4 || width > (Index{1} << 14) ? 0 : pieces(panels, most) * tile;
    if (group_ == 0) return;
    squares_.resize(rows);
    lower_.resize(pieces(rows, block_) * block_ * pieces(clusters, group_));
  }
  bool bounded() const { return group_ > 0; }

  /// Takes the centroids of this turn: (K, width).
  void move(const D& device, Workspace& scratch, MatrixView<const R, D> centroids,
            Nearness nearness) {
    assert(centroids.rows == clusters_ && centroids.cols == width_);
    const Workspace::Scope scope(scratch);
    R* const half = scratch.take<R>(clusters_);
    R* const squares = scratch.take<R>(clusters_);
    double largest = 0, astray = 0;
    for (Index k = 0; k < clusters_; ++k) {
      const double square = length(centroids.row(k));
      largest = std::max(largest, square * (1 + 1e-9));
      squares[k] = static_cast<R>(square);
      half[k] = nearness == Nearness::dot ? R(0) : static_cast<R>(square / 2);
      if (nearness == Nearness::dot) astray = std::max(astray, std::abs(square - 1));
    }
    if (group_ == 0) {
      if (turn_++ == 0) panels_.arrange(centroids, tile_size<R>().cols, false);
      panels_.pack(device, centroids, half);
      return;
    }
    limits_ = {width_, largest, nearness == Nearness::dot ? 1.0 : 0.0, astray};
    if (turn_ < 2) panels_.arrange(centroids, group_, true);  // first centroids move far
    panels_.pack(device, centroids, half);
    drift_.assign(panels_.groups, R(0));
    if (turn_ >= 2) internal::measure_drift(panels_, centroids, before_.data(), drift_.data());
    if (turn_ == 0) make_guides(device, scratch, centroids);
    if (clusters_ * 8 <= rows_) {  // else it costs as much as it saves
      apart_.resize(panels_.groups * clusters_);
      internal::measure_apart(device, scratch, panels_, centroids, squares, limits_, apart_.data());
    }
    before_.resize(clusters_ * width_);
    for (Index k = 0; k < clusters_; ++k)
      std::copy_n(centroids.row(k), width_, before_.data() + k * width_);
    ++turn_;
  }

  /// Finds the labels of rows [first, first + x.rows) and returns how many distances it computed.
  ///
  /// @param labels  (x.rows): of the last turn, or -1 in the first; overwritten. A row whose scores
  ///                are not numbers gets some label.
  Index search(const D& device, Workspace& scratch, In<D> x, Index first, Vector<Index, D> labels) {
    assert(x.cols == width_ && labels.size == x.rows && first >= 0 && first + x.rows <= rows_);
    if (x.rows == 0) return 0;
    const Index from = first / block_, tasks = pieces(first + x.rows, block_) - from;
    const Workspace::Scope scope(scratch);
    Index* const counts = scratch.take<Index>(tasks);
    scratch.split(workers(device, tasks));
    parallel(device, tasks, [&](Index task, Index thread) {
      const Index begin = std::max(first, (from + task) * block_);
      const Index end = std::min(first + x.rows, (from + task + 1) * block_);
      Workspace& own = scratch.piece(thread);
      const Workspace::Scope inner(own);
      const In<D> part = x.row_range(begin - first, end - begin);
      const Vector<Index, D> to = labels.part(begin - first, end - begin);
      counts[task] = group_ == 0 ? search_all(own, part, to) : search_some(own, part, begin, to);
    });
    return std::accumulate(counts, counts + tasks, Index{0});
  }

 private:
  using Panels = internal::CentroidPanels<R>;
  using Best = internal::Best<R>;

  struct Numbers {  // of Real, side by side
    const R* data;
    Index stride;
  };
  static Numbers numbers(Workspace& scratch, In<D> x) {
    if constexpr (std::is_same_v<R, A>) {
      return {x.data, x.stride};
    } else {
      R* const copy = scratch.take<R>(x.rows * x.cols);
      for (Index r = 0; r < x.rows; ++r)
        std::transform(x.row(r), x.row(r) + x.cols, copy + r * x.cols,
                       [](A v) { return static_cast<R>(v); });
      return {copy, x.cols};
    }
  }
  template <class T>
  double length(const T* row) const {
    double square = 0;
    on_isa([&](auto bytes) SELFSAME_INLINE {
      square = internal::row_dot<decltype(bytes)::value>(row, row, width_);
    });
    return square;
  }
  static Best none(Workspace& scratch, Index rows, Index clusters) {
    const Best best{scratch.take<R>(rows), scratch.take<Index>(rows)};
    std::fill_n(best.score, rows, std::numeric_limits<R>::infinity());
    std::fill_n(best.index, rows, clusters);
    return best;
  }
  static std::int32_t* all_of(Workspace& scratch, Index rows) {
    auto* const list = scratch.take<std::int32_t>(rows);
    std::iota(list, list + rows, 0);
    return list;
  }

  Index search_all(Workspace& scratch, In<D> x, Vector<Index, D> labels) const {
    const Numbers n = numbers(scratch, x);
    const std::int32_t* const list = all_of(scratch, x.rows);
    const Best best = none(scratch, x.rows, clusters_);
    for (Index g = 0; g < panels_.groups; ++g)
      internal::search_group<R>(panels_, g, n.data, n.stride, list, x.rows, best, nullptr);
    for (Index i = 0; i < x.rows; ++i)
      labels[i] = best.index[i] < clusters_ ? best.index[i] : Index{0};
    return x.rows * clusters_;
  }

  Index search_some(Workspace& scratch, In<D> x, Index first, Vector<Index, D> labels) {
    const Index rows = x.rows, groups = panels_.groups;
    const Numbers n = numbers(scratch, x);
    const Best best = none(scratch, rows, clusters_);
    auto* const mine = scratch.take<std::int32_t>(rows);
    auto* const list = scratch.take<std::int32_t>(rows);
    R* const upper = scratch.take<R>(rows);
    R* const least = scratch.take<R>(rows);
    R* const gathered = scratch.take<R>(rows);
    Index computed = 0;

    // The group of the last label, or of the nearest guide, first: it gives an upper bound.
    if (labels[0] < 0) {
      const Best guide = none(scratch, rows, groups);
      std::iota(list, list + rows, 0);
      for (Index g = 0; g < guides_.groups; ++g)
        internal::search_group<R>(guides_, g, n.data, n.stride, list, rows, guide, nullptr);
      for (Index i = 0; i < rows; ++i) {
        mine[i] = static_cast<std::int32_t>(guide.index[i] < groups ? guide.index[i] : Index{0});
        squares_[first + i] = static_cast<R>(length(x.row(i)));
      }
      computed += rows * groups;
    } else {
      for (Index i = 0; i < rows; ++i)
        mine[i] = static_cast<std::int32_t>(panels_.group_of[labels[i]]);
    }
    const auto bring = [&](Index g, Index count) {
      internal::search_group<R>(panels_, g, n.data, n.stride, list, count, best, least);
      computed += count * panels_.members(g);
    };
    Index* const ends = scratch.take<Index>(groups + 1);
    std::fill_n(ends, groups + 1, Index{0});
    for (Index i = 0; i < rows; ++i) ++ends[mine[i] + 1];
    std::partial_sum(ends, ends + groups + 1, ends);
    auto* const sorted = scratch.take<std::int32_t>(rows);
    for (Index i = 0; i < rows; ++i) sorted[ends[mine[i]]++] = static_cast<std::int32_t>(i);
    for (Index g = 0, begin = 0; g < groups; begin = ends[g++]) {
      if (ends[g] == begin) continue;
      std::copy(sorted + begin, sorted + ends[g], list);
      bring(g, ends[g] - begin);
      keep_lower(g, first, list, ends[g] - begin, least);
    }
    bound(squares_.data() + first, best.score, rows, upper);

    for (Index g = 0; g < groups; ++g) {
      const internal::GroupMoved<R> moved{drift_[g],
                                          apart_.size() ? apart_.data() + g * clusters_ : nullptr};
      const Index count =
          internal::possible_rows<R>(moved, turn_ > 2, lower(g, first), upper, best.index, mine,
                                     static_cast<std::int32_t>(g), rows, gathered, list);
      if (count == 0) continue;
      bring(g, count);
      keep_lower(g, first, list, count, least);
      for (Index j = 0; j < count; ++j)
        if (const Index i = list[j]; least[j] == best.score[i])  // it may have won
          bound(squares_.data() + first + i, best.score + i, 1, upper + i);
    }
    for (Index i = 0; i < rows; ++i)
      labels[i] = best.index[i] < clusters_ ? best.index[i] : Index{0};
    return computed;
  }

  /// The mean of each group is where rows without a label begin.
  void make_guides(const D& device, Workspace& scratch, MatrixView<const R, D> centroids) {
    const Index groups = panels_.groups;
    R* const means = scratch.take<R>(groups * width_);
    R* const half = scratch.take<R>(groups);
    internal::measure_means(panels_, centroids, means);
    for (Index g = 0; g < groups; ++g) half[g] = static_cast<R>(length(means + g * width_) / 2);
    const MatrixView<const R, D> m(means, groups, width_);
    guides_.arrange(m, tile_size<R>().cols, false);
    guides_.pack(device, m, half);
  }

  /// Lower bounds of a group for rows from `first` on, all of one block.
  R* lower(Index group, Index first) {
    return lower_.data() + (first / block_ * panels_.groups + group) * block_ + first % block_;
  }
  void keep_lower(Index group, Index first, const std::int32_t* list, Index count, R* least) {
    R* const to = lower(group, first);
    const R* const squares = squares_.data() + first;
    on_isa([&](auto bytes) SELFSAME_INLINE {
      using V = Simd<R, decltype(bytes)::value>;
      each_vector<V>(count, [&](Index j, Index n) SELFSAME_INLINE {
        R lanes[width<V>] = {};
        for (Index l = 0; l < n; ++l) lanes[l] = squares[list[j + l]];
        V square, score, result;
        load(lanes, square);
        load_some(least + j, n, score);
        limits_.lower(square, score, result);
        store(lanes, result);
        for (Index l = 0; l < n; ++l) to[list[j + l]] = lanes[l];
      });
    });
  }
  void bound(const R* squares, const R* scores, Index count, R* upper) const {
    on_isa([&](auto bytes) SELFSAME_INLINE {
      using V = Simd<R, decltype(bytes)::value>;
      each_vector<V>(count, [&](Index i, Index n) SELFSAME_INLINE {
        V square, score, result;
        load_some(squares + i, n, square);
        load_some(scores + i, n, score);
        limits_.upper(square, score, result);
        store_some(upper + i, n, result);
      });
    });
  }

  Index rows_, clusters_, width_;
  Index block_;      ///< rows of a task
  Index group_ = 0;  ///< centroids of a group; 0: no bounds
  Index turn_ = 0;
  Panels panels_, guides_;
  internal::DistanceBounds<R> limits_{};
  Buffer<R> squares_;  ///< |x|^2 of each row
  Buffer<R> lower_;    ///< (blocks, groups, rows of a block)
  Buffer<R> drift_;    ///< of each group
  Buffer<R> apart_;    ///< (groups, clusters), or empty
  Buffer<R> before_;   ///< the centroids of the last turn
};

}  // namespace SELFSAME_FLAGS
}  // namespace selfsame
