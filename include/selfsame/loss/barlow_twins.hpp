/// @file
#pragma once
#include <selfsame/core/numbers.hpp>
#include <selfsame/kernel/cpu/product.hpp>
#include <selfsame/loss/detail/agreed.hpp>
#include <selfsame/loss/detail/centred_columns.hpp>
#include <selfsame/loss/view_loss.hpp>

#include <cmath>

namespace selfsame {

/// Redundancy reduction: the cross-correlation of two views' numbers is to be the identity.
///
///     value = mean_{a<b} sum_i (1 - C_ii)^2 + lambda sum_{i != j} C_ij^2,
///     C_ij = 1/B sum_n u_ni^a u_nj^b,   u = (z - mean) / sqrt(Var + epsilon)
///
/// over all pairs of views, with moments over the images of all ranks, divided by their number B.
///
/// @see Zbontar et al. 2021, arXiv:2103.03230, eq. 1-2; lambda and epsilon as in the released code
struct BarlowTwins {
  using plays = role::Loss;
  NonNegative lambda = 0.0051;  ///< weight of what lies off the diagonal
  Epsilon epsilon = 1e-5;       ///< added to variances

  /// @param views  each (B, D); their gradients are overwritten, or added where a view asks so
  template <class D>
  Real<D> operator()(const Pass<D>& pass, std::span<const Differentiable<D>> views) const {
    const double count = static_cast<double>(views.size()), pairs = count * (count - 1) / 2;
    const Workspace::Scope scope(*pass.workspace);
    auto* const sums =
        pass.workspace->template take<MatrixView<Real<D>, D>>(static_cast<Index>(views.size()));
    for (std::size_t v = 0; v < views.size(); ++v)
      sums[v] = detail::zero_matrix(pass, views[v].value.rows, views[v].value.cols);
    double value = 0;
    for (std::size_t a = 0; a < views.size(); ++a)
      for (std::size_t b = a + 1; b < views.size(); ++b)
        value += pair(pass, views[a].value, views[b].value, 1 / pairs, sums[a], sums[b]);
    for (std::size_t v = 0; v < views.size(); ++v) detail::put_rows(views[v], sums[v]);
    return detail::agreed<Real<D>>(value, views);
  }

 private:
  template <class D>
  struct Unit {
    MatrixView<Real<D>, D> rows;
    const double* inverse;  ///< 1 / sqrt(Var + epsilon)
  };
  template <class D>
  Unit<D> unit(const Pass<D>& pass, In<D> z, Index total) const {
    const auto x = detail::centred_columns(pass, z, total);
    auto* const inverse = pass.workspace->template take<double>(z.cols);
    for (Index c = 0; c < z.cols; ++c)
      inverse[c] =
          1 / std::sqrt(x.square[c] / static_cast<double>(std::max<Index>(1, total)) + epsilon);
    for (Index r = 0; r < z.rows; ++r)
      for (Index c = 0; c < z.cols; ++c) x.rows(r, c) *= static_cast<Real<D>>(inverse[c]);
    return {x.rows, inverse};
  }
  template <class D>
  double pair(const Pass<D>& pass, In<D> first, In<D> second, double weight,
              MatrixView<Real<D>, D> to_first, MatrixView<Real<D>, D> to_second) const {
    const Workspace::Scope scope(*pass.workspace);
    const Index dims = first.cols, total = pass.total(first.rows);
    const double n = static_cast<double>(std::max<Index>(1, total));
    const Unit<D> a = unit(pass, first, total), b = unit(pass, second, total);
    const auto c = detail::zero_matrix(pass, dims, dims);
    product(*pass.device, *pass.workspace, a.rows, Transpose::yes, b.rows, Transpose::no, c);
    sum(*pass.device, *pass.ranks, Vector<Real<D>, D>{c.data, dims * dims});
    double value = 0;
    for (Index i = 0; i < dims; ++i)
      for (Index j = 0; j < dims; ++j) {
        const double off = static_cast<double>(c(i, j)) / n - (i == j ? 1 : 0);
        const double share = weight * (i == j ? 1 : double{lambda});
        value += share * off * off;
        c(i, j) = static_cast<Real<D>>(2 * share * off / n);
      }
    pull_back(pass, a, b.rows, c, Transpose::yes, n, to_first);
    pull_back(pass, b, a.rows, c, Transpose::no, n, to_second);
    return value;
  }
  // d value / du = other . op(c), then through the standardisation of columns.
  template <class D>
  void pull_back(const Pass<D>& pass, const Unit<D>& own, MatrixView<Real<D>, D> other,
                 MatrixView<Real<D>, D> c, Transpose turn, double n,
                 MatrixView<Real<D>, D> to) const {
    const Workspace::Scope scope(*pass.workspace);
    const Index rows = own.rows.rows, dims = own.rows.cols;
    const auto g = detail::zero_matrix(pass, rows, dims);
    product(*pass.device, *pass.workspace, other, Transpose::no, c, turn, g);
    double* const sums = pass.workspace->template take<double>(2 * dims);
    std::fill_n(sums, 2 * dims, 0.0);
    for (Index r = 0; r < rows; ++r)
      for (Index i = 0; i < dims; ++i) {
        sums[i] += static_cast<double>(g(r, i));
        sums[dims + i] += static_cast<double>(g(r, i)) * static_cast<double>(own.rows(r, i));
      }
    pass.ranks->sum(sums, 2 * dims, Number::real64);
    for (Index r = 0; r < rows; ++r)
      for (Index i = 0; i < dims; ++i)
        to(r, i) += static_cast<Real<D>>(
            own.inverse[i] * (static_cast<double>(g(r, i)) - sums[i] / n -
                              static_cast<double>(own.rows(r, i)) * sums[dims + i] / n));
  }
};

}  // namespace selfsame
