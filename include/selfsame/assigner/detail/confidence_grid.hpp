/// @file
/// Confidences on the grid 0, 0.01, ..., 1, and what ranks know of each other's.
#pragma once
#include <selfsame/core/communicator.hpp>

#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

namespace selfsame::detail {

class ConfidenceGrid {
 public:
  static constexpr Index points = 101;

  explicit ConfidenceGrid(double floor) : floor_(static_cast<Index>(std::lround(100 * floor))) {
    if (std::abs(static_cast<double>(floor_) - 100 * floor) > 1e-9)
      throw std::invalid_argument("selfsame: the floor of confidences is " + std::to_string(floor) +
                                  ", and the grid has steps of 0.01");
  }
  Index floor() const { return floor_; }

  /// The largest point of the grid that `s` reaches, compared in the type of s; -1 below the floor,
  /// above 2 and for a NaN.
  template <class T>
  Index point(T s) const {
    if (!(s >= at<T>(floor_)) || s > T(2)) return -1;
    Index k = std::min<Index>(points - 1, static_cast<Index>(100 * s));
    while (k + 1 < points && s >= at<T>(k + 1)) ++k;
    while (s < at<T>(k)) --k;
    return k;
  }

 private:
  template <class T>
  static T at(Index k) {
    return static_cast<T>(static_cast<double>(k) / 100);
  }
  Index floor_;
};

/// The numbers of all ranks in rank order, and where mine begin.
template <class T>
std::vector<T> gathered(Communicator& ranks, const std::vector<T>& mine, Index& first) {
  std::vector<Index> counts(static_cast<std::size_t>(ranks.size()));
  counts[static_cast<std::size_t>(ranks.rank())] = static_cast<Index>(mine.size());
  ranks.sum(counts.data(), ranks.size(), Number::integer);
  Index total = 0;
  for (Index r = 0; r < ranks.size(); ++r) {
    if (r == ranks.rank()) first = total;
    total += counts[static_cast<std::size_t>(r)];
  }
  std::vector<T> all(static_cast<std::size_t>(total));
  ranks.gather(mine.data(), all.data(), counts.data(), number_of<T>);
  return all;
}

}  // namespace selfsame::detail
