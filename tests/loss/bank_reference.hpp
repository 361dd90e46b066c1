// What the tests of losses against a memory bank share: the formulas in double, lists of indices.
#pragma once
#include <selfsame/loss/bank_picks.hpp>

#include "loss/reference.hpp"
#include "support/golden.hpp"

namespace selfsame::test {

using Lists = RowMajor<Index>;

/// B lists of 1 + k rows of a bank, column 0 as given.
inline Lists lists_of(const std::vector<Index>& own, Index k, Index bank_rows, unsigned seed) {
  std::mt19937 bits(seed);
  Lists lists(static_cast<Index>(own.size()), k + 1);
  for (Index i = 0; i < lists.rows(); ++i)
    for (Index j = 0; j <= k; ++j)
      lists(i, j) = j == 0 ? own[static_cast<std::size_t>(i)]
                           : static_cast<Index>(bits() % static_cast<unsigned>(bank_rows));
  return lists;
}
inline std::vector<Index> every_third(Index count, Index bank_rows) {
  std::vector<Index> own;
  for (Index i = 0; i < count; ++i) own.push_back((3 * i + 1) % bank_rows);
  return own;
}
template <class D>
OwnNegatives<D> own_negatives(const Lists& lists) {
  return {{lists.data(), lists.rows(), lists.cols()}};
}
/// The same rows for everybody, as lists.
inline Lists shared_as_lists(const std::vector<Index>& own, const std::vector<Index>& shared) {
  Lists lists(static_cast<Index>(own.size()), static_cast<Index>(shared.size()) + 1);
  for (Index i = 0; i < lists.rows(); ++i) {
    lists(i, 0) = own[static_cast<std::size_t>(i)];
    for (Index j = 1; j < lists.cols(); ++j) lists(i, j) = shared[static_cast<std::size_t>(j - 1)];
  }
  return lists;
}

inline double log_sum_exp(const Eigen::VectorXd& s) {
  const double top = s.maxCoeff();
  return top + std::log((s.array() - top).exp().sum());
}
inline double softplus(double t) { return std::max(t, 0.0) + std::log1p(std::exp(-std::abs(t))); }
inline double sigmoid(double t) { return 1 / (1 + std::exp(-t)); }

inline Eigen::VectorXd scores_of(const Dense& f, const Dense& bank, const Lists& lists, Index i,
                                 double temperature) {
  Eigen::VectorXd s(lists.cols());
  for (Index j = 0; j < lists.cols(); ++j) s(j) = f.row(i).dot(bank.row(lists(i, j))) / temperature;
  return s;
}
/// log mean_ij exp(s_ij)
inline double naive_log_mean(const Dense& f, const Dense& bank, const Lists& lists,
                             double temperature) {
  Eigen::VectorXd sums(f.rows());
  for (Index i = 0; i < f.rows(); ++i)
    sums(i) = log_sum_exp(scores_of(f, bank, lists, i, temperature));
  return log_sum_exp(sums) - std::log(static_cast<double>(lists.size()));
}

/// A mean over anchors; the gradient is that of f. Without a log_mean the softmax form.
inline Reference naive_bank(const Dense& f, const Dense& bank, const Lists& lists,
                            double temperature, const double* log_mean = nullptr) {
  Reference out{0, Dense::Zero(f.rows(), f.cols()), {}};
  const auto n = static_cast<double>(f.rows());
  const double k = static_cast<double>(lists.cols() - 1);
  for (Index i = 0; i < f.rows(); ++i) {
    const Eigen::VectorXd s = scores_of(f, bank, lists, i, temperature);
    if (log_mean == nullptr) out.value += (log_sum_exp(s) - s(0)) / n;
    for (Index j = 0; j < s.size(); ++j) {
      double slope;
      if (log_mean == nullptr) {
        slope = std::exp(s(j) - log_sum_exp(s)) - (j == 0);
      } else {
        const double t = s(j) - *log_mean - std::log(k);
        out.value += softplus(j == 0 ? -t : t) / n;
        slope = j == 0 ? -sigmoid(-t) : sigmoid(t);
      }
      out.rows.row(i) += slope / (n * temperature) * bank.row(lists(i, j));
    }
  }
  return out;
}

/// d value / d z, where f = z / max(|z|, 1e-12) and `slope` is d value / d f.
inline Dense through_unit(const Dense& z, const Dense& slope) {
  Dense g = slope;
  for (Index i = 0; i < z.rows(); ++i) {
    const double norm = std::max(z.row(i).norm(), 1e-12);
    if (norm > 1e-12) g.row(i) -= z.row(i).dot(slope.row(i)) / (norm * norm) * z.row(i);
    g.row(i) /= norm;
  }
  return g;
}

inline Dense dense(const Golden::Array& a) {
  Dense m(a.rows, a.cols);
  std::copy(a.values.begin(), a.values.end(), m.data());
  return m;
}

}  // namespace selfsame::test
