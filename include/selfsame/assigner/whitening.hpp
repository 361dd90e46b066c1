/// @file
/// PCA-whitening and unit length: what rows go through before k-means.
#pragma once
#include <selfsame/assigner/clusters.hpp>
#include <selfsame/assigner/detail/row_source.hpp>
#include <selfsame/core/numbers.hpp>
#include <selfsame/interop/eigen.hpp>
#include <selfsame/kernel/cpu/product.hpp>
#include <selfsame/kernel/cpu/row_distances.hpp>

#include <Eigen/Eigenvalues>
#include <cmath>
#include <limits>

namespace selfsame {

namespace detail {
/// |v| with the same bits wherever v lies: in order, where Eigen's sums follow the address.
inline double length(const double* v, Index size) {
  double square = 0;
  for (Index c = 0; c < size; ++c) square += v[c] * v[c];
  return std::sqrt(square);
}
}  // namespace detail

/// A fitted whitening:  g = axes (f - mean),   x = g / |g|,   and 0 where g = 0
struct WhiteningMap {
  ClusterStatus status = ClusterStatus::done;  ///< degenerate: all rows are equal, axes are 0
  std::vector<double> mean;                    ///< (D)
  std::vector<double> variances;               ///< (d), descending, divisor N: the eigenvalues
  RowMajor<double>
      axes;  ///< (d, D): row i is eigenvector i / sqrt(max(variance i, floor variance 0))

  /// g before it gets unit length, in double: (rows, d), overwritten.
  template <Device D>
  void project(const D& device, Workspace& scratch, In<D> rows, RowMajor<double>& g) const {
    using Double = BasicCpu<double>;
    if (rows.cols != axes.cols())
      throw std::invalid_argument("selfsame: rows are " + to_string(rows) +
                                  ", the whitening was fitted to width " +
                                  std::to_string(axes.cols()) + "; widths must agree");
    const RowMajor<double> centred = as_eigen(rows).template cast<double>().rowwise() -
                                     Eigen::Map<const Eigen::RowVectorXd>(mean.data(), axes.cols());
    g.resize(rows.rows, axes.rows());
    const Workspace::Scope scope(scratch);
    product(Double{device.threads}, scratch, In<Double>(view<Double>(centred)), Transpose::no,
            In<Double>(view<Double>(axes)), Transpose::yes, view<Double>(g));
  }

  /// x of rows (n, D) to (n, d), overwritten.
  template <Device D>
  void apply(const D& device, Workspace& scratch, In<D> rows, Out<D> x) const {
    if (x.rows != rows.rows || x.cols != axes.rows())
      throw std::invalid_argument("selfsame: rows are " + to_string(rows) + ", whitened are " +
                                  to_string(x) + ", components are " + std::to_string(axes.rows()) +
                                  "; they must agree");
    constexpr Index block = 1024;  // what is in double at a time
    RowMajor<double> g;
    for (Index first = 0; first < rows.rows; first += block) {
      const Index count = std::min(block, rows.rows - first);
      project(device, scratch, rows.row_range(first, count), g);
      for (Index r = 0; r < count; ++r) {
        const double norm = detail::length(g.row(r).data(), g.cols());
        for (Index c = 0; c < x.cols; ++c)
          x(first + r, c) = static_cast<Activation<D>>(norm > 0 ? g(r, c) / norm : 0);
      }
    }
  }
};

/// Principal components of rows (N, D) of all ranks, each divided by its standard deviation:
///
///     mean = sum_n f_n / N,   S = sum_n (f_n - mean)(f_n - mean)^T / N,   S u_i = variance_i u_i
///
/// Sums are in double. An eigenvector's entry of largest magnitude (the first of equals) is positive.
/// With fewer rows than columns the (N, N) matrix of products is decomposed instead.
///
/// @see Caron et al. 2018, arXiv:1807.05520, section 4.1: 256 components, whitened, unit length
struct Whitening {
  Count components = 256;
  Positive floor = 1e-10;  ///< of a variance, as a share of the largest

