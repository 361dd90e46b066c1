/// @file
/// What evaluations ask of rows and labels.
#pragma once
#include <selfsame/tensor/view.hpp>

#include <stdexcept>

namespace selfsame::detail {

template <class T, class D>
void check_widths(const std::string& these, MatrixView<T, D> a, const std::string& those,
                  MatrixView<T, D> b) {
  if (a.cols != b.cols)
    throw std::invalid_argument("selfsame: " + these + " are " + to_string(a) + ", " + those +
                                " are " + to_string(b) + "; widths must agree");
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
