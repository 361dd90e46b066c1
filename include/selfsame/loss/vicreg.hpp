/// @file
#pragma once
#include <selfsame/core/numbers.hpp>
#include <selfsame/kernel/cpu/product.hpp>
#include <selfsame/loss/detail/agreed.hpp>
#include <selfsame/loss/detail/centred_columns.hpp>
#include <selfsame/loss/view_loss.hpp>

#include <cmath>

namespace selfsame {

/// Variance, invariance, covariance: views of an image agree, each number varies, and no two vary together.
///
///     value = invariance mean_{a<b} mean_{n,d} (z_nd^a - z_nd^b)^2
///           + variance mean_a mean_d max(0, 1 - s_d^a)           s_d^2 = Var_d + epsilon
///           + covariance 2 mean_a 1/D sum_{i != j} (C_ij^a)^2
///
/// over all pairs of views, or all views; moments are over the images of all ranks and divided by their
/// number less one. For two views these are the released code's factors; the paper's formulas sum the invariance over
/// d and add the variance terms of both views. One image has no variance, and the terms of moments are then constants.
///
/// @see Bardes, Ponce & LeCun 2022, arXiv:2105.04906, eq. 1-6
struct VICReg {
  using plays = role::Loss;
  NonNegative invariance = 25;
  NonNegative variance = 25;
  NonNegative covariance = 1;
  Epsilon epsilon = 1e-4;  ///< added to variances

  /// @param views  each (B, D); their gradients are overwritten, or added where a view asks so
  template <class D>
  Real<D> operator()(const Pass<D>& pass, std::span<const Differentiable<D>> views) const {
    if (views.empty()) return 0;
    const Workspace::Scope all(*pass.workspace);
    const Index dims = views[0].value.cols, rows = views[0].value.rows, total = pass.total(rows);
    const auto count = static_cast<double>(views.size());
    double apart = 0, flat = 0, tied = 0;
    for (std::size_t a = 0; a < views.size(); ++a) {
      const Workspace::Scope scope(*pass.workspace);
      const auto gradient = detail::zero_matrix(pass, rows, dims);
      // A pair's term is seen from both of its views, so half of it each time.
      const double pairs = count * (count - 1) / 2;
      const double near = invariance / (std::max(pairs, 1.0) * divisor(total * dims));
      for (std::size_t b = 0; b < views.size(); ++b)
        for (Index r = 0; r < rows && b != a; ++r)
          for (Index c = 0; c < dims; ++c) {
            const double e = static_cast<double>(views[a].value(r, c)) -
                             static_cast<double>(views[b].value(r, c));
            apart += near / 2 * e * e;
            gradient(r, c) += static_cast<Real<D>>(2 * near * e);
          }
      const auto x = detail::centred_columns(pass, views[a].value, total);
      flat += spread(x, total, count, gradient);
      tied += decorrelate(pass, x, total, count, gradient);
      detail::put_rows(views[a], gradient);
    }
    pass.ranks->sum(&apart, 1, Number::real64);
    return detail::agreed<Real<D>>(apart + flat + tied, views);
  }

 private:
  static double divisor(Index n) { return static_cast<double>(std::max<Index>(1, n)); }

  template <class D>
  double spread(const detail::CentredColumns<D>& x, Index total, double views,
                MatrixView<Real<D>, D> gradient) const {
    const double weight = variance / (views * divisor(x.rows.cols)), n = divisor(total - 1);
    double value = 0;
    for (Index c = 0; c < x.rows.cols; ++c) {
      const double s = std::sqrt(x.square[c] / n + epsilon);
      if (!(s < 1)) {
        if (s != s) value += s;  // a NaN is passed on
        continue;
      }
      value += weight * (1 - s);
      for (Index r = 0; r < x.rows.rows; ++r)
        gradient(r, c) -= static_cast<Real<D>>(weight / (n * s)) * x.rows(r, c);
    }
    return value;
  }
  template <class D>
  double decorrelate(const Pass<D>& pass, const detail::CentredColumns<D>& x, Index total,
                     double views, MatrixView<Real<D>, D> gradient) const {
    const Index dims = x.rows.cols;
    const double weight = covariance * 2 / (views * divisor(dims)), n = divisor(total - 1);
    const auto c = detail::zero_matrix(pass, dims, dims);
    product(*pass.device, *pass.workspace, x.rows, Transpose::yes, x.rows, Transpose::no, c);
    sum(*pass.device, *pass.ranks, Vector<Real<D>, D>{c.data, dims * dims});
    double value = 0;
    for (Index i = 0; i < dims; ++i)
      for (Index j = 0; j < dims; ++j) {
        const double cov = i == j ? 0 : static_cast<double>(c(i, j)) / n;
        value += weight * cov * cov;
        c(i, j) = static_cast<Real<D>>(4 * weight * cov / n);
      }
    product(*pass.device, *pass.workspace, x.rows, Transpose::no, c, Transpose::no, gradient,
            Write::add);
    return value;
  }
};

}  // namespace selfsame