  /// @throws std::invalid_argument  where there are more components than min(D, N - 1), or a number
  ///                                is not finite
  template <Device D>
  WhiteningMap fit(const Pass<D>& pass, In<D> features) const {
    return fit_blocks(pass, [&](auto&& f) { f(features); });
  }

  /// The same of a stream: blocks(f) calls f(In<D>) for each block; it is called twice.
  template <Device D, RowBlocks<D> Blocks>
  WhiteningMap fit_blocks(const Pass<D>& pass, Blocks&& blocks) const {
    detail::RowSource<D, std::remove_reference_t<Blocks>> source(pass, blocks);
    WhiteningMap map;
    map.status = measure_mean(pass, source, map.mean);
    const Index width = source.width(), rows = source.total(), wanted = components;
    if (wanted > std::min(width, rows - 1))
      throw std::invalid_argument("selfsame: components are " + std::to_string(wanted) +
                                  ", features are (" + std::to_string(rows) + ", " +
                                  std::to_string(width) + "); at most min(width, rows - 1) = " +
                                  std::to_string(std::min(width, rows - 1)) + " can be had");
    map.variances.assign(static_cast<std::size_t>(wanted), 0);
    map.axes = RowMajor<double>::Zero(wanted, width);
    if (map.status == ClusterStatus::degenerate) return map;
    const bool few = rows < width;
    RowMajor<double> sums = few ? centred_rows(source, map.mean) : scatter(pass, source, map.mean);
    if (pass.ranks->size() > 1) pass.ranks->sum(sums.data(), sums.size(), Number::real64);
    if (pass.ranks->rank() == 0) solve(pass, sums, few, static_cast<double>(rows), map);
    if (pass.ranks->size() > 1) {
      pass.ranks->broadcast(map.variances.data(), wanted, Number::real64, 0);
      pass.ranks->broadcast(map.axes.data(), map.axes.size(), Number::real64, 0);
    }
    return map;
  }
  friend bool operator==(const Whitening&, const Whitening&) = default;

 private:
  using Double = BasicCpu<double>;

  template <class D, class Source>
  static ClusterStatus measure_mean(const Pass<D>& pass, Source& source,
                                    std::vector<double>& mean) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    std::vector<double> squares, low, high;
    Index odd = -1;  // of this rank's rows the first that is not finite
    source.each([&](Index first, In<D> x) {
      const auto width = static_cast<std::size_t>(x.cols);
      mean.resize(width), low.resize(width, infinity), high.resize(width, -infinity);
      squares.resize(static_cast<std::size_t>(x.rows));
      survey_rows(*pass.device, *pass.workspace, x, view<D>(squares), view<D>(low), view<D>(high));
      for (Index r = 0; r < x.rows; ++r) {  // row by row: a reduction's order follows the address
        if (odd < 0 && !std::isfinite(squares[static_cast<std::size_t>(r)])) odd = first + r;
        for (Index c = 0; c < x.cols; ++c)
          mean[static_cast<std::size_t>(c)] += static_cast<double>(x(r, c));
      }
    });
    detail::refuse_row("features", odd, source);
    const auto width = static_cast<std::size_t>(source.width());
    mean.resize(width), low.resize(width, infinity), high.resize(width, -infinity);
    for (double& x : low) x = -x;
    if (pass.ranks->size() > 1) {
      pass.ranks->sum(mean.data(), source.width(), Number::real64);
      pass.ranks->max(low.data(), source.width(), Number::real64);
      pass.ranks->max(high.data(), source.width(), Number::real64);
    }
    bool equal = true;
    for (std::size_t c = 0; c < width; ++c) {
      mean[c] /= static_cast<double>(std::max<Index>(source.total(), 1));
      equal = equal && -low[c] == high[c];
    }
    return equal ? ClusterStatus::degenerate : ClusterStatus::done;
  }

