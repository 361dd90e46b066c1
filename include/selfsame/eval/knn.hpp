/// @file
/// Weighted nearest neighbours: how good embeddings are without training anything.
#pragma once
#include <selfsame/core/numbers.hpp>
#include <selfsame/eval/detail/check.hpp>
#include <selfsame/kernel/cpu/normalise.hpp>
#include <selfsame/kernel/cpu/product.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace selfsame {

/// How neighbours vote. Wu et al. 2018, arXiv:1805.01978, section 3.4, which has (200, 0.07); 0.1
/// is what its followers use.
struct Knn {
  Count k = 200;               ///< neighbours, or all training rows where there are fewer
  Positive temperature = 0.1;  ///< divisor of the cosine, no unit
  friend bool operator==(const Knn&, const Knn&) = default;
};

namespace detail {

struct Neighbour {
  double cosine;
  Index row;
  // A total order, so that what is chosen does not depend on how it is searched.
  friend bool operator<(const Neighbour& a, const Neighbour& b) {
    return a.cosine != b.cosine ? a.cosine > b.cosine : a.row < b.row;
  }
};

// The nearest k of what is offered in the order of rows.
class Nearest {
 public:
  explicit Nearest(Index k) : k_(k) { found_.reserve(static_cast<std::size_t>(2 * k)); }
  void clear() {
    found_.clear();
    floor_ = -std::numeric_limits<double>::infinity();
  }
  template <class T>
  void offer(const T* cosines, Index count, Index first_row) {
    T floor = static_cast<T>(floor_);
    for (Index i = 0; i < count; ++i) {
      if (!(cosines[i] > floor)) continue;  // equal to the k-th, but a later row
      found_.push_back({static_cast<double>(cosines[i]), first_row + i});
      if (static_cast<Index>(found_.size()) == 2 * k_) {
        keep_nearest();
        floor = static_cast<T>(floor_);
      }
    }
  }
  /// Sorted, so that sums over them have one order.
  const std::vector<Neighbour>& sorted() {
    keep_nearest();
    std::sort(found_.begin(), found_.end());
    return found_;
  }

 private:
  void keep_nearest() {
    if (static_cast<Index>(found_.size()) < k_) return;
    std::nth_element(found_.begin(), found_.begin() + (k_ - 1), found_.end());
    found_.resize(static_cast<std::size_t>(k_));
    floor_ = found_.back().cosine;
  }
  Index k_;
  double floor_ = -std::numeric_limits<double>::infinity();
  std::vector<Neighbour> found_;
};

// The class with most votes, the lowest of equals; -1 without neighbours.
inline Index vote(const std::vector<Neighbour>& nearest, const Index* labels, double temperature,
                  std::vector<double>& votes) {
  std::fill(votes.begin(), votes.end(), 0);
  for (const Neighbour& n : nearest)  // exp of a difference from the nearest: never too large
    votes[static_cast<std::size_t>(labels[n.row])] +=
        std::exp((n.cosine - nearest.front().cosine) / temperature);
  return nearest.empty() ? -1 : std::max_element(votes.begin(), votes.end()) - votes.begin();
}

}  // namespace detail

/// The class that the k nearest training rows vote for:
///
///     score_c = sum over j of exp(cos(test, j) / temperature)
///
/// where j runs over those of class c among the k training rows of largest cosine.
///
/// Of equal cosines the earlier training row is nearer, of equal scores the lower label wins, so
/// the result is a function of the rows. Memory: unit rows and a block of cosines, never all of
/// them. A row of zeros has cosine 0 with all. Without training rows all get -1.
///
/// @param train   (N, D), of any length; `labels` are theirs, in 0 ... classes - 1
/// @param test    (M, D)
/// @returns       M labels
/// Throws std::invalid_argument when widths or numbers of rows differ, a label is out of range, or a row holds
/// a number that is not finite or has a length that is not.
template <Device D>
std::vector<Index> knn_predict(const D& device, Workspace& scratch, In<D> train,
                               Vector<const Index, D> labels, In<D> test, Index classes,
                               const Knn& knn = {}) {
  detail::check_widths("train rows", train, "test rows", test);
  detail::check_labels(train, labels, classes);
  detail::check_finite(device, scratch, "training embeddings", train);
  detail::check_finite(device, scratch, "test embeddings", test);
  constexpr Index block = 256, tile = 2048;  // cosines at a time: they stay in cache
  constexpr auto floor = static_cast<Real<D>>(1e-12);
  const double temperature = knn.temperature;
  std::vector<Index> predicted(static_cast<std::size_t>(test.rows), -1);
  if (train.rows == 0) return predicted;

  Rows<D> units(train.rows, train.cols), queries, cosines;
  Buffer<Real<D>> norms(std::max(train.rows, block));
  const auto normalise = [&](const char* which, In<D> x, Out<D> unit, Index first) {
    l2_normalise(device, x, floor, unit, {norms.data(), x.rows});
    if (const Index odd =
            first_not_finite(device, scratch, Vector<const Real<D>, D>{norms.data(), x.rows});
        odd >= 0)
      throw std::invalid_argument("selfsame: the length of row " + std::to_string(first + odd) +
                                  " of the " + which + " overflows. Scale the embeddings down.");
  };
  normalise("training embeddings", train, units.out(), 0);
  std::vector<detail::Nearest> nearest(block, detail::Nearest(std::min<Index>(knn.k, train.rows)));
  for (Index first = 0; first < test.rows; first += block) {
    const Index rows = std::min(block, test.rows - first);
    queries.resize(rows, test.cols);
    normalise("test embeddings", test.row_range(first, rows), queries.out(), first);
    for (Index r = 0; r < rows; ++r) nearest[static_cast<std::size_t>(r)].clear();
    for (Index begin = 0; begin < train.rows; begin += tile) {
      cosines.resize(rows, std::min(tile, train.rows - begin));
      const Workspace::Scope scope(scratch);
      product(device, scratch, queries.in(), Transpose::no,
              units.in().row_range(begin, cosines.cols), Transpose::yes, cosines.out());
      parallel_pieces(device, rows, 16, [&](Index r0, Index count) {
        for (Index r = r0; r < r0 + count; ++r)
          nearest[static_cast<std::size_t>(r)].offer(cosines.out().row(r), cosines.cols, begin);
      });
    }
    parallel_pieces(device, rows, 16, [&](Index r0, Index count) {
      std::vector<double> votes(static_cast<std::size_t>(classes));
      for (Index r = r0; r < r0 + count; ++r)
        predicted[static_cast<std::size_t>(first + r)] = detail::vote(
            nearest[static_cast<std::size_t>(r)].sorted(), labels.data, temperature, votes);
    });
  }
  return predicted;
}

}  // namespace selfsame
