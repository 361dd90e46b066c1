/// @file
/// What evaluations ask of rows and labels.
#pragma once
#include <selfsame/kernel/cpu/finite.hpp>

#include <cmath>
#include <stdexcept>
#include <string>

namespace selfsame::detail {

template <class T, class D>
void check_widths(const std::string& these, MatrixView<T, D> a, const std::string& those,
                  MatrixView<T, D> b) {
  if (a.cols != b.cols)
    throw std::invalid_argument("selfsame: " + these + " are " + to_string(a) + ", " + those +
                                " are " + to_string(b) + "; widths must agree");
}

/// Throws std::invalid_argument that names the first number that is not finite; one pass over the rows.
/// @param first  the number of the first row, where rows are a block
template <class D>
void check_finite(const D& device, Workspace& scratch, const std::string& which, In<D> rows,
                  Index first = 0) {
  const Index odd = first_not_finite(device, scratch, rows);
  if (odd < 0) return;
  const Index row = odd / rows.cols, column = odd % rows.cols;
  const auto x = static_cast<double>(rows(row, column));
  throw std::invalid_argument("selfsame: row " + std::to_string(first + row) + " of the " + which +
                              " is not finite (" +
                              (std::isnan(x) ? "nan"
                               : x > 0       ? "inf"
                                             : "-inf") +
                              " in column " + std::to_string(column) +
                              "). Look at the weights and images that it comes from.");
}

/// One label in 0 ... classes - 1 for each row.
template <class T, class D>
void check_labels(MatrixView<T, D> rows, VectorView<const Index, D> labels, Index classes) {
  if (rows.rows != labels.size)
    throw std::invalid_argument("selfsame: train rows are " + to_string(rows) + ", labels are (" +
                                std::to_string(labels.size) + "); their number must agree");
  for (Index i = 0; i < labels.size; ++i)
    if (labels[i] < 0 || labels[i] >= classes)
      throw std::invalid_argument("selfsame: the label of train row " + std::to_string(i) + " is " +
                                  std::to_string(labels[i]) + ", classes are " +
                                  std::to_string(classes) +
                                  "; labels must be in 0 ... classes - 1");
}

}  // namespace selfsame::detail
