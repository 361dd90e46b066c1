/// @file
/// Mean and covariance of rows, in double, and what the covariance's axes are.
#pragma once
#include <selfsame/eval/detail/check.hpp>
#include <selfsame/kernel/cpu/product.hpp>

#include <Eigen/Eigenvalues>
#include <stdexcept>
#include <vector>

namespace selfsame::detail {

struct Covariance {
  std::vector<double> mean;
  Eigen::MatrixXd matrix;  ///< divisor N
};

/// Rows are centred before they are multiplied, so that a large mean costs no digits. Throws
/// std::invalid_argument when a row holds a number that is not finite, or squares overflow.
template <class R, class A, class D = BasicCpu<R, A>>
Covariance covariance(const BasicCpu<R, A>& device, Workspace& scratch, In<D> rows) {
  check_finite(device, scratch, "embeddings", rows);
  using Double = BasicCpu<double>;
  constexpr Index block = 512;
  const auto count = static_cast<double>(rows.rows);
  Covariance c{std::vector<double>(static_cast<std::size_t>(rows.cols)),
               Eigen::MatrixXd::Zero(rows.cols, rows.cols)};
  for (Index r = 0; r < rows.rows; ++r)
    for (Index j = 0; j < rows.cols; ++j)
      c.mean[static_cast<std::size_t>(j)] += static_cast<double>(rows(r, j)) / count;
  Rows<Double> centred;
  for (Index first = 0; first < rows.rows; first += block) {
    centred.resize(std::min(block, rows.rows - first), rows.cols);
    for (Index r = 0; r < centred.rows; ++r)
      for (Index j = 0; j < rows.cols; ++j)
        centred.out()(r, j) =
            static_cast<double>(rows(first + r, j)) - c.mean[static_cast<std::size_t>(j)];
    const Workspace::Scope scope(scratch);
    product(Double{device.threads}, scratch, centred.in(), Transpose::yes, centred.in(),
            Transpose::no, Out<Double>(c.matrix.data(), rows.cols, rows.cols), Write::add);
  }
  if (rows.rows > 0) c.matrix /= count;
  if (!c.matrix.allFinite())
    throw std::invalid_argument(
        "selfsame: the embeddings are finite, their covariance is not. Scale them down.");
  return c;
}

/// Eigenvalues in increasing order, and eigenvectors as columns. Those below the rounding of the
/// largest are 0. A template, so that Eigen's solver is compiled only where it is called.
struct Axes {
  Eigen::VectorXd variances;
  Eigen::MatrixXd directions;
};
template <class Matrix>
Axes axes(const Matrix& covariance, int what = Eigen::ComputeEigenvectors) {
  if (covariance.rows() == 0) return {};
  const Eigen::SelfAdjointEigenSolver<Matrix> solver(covariance, what);
  const auto& v = solver.eigenvalues();
  const double floor = 1e-13 * v(v.size() - 1);
  Axes a{(v.array() > floor).select(v, 0), {}};
  if (what == Eigen::ComputeEigenvectors) a.directions = solver.eigenvectors();
  return a;
}

}  // namespace selfsame::detail
