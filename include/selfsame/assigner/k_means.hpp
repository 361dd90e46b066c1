/// @file
/// k-means: which rows belong together.
#pragma once
#include <selfsame/assigner/detail/lloyd.hpp>
#include <selfsame/core/numbers.hpp>
#include <selfsame/core/roles.hpp>

namespace selfsame {

/// k-means by Lloyd's iterations over rows (N, d), of all ranks:
///
///     label_n = argmin_k |x_n - c_k|^2   (of equal ones the lowest k),   c_k = mean of its rows
///
/// Labels are the same bits for any number of threads, with and without bounds, from memory or from
/// a stream, and on any number of ranks for random first rows: sums are exact (kernel/cpu/
/// cluster_sums.hpp), so centroids do not depend on their order. Rows that share a large offset, or are
/// of extreme size, are compared as seen from the median of a sample of them (detail/frame.hpp): what the
/// numbers still tell apart is told apart.
///
/// Defaults: DeepCluster's. @see Caron et al. 2018, arXiv:1807.05520, section 4; clusters as in
/// section 4.1 (10,000), 20 iterations and one more assignment as in its released code
struct KMeans {
  using plays = role::Assigner;
  Count clusters = 10000;
  Count iterations = 20;
  Count starts = 1;  ///< of which the one with the least objective is kept
  FirstCentroids first = FirstCentroids::random_rows;
  Spherical spherical = Spherical::no;
  Empties empties = Empties::split;
  Until until = Until::settled;
  LastLabels last = LastLabels::assigned_again;
  NonNegative bounds = 1;  ///< memory for distance bounds, as a multiple of the rows'; 0: none

  /// Writes the label of each row of this rank. Randomness is that of the pass' seed, path and
  /// progress: another epoch has other first centroids. Clusters may be empty.
  ///
  /// @param features  (N, d)
  /// @param labels    (N), overwritten
  /// @throws std::invalid_argument  on every rank, where all have fewer rows than clusters, or a row
  ///                                is not finite
  template <Device D>
  Clusters<D> assign(const Pass<D>& pass, In<D> features, Vector<Index, D> labels) const {
    if (labels.size != features.rows)
      throw std::invalid_argument("selfsame: features are " + to_string(features) +
                                  ", labels are (" + std::to_string(labels.size) +
                                  "); their number must agree");
    auto blocks = [&](auto&& f) { f(features); };
    return run(pass, blocks, [&](Index) { return labels; }, {});
  }

  /// The same for rows that do not fit in memory. `blocks(f)` calls f(In<D>) for each block; it is
  /// called iterations + 3 times (plus_plus: clusters more; random_split and farthest: more where
  /// clusters are empty). Labels (8 bytes a row) and bounds stay in memory; see `bounds`.
  /// @param labels  resized
  template <Device D, RowBlocks<D> Blocks>
  Clusters<D> assign_blocks(const Pass<D>& pass, Blocks&& blocks,
                            std::vector<Index>& labels) const {
    const auto place = [&](Index rows) {
      labels.resize(static_cast<std::size_t>(rows));
      return view<D>(labels);
    };
    return run(pass, blocks, place, {});
  }

  /// From given centroids (clusters, d), equal on all ranks, instead of random ones. Not of several
  /// starts.
  template <Device D, RowBlocks<D> Blocks>
  Clusters<D> assign_blocks(const Pass<D>& pass, Blocks&& blocks, std::vector<Index>& labels,
                            MatrixView<const Real<D>, D> initial) const {
    const auto place = [&](Index rows) {
      labels.resize(static_cast<std::size_t>(rows));
      return view<D>(labels);
    };
    return run(pass, blocks, place, initial);
  }

  friend bool operator==(const KMeans&, const KMeans&) = default;

