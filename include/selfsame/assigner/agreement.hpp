/// @file
/// Whether two assignments agree, and how even one is.
#pragma once
#include <selfsame/tensor/device.hpp>
#include <selfsame/tensor/view.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace selfsame {

namespace detail {
/// -sum_i p_i log p_i of counts that are the lengths of runs of equal items, in nats.
template <class T>
double entropy_of_runs(const std::vector<T>& sorted) {
  double entropy = 0;
  const auto n = static_cast<double>(sorted.size());
  for (std::size_t begin = 0, end = 0; begin < sorted.size(); begin = end) {
    while (end < sorted.size() && sorted[end] == sorted[begin]) ++end;
    const double p = static_cast<double>(end - begin) / n;
    entropy -= p * std::log(p);
  }
  return entropy;
}
}  // namespace detail

/// Normalised mutual information of two labellings of the same items:
///
///     I(a; b) / sqrt(H(a) H(b)),   in [0, 1]
///
/// 1 where both have one label only or there is no item; 0 where one of them has.
/// @see Caron et al. 2018, arXiv:1807.05520, eq. 3. scikit-learn's default is another mean.
/// @throws std::invalid_argument  where the numbers of labels differ
template <Device D>
double normalised_mutual_information(const D&, Vector<const Index, D> a, Vector<const Index, D> b) {
  if (a.size != b.size)
    throw std::invalid_argument("selfsame: labels are (" + std::to_string(a.size) + ") and (" +
                                std::to_string(b.size) + "); their number must agree");
  std::vector<Index> one(a.begin(), a.end()), other(b.begin(), b.end());
  std::vector<std::pair<Index, Index>> both;
  for (Index i = 0; i < a.size; ++i) both.emplace_back(a[i], b[i]);
  std::sort(one.begin(), one.end());
  std::sort(other.begin(), other.end());
  std::sort(both.begin(), both.end());
  const bool flat_a = one.empty() || one.front() == one.back();
  const bool flat_b = other.empty() || other.front() == other.back();
  if (flat_a || flat_b) return flat_a && flat_b ? 1 : 0;
  const double ha = detail::entropy_of_runs(one), hb = detail::entropy_of_runs(other);
  const double information = ha + hb - detail::entropy_of_runs(both);
  return std::clamp(information / std::sqrt(ha * hb), 0.0, 1.0);
}

/// K sum_k n_k^2 / N^2: 1 of even clusters, K where one has all; 0 of no items.
template <Device D>
double imbalance(const D&, Vector<const Index, D> counts) {
  double rows = 0, squares = 0;
  for (const Index n : counts) {
    rows += static_cast<double>(n);
    squares += static_cast<double>(n) * static_cast<double>(n);
  }
  return rows > 0 ? static_cast<double>(counts.size) * squares / (rows * rows) : 0;
}

/// Share of clusters without items; 0 of no clusters.
template <Device D>
double share_of_empties(const D&, Vector<const Index, D> counts) {
  if (counts.size == 0) return 0;
  return static_cast<double>(std::count(counts.begin(), counts.end(), Index{0})) /
         static_cast<double>(counts.size);
}

}  // namespace selfsame