  template <class D>
  static RowMajor<double> centred(In<D> x, const std::vector<double>& mean) {
    return as_eigen(x).template cast<double>().rowwise() -
           Eigen::Map<const Eigen::RowVectorXd>(mean.data(), x.cols);
  }
  /// sum_n (f_n - mean)(f_n - mean)^T of this rank's rows.
  template <class D, class Source>
  static RowMajor<double> scatter(const Pass<D>& pass, Source& source,
                                  const std::vector<double>& mean) {
    constexpr Index block = 1024;
    RowMajor<double> sums = RowMajor<double>::Zero(source.width(), source.width());
    source.each([&](Index, In<D> x) {
      for (Index first = 0; first < x.rows; first += block) {
        const RowMajor<double> rows =
            centred<D>(x.row_range(first, std::min(block, x.rows - first)), mean);
        const Workspace::Scope scope(*pass.workspace);
        product(Double{pass.device->threads}, *pass.workspace, In<Double>(view<Double>(rows)),
                Transpose::yes, In<Double>(view<Double>(rows)), Transpose::no, view<Double>(sums),
                Write::add);
      }
    });
    return sums;
  }
  /// f_n - mean in the places of this rank's rows among all.
  template <class Source>
  static RowMajor<double> centred_rows(Source& source, const std::vector<double>& mean) {
    RowMajor<double> all = RowMajor<double>::Zero(source.total(), source.width());
    source.each([&](Index first, auto x) {
      all.middleRows(source.before() + first, x.rows) =
          as_eigen(x).template cast<double>().rowwise() -
          Eigen::Map<const Eigen::RowVectorXd>(mean.data(), x.cols);
    });
    return all;
  }

  /// Variances and axes from the scatter, or from the centred rows where they are few.
  template <class D>
  void solve(const Pass<D>& pass, const RowMajor<double>& sums, bool few, double rows,
             WhiteningMap& map) const {
    Eigen::MatrixXd matrix = sums;
    if (few) {
      RowMajor<double> products(sums.rows(), sums.rows());
      const Workspace::Scope scope(*pass.workspace);
      product(Double{pass.device->threads}, *pass.workspace, In<Double>(view<Double>(sums)),
              Transpose::no, In<Double>(view<Double>(sums)), Transpose::yes,
              view<Double>(products));
      matrix = products;
    }
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(matrix / rows);
    const auto variance = [&](Index i) {  // descending
      return std::max(solver.eigenvalues()(matrix.rows() - 1 - i), 0.0);
    };
    for (Index i = 0; i < map.axes.rows(); ++i) {
      Eigen::VectorXd axis = solver.eigenvectors().col(matrix.rows() - 1 - i);
      if (few) axis = sums.transpose() * axis;
      if (const double norm = detail::length(axis.data(), axis.size()); norm > 0) axis /= norm;
      Index largest = 0;
      for (Index c = 1; c < axis.size(); ++c)
        if (std::abs(axis(c)) > std::abs(axis(largest))) largest = c;
      if (axis(largest) < 0) axis = -axis;
      map.variances[static_cast<std::size_t>(i)] = variance(i);
      map.axes.row(i) = axis.transpose() / std::sqrt(std::max(variance(i), floor * variance(0)));
    }
  }
};

/// PCA-whitened rows of unit length, for a trainer of your own; x is (N, components).
/// @throws std::invalid_argument  as Whitening::fit does
template <Device D>
Rows<D> whiten(const D& device, In<D> features, const Whitening& numbers) {
  Workspace scratch;
  Pass<D> pass{.device = &device, .workspace = &scratch};
  const WhiteningMap map = numbers.fit(pass, features);
  Rows<D> x(features.rows, numbers.components);
  map.apply(device, scratch, features, x.out());
  return x;
}

}  // namespace selfsame