 private:
  template <Device D, class Blocks, class Place>
  Clusters<D> run(const Pass<D>& pass, Blocks& blocks, const Place& place,
                  MatrixView<const Real<D>, D> initial) const {
    const Random random = Random(pass.seed, Stream::assigner, pass.path)
                              .at(static_cast<std::uint64_t>(pass.progress.epoch))
                              .at(static_cast<std::uint64_t>(pass.progress.step));
    detail::Lloyd<D, Blocks, KMeans> lloyd(pass, blocks, *this, random);
    lloyd.survey();
    if (lloyd.total() < clusters)
      throw std::invalid_argument("selfsame: " + std::to_string(lloyd.total()) + " rows, " +
                                  std::to_string(clusters.value) +
                                  " clusters; there must be as many rows as clusters, or more");
    if (initial.rows > 0 && (initial.rows != clusters || initial.cols != lloyd.width()))
      throw std::invalid_argument("selfsame: first centroids are " + to_string(initial) +
                                  ", clusters and width are (" + std::to_string(clusters.value) +
                                  ", " + std::to_string(lloyd.width()) + "); they must agree");
    const Vector<Index, D> labels = place(lloyd.rows());
    const auto none = [&] {
      Clusters<D> c;
      c.clusters = clusters, c.width = lloyd.width();
      c.numbers.assign(static_cast<std::size_t>(c.clusters * c.width), Real<D>(0));
      return c;
    };
    Clusters<D> best = none();
    if (lloyd.equal()) {
      best.status = ClusterStatus::degenerate;
      lloyd.copy_first_row(best);
      std::fill(labels.begin(), labels.end(), Index{0});
      best.counts.assign(static_cast<std::size_t>(clusters.value), 0);
      best.counts[0] = lloyd.total();
      return best;
    }
    if (lloyd.total() == clusters) {
      lloyd.copy_rows(best, labels);
      return best;
    }
    std::vector<Index> kept;
    for (Index start = 0; start < starts; ++start) {
      Clusters<D> now = none();
      if (initial.rows > 0)
        for (Index k = 0; k < initial.rows; ++k)
          std::copy_n(initial.row(k), initial.cols, now.numbers.data() + k * initial.cols);
      else
        lloyd.choose(start, now);
      lloyd.run(start, now, labels, initial.rows == 0);
      if (start > 0 && !(now.objective < best.objective)) continue;
      best = std::move(now);
      if (starts > 1) kept.assign(labels.begin(), labels.end());
      if (initial.rows > 0) break;
    }
    if (!kept.empty()) std::copy(kept.begin(), kept.end(), labels.begin());
    return best;
  }
};

/// k-means for a trainer of your own, of rows that do not fit in memory; labels are in the result.
///
/// @param blocks   blocks(f) calls f(In<D>) for each block of rows, each time the same in the same
///                 order
/// @param seed     of the first centroids and of splits
/// @param initial  first centroids (clusters, d), or none: they are chosen
/// @throws std::invalid_argument  where there are fewer rows than clusters, where a number is not
///                                finite, or where shapes do not agree
template <Device D, RowBlocks<D> Blocks>
Clusters<D> k_means_of_blocks(const D& device, Blocks&& blocks, const KMeans& numbers,
                              std::uint64_t seed = 0, MatrixView<const Real<D>, D> initial = {}) {
  Workspace scratch;
  Pass<D> pass{.device = &device, .workspace = &scratch};
  pass.seed = seed;
  std::vector<Index> labels;
  Clusters<D> c = numbers.assign_blocks(pass, blocks, labels, initial);
  c.labels = std::move(labels);
  return c;
}

/// The same of features (N, d) in memory: the same labels.
template <Device D>
Clusters<D> k_means(const D& device, In<D> features, const KMeans& numbers, std::uint64_t seed = 0,
                    MatrixView<const Real<D>, D> initial = {}) {
  return k_means_of_blocks(
      device, [&](auto&& f) { f(features); }, numbers, seed, initial);
}

}  // namespace selfsame
