/// @file
/// The linear probe: logistic regression on frozen embeddings.
#pragma once
#include <selfsame/core/numbers.hpp>
#include <selfsame/eval/detail/check.hpp>
#include <selfsame/eval/detail/cross_entropy.hpp>

#include <algorithm>
#include <limits>
#include <vector>

namespace selfsame {

/// logits = rows weights^T + bias, in the space of the rows as they are.
template <class D>
struct LinearClassifier {
  Rows<D> weights;            ///< (C, D)
  std::vector<Real<D>> bias;  ///< (C)
  double objective = 0;       ///< where the fit ended, penalty included
  int iterations = 0;
  bool converged = false;  ///< to the tolerance; in float, rounding may end a fit shortly before
};

/// Multinomial logistic regression:
///
///     minimise  mean_i -log softmax(W x_i + b)_{y_i} + l2 / (2 N) |W|^2
///     x = (row - mean) / deviation
///
/// by full-batch L-BFGS. Columns are standardised with the training rows' mean and deviation
/// (divisor N), so one l2 serves embeddings of any scale; a column that is constant gets no weight.
/// The bias is not penalised. `l2` is that of the sum over rows (scikit-learn's 1 / C), so with
/// more labels it counts less; its default is one rule for any number of labels, not tuned on a
/// test set.
struct LinearProbe {
  Positive l2 = 10;
  Count iterations = 100;
  Positive tolerance = 1e-5;  ///< largest entry of the gradient at which it ends

  /// @param rows    (N, D), N > 0
  /// @param labels  (N), in 0 ... classes - 1
  /// Deterministic for any number of threads. Throws std::invalid_argument when numbers differ, a
  /// label is out of range, there are no rows, or one holds a number that is not finite.
  template <Device D>
  LinearClassifier<D> fit(const D& device, In<D> rows, Vector<const Index, D> labels,
                          Index classes) const;

  friend bool operator==(const LinearProbe&, const LinearProbe&) = default;
};

template <Device D>
LinearClassifier<D> LinearProbe::fit(const D& device, In<D> rows, Vector<const Index, D> labels,
                                     Index classes) const {
  detail::check_labels(rows, labels, classes);
  if (rows.rows == 0)
    throw std::invalid_argument("selfsame: a linear probe needs train rows, there are none");
  Workspace scratch;
  detail::check_finite(device, scratch, "training embeddings", rows);
  const detail::Columns<D> columns(rows);
  Rows<D> x(rows.rows, rows.cols);
  columns.standardise(rows, x.out());

  detail::CrossEntropy<D> mean_loss(device, x.in(), labels.data, classes);
  const auto weights = static_cast<std::size_t>(classes * rows.cols);
  std::vector<double> parameters(weights + static_cast<std::size_t>(classes));
  const double decay = l2 / static_cast<double>(rows.rows);
  const auto objective = [&](const std::vector<double>& at, std::vector<double>& gradient) {
    double value = mean_loss(at, gradient);
    for (std::size_t i = 0; i < weights; ++i) {
      value += decay / 2 * at[i] * at[i];
      gradient[i] += decay * at[i];
    }
    return value;
  };
  constexpr double noise = 4 * static_cast<double>(std::numeric_limits<Activation<D>>::epsilon());
  const auto minimum = detail::minimise(objective, parameters, static_cast<int>(Index{iterations}),
                                        tolerance, noise);
  LinearClassifier<D> result{{classes, rows.cols},
                             std::vector<Real<D>>(static_cast<std::size_t>(classes)),
                             minimum.value,
                             minimum.iterations,
                             minimum.converged};
  for (Index c = 0; c < classes; ++c) {  // W (row - mean) / deviation + b, as a map of the row
    double bias = parameters[weights + static_cast<std::size_t>(c)];
    for (Index j = 0; j < rows.cols; ++j) {
      const auto column = static_cast<std::size_t>(j);
      const double w =
          parameters[static_cast<std::size_t>(c * rows.cols + j)] * columns.inverse[column];
      result.weights.out()(c, j) = static_cast<Activation<D>>(w);
      bias -= w * columns.mean[column];
    }
    result.bias[static_cast<std::size_t>(c)] = static_cast<Real<D>>(bias);
  }
  return result;
}

/// The class of the largest logit of each row, the lowest of equals.
/// @param rows  (M, D); throws std::invalid_argument when the classifier has another width, or a row or one of
///              its logits is not finite
template <Device D>
std::vector<Index> predict(const D& device, Workspace& scratch,
                           const LinearClassifier<D>& classifier, In<D> rows) {
  detail::check_widths("classifier's weights", classifier.weights.in(), "rows", rows);
  detail::check_finite(device, scratch, "test embeddings", rows);
  constexpr Index block = 1024;
  std::vector<Index> predicted(static_cast<std::size_t>(rows.rows), -1);
  Rows<D> logits;
  for (Index first = 0; first < rows.rows; first += block) {
    logits.resize(std::min(block, rows.rows - first), classifier.weights.rows);
    const Out<D> s = logits.out();
    const Workspace::Scope scope(scratch);
    product(device, scratch, rows.row_range(first, s.rows), Transpose::no, classifier.weights.in(),
            Transpose::yes, s);
    add_to_rows(device, classifier.bias.data(), s);
    detail::check_finite(device, scratch, "logits of the test embeddings", logits.in(), first);
    for (Index r = 0; r < s.rows; ++r)
      predicted[static_cast<std::size_t>(first + r)] =
          std::max_element(s.row(r), s.row(r) + s.cols) - s.row(r);
  }
  return predicted;
}

}  // namespace selfsame
