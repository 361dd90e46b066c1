/// @file
/// What k-means returns, and the words in which it is asked for.
#pragma once
#include <selfsame/tensor/view.hpp>

#include <vector>

namespace selfsame {

/// `blocks(f)` calls f(In<D>) for each block of rows; each time the same blocks in the same order.
template <class B, class D>
concept RowBlocks = requires(B& blocks, void (*f)(In<D>)) { blocks(f); };

/// Where centroids begin.
enum class FirstCentroids {
  random_rows,  ///< the first K rows of a random permutation
  plus_plus,    ///< each row with probability ~ |x - nearest centroid so far|^2, Arthur &
                ///< Vassilvitskii 2007, section 2.2; K passes over the rows
};

/// What becomes of a cluster without rows; N rows and K clusters in all.
enum class Empties {
  /// Its centroid joins that of a donor j, both moved apart by factors 1 +- 1/1024 a coordinate, the
  /// donor's count is halved. Donors are visited in turn and accept with probability
  /// (n_j - 1) / (N - K); after 10 K refusals the largest is taken. Rows move at the next
  /// assignment. @see the released code of DeepCluster (faiss)
  split,
  /// A donor uniform among clusters of two rows or more, both moved apart by 1e-7 a coordinate; its
  /// rows go to the nearer of the two at once. @see Caron et al. 2018, arXiv:1807.05520, section 3.3
  random_split,
  /// The row farthest from its centroid that is not taken yet, of clusters of two rows or more,
  /// leaves its old mean at once. @see scikit-learn
  farthest,
  none,  ///< its centroid stays where it is
};

/// Whether centroids are kept at unit length and rows go by the largest dot product.
enum class Spherical { no, yes };

/// Whether iterations end early.
enum class Until {
  settled,  ///< no row moved and no cluster was empty: further iterations would change nothing
  last,     ///< never
};

/// Whether labels are those of the last centroids, or those that made them.
enum class LastLabels { assigned_again, kept };

enum class ClusterStatus {
  done,
  degenerate,  ///< all rows are equal: labels are 0, and nothing may be trained on them
};

/// What one iteration did.
struct KMeansStep {
  double objective = 0;  ///< sum_n |x_n - c_label|^2 with the centroids before their update
  Index moved = 0;       ///< rows whose label changed; in the first iteration all
  Index empties = 0;     ///< clusters without rows, before their repair
  Index splits = 0;      ///< of those, repaired by any policy
  double distances = 0;  ///< computed, of N K; of this rank
};

/// A clustering of rows (N, d) into K clusters.
template <class D>
struct Clusters {
  ClusterStatus status = ClusterStatus::done;
  std::vector<Real<D>> numbers;  ///< of the centroids
  Index clusters = 0, width = 0;
  std::vector<Index> labels;  ///< of this rank's rows; empty where the caller has their place
  std::vector<Index> counts;  ///< rows of each cluster, over all ranks; of the labels
  double objective = 0;  ///< sum_n |x_n - c_label|^2 of the labels; of `kept` ones the last step's
  std::vector<KMeansStep> steps;  ///< of the best start

  MatrixView<const Real<D>, D> centroids() const { return {numbers.data(), clusters, width}; }
};

}  // namespace selfsame
