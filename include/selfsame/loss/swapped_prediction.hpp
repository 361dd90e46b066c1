/// @file
#pragma once
#include <selfsame/core/numbers.hpp>
#include <selfsame/core/roles.hpp>
#include <selfsame/kernel/cpu/swapped_prediction.hpp>
#include <selfsame/loss/detail/agreed.hpp>
#include <selfsame/loss/detail/row_checks.hpp>
#include <selfsame/loss/pair_loss.hpp>

namespace selfsame {

/// A mean over the pairs (coded view, other view), or a sum over them; of images it is a mean.
enum class Reduction { mean_pairs, sum_pairs };

/// Swapped prediction: the softmax over prototypes of each view predicts the codes of the others.
///
///     value = 1/A sum_{i < A} 1/(V-1) sum_{v != i} 1/B sum_n -sum_k q_nk^(i) log p_nk^(v),
///     p^(v)_n = softmax(z^(v)_n . C^T / temperature)
///
/// in nats; B counts the images of all ranks. As role::Loss it works on rows and prototypes that the
/// method has brought to unit length; the function takes them as they are. The gradient of the prototypes is that of this rank's rows, so it is summed
/// over ranks as that of all weights. Fewer than two views have no pair, and the value 0.
///
/// @see Caron et al. 2020, arXiv:2006.09882, eq. 1-2. Section 2 writes the sum of the two terms of
///      V = A = 2, `Reduction::sum_pairs`; the released code takes the mean
struct SwappedPrediction {
  using plays = role::Loss;
  Temperature temperature = 0.1;  ///< no unit
  Count coded_views = 2;          ///< A: the first of the views have codes
  Reduction reduction = Reduction::mean_pairs;
  Epsilon epsilon = 1e-12;  ///< of a row's length, below which it is not made longer

  constexpr UnitLength normalised() const { return {epsilon}; }
  /// @param rows        (V B, D): view 0 of all images of this rank, then view 1, ...
  /// @param prototypes  (K, D): DifferentiableWeights<D> or Differentiable<D>; or constants, MatrixView<const Real<D>, D>
  ///                    or In<D>, while they stand still
  /// @param codes       (A B, K), constants, in the order of the rows
  template <class D, class Prototypes>
  Real<D> operator()(const Pass<D>& pass, Differentiable<D> rows, const Prototypes& prototypes,
                     In<D> codes) const {
    const Index images = codes.rows / coded_views;
    const Index views = images > 0 ? rows.value.rows / images : 0;
    // A rank without images still takes part: it does not know how many views the others have.
    double most[2] = {static_cast<double>(views), static_cast<double>(images)};
    pass.ranks->max(most, 1, Number::real64);
    pass.ranks->sum(most + 1, 1, Number::real64);
    const double pairs =
        reduction == Reduction::sum_pairs ? 1 : static_cast<double>(coded_views) * (most[0] - 1);
    const double divisor = std::max(pairs, 1.0) * std::max(most[1], 1.0);
    double value = swapped_prediction_sum(*pass.device, *pass.workspace, rows, prototypes, codes,
                                          images, static_cast<Real<D>>(temperature),
                                          static_cast<Real<D>>(1 / divisor));
    pass.ranks->sum(&value, 1, Number::real64);
    return detail::agreed<Real<D>>(value / divisor, rows, prototypes);
  }
};

/// The same for a trainer of your own.
/// @throws std::invalid_argument  where shapes do not agree
template <Device D, class Prototypes>
Real<D> swapped_prediction(const D& device, Differentiable<D> rows, const Prototypes& prototypes,
                           In<D> codes, const SwappedPrediction& numbers = {}) {
  detail::check_gradient("rows", rows);
  const Index coded = numbers.coded_views, images = codes.rows / coded;
  if (codes.rows % coded != 0 || codes.rows > rows.value.rows ||
      (images > 0 ? rows.value.rows % images : rows.value.rows) != 0)
    throw std::invalid_argument("selfsame: rows are " + to_string(rows.value) + ", codes are " +
                                to_string(codes) + "; they must be those of " +
                                std::to_string(coded) +
                                " coded views and of at least as many views of the same images");
  const auto check = [&](const auto& c) {
    if (c.cols != rows.value.cols || c.rows != codes.cols)
      throw std::invalid_argument("selfsame: rows are " + to_string(rows.value) +
                                  ", prototypes are " + to_string(c) + ", codes are " +
                                  to_string(codes) +
                                  "; prototypes must be as wide as rows, and as "
                                  "many as codes have columns");
  };
  if constexpr (requires { prototypes.value; }) {
    check(prototypes.value);
    detail::check_same("prototypes", prototypes.value, "their gradient is", prototypes.gradient);
  } else {
    check(prototypes);
  }
  const detail::Alone<D> alone(device);
  return numbers(alone.pass, rows, prototypes, codes);
}

}  // namespace selfsame
