/// @file
#pragma once
#include <selfsame/core/pass.hpp>

namespace selfsame::detail {

/// Rows about the means of their columns, which are those of all ranks.
template <class D>
struct CentredColumns {
  MatrixView<Real<D>, D> rows;
  const double* square;  ///< sum of their squares over the rows of all ranks, (cols)
};

/// In memory of the pass's workspace, so in the caller's Scope.
/// @param total  rows of all ranks
template <class D>
CentredColumns<D> centred_columns(const Pass<D>& pass, In<D> x, Index total) {
  double* const sums = pass.workspace->template take<double>(2 * x.cols);
  double *const mean = sums, *const square = sums + x.cols;
  std::fill_n(sums, 2 * x.cols, 0.0);
  for (Index r = 0; r < x.rows; ++r)
    for (Index c = 0; c < x.cols; ++c) mean[c] += static_cast<double>(x(r, c));
  pass.ranks->sum(mean, x.cols, Number::real64);
  for (Index c = 0; c < x.cols; ++c) mean[c] /= static_cast<double>(std::max<Index>(1, total));
  const MatrixView<Real<D>, D> centred(pass.workspace->template take<Real<D>>(x.rows * x.cols),
                                       x.rows, x.cols);
  for (Index r = 0; r < x.rows; ++r)
    for (Index c = 0; c < x.cols; ++c) {
      const double off = static_cast<double>(x(r, c)) - mean[c];
      square[c] += off * off;
      centred(r, c) = static_cast<Real<D>>(off);
    }
  pass.ranks->sum(square, x.cols, Number::real64);
  return {centred, square};
}

/// Real numbers of a shape, zeros, in memory of the pass's workspace.
template <class D>
MatrixView<Real<D>, D> zero_matrix(const Pass<D>& pass, Index rows, Index cols) {
  auto* const data = pass.workspace->template take<Real<D>>(rows * cols);
  std::fill_n(data, rows * cols, Real<D>(0));
  return {data, rows, cols};
}

/// Puts a gradient where a differentiated input wants it.
template <class D>
void put_rows(const Differentiable<D>& to, MatrixView<Real<D>, D> gradient) {
  for (Index r = 0; r < gradient.rows; ++r)
    for (Index c = 0; c < gradient.cols; ++c) to.put(r, c, gradient(r, c));
}

}  // namespace selfsame::detail
