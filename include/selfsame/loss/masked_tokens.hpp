/// @file
#pragma once
#include <selfsame/core/numbers.hpp>
#include <selfsame/core/roles.hpp>
#include <selfsame/kernel/cpu/gather_rows.hpp>
#include <selfsame/kernel/cpu/linear_cross_entropy.hpp>
#include <selfsame/kernel/cpu/scatter_rows.hpp>
#include <selfsame/loss/detail/agreed.hpp>
#include <selfsame/loss/detail/row_checks.hpp>

namespace selfsame {

/// Which token stands at a masked position: a linear layer to the vocabulary and softmax cross-entropy,
/// in nats, a mean over the masked positions of all ranks.
///
///     z_j = h_j . W^T + b       value = -1/P sum_j log softmax(z_j)_{y_j}
///
/// A mean over tokens, not images: images with more masked patches weigh more. Rows that are not masked
/// have no gradient. The loss has weights of its own, which it declares as a layer does; their gradient
/// is that of this rank's rows. No position: the value is 0.
///
/// @see Bao et al. 2021, arXiv:2106.08254, eq. 2, which sums over the masked positions: P times this
struct MaskedTokens {
  using plays = role::Loss;
  Count vocabulary = 8192;  ///< V

  /// Segments "weight" (V, D) and "bias" (V). The released code's deviation; it cuts at one, this at two
  void describe(Shape in, auto& sink) const {
    sink.weight("weight", Kind::weight, {vocabulary, in.channels},
                Initialiser{Initialiser::Law::truncated_normal, 0.02});
    sink.weight("bias", Kind::bias, {vocabulary}, zeros);
  }

  /// @param rows    (P, D): encoder's output at the masked positions
  /// @param labels  (P), in [-1, V); -1 has no loss and is not counted
  /// @param head    this loss' weights, and the place of their gradient, which is added
  template <class D>
  Real<D> operator()(const Pass<D>& pass, Differentiable<D> rows, Vector<const Index, D> labels,
                     const Trained<D>& head) const {
    return (*this)(pass, rows, with_gradient(head, 0), with_gradient(head, 1), labels);
  }
  /// The same of all positions, of which some are masked.
  /// @param rows    (positions, D)
  /// @param masked  (P), rows in any order, each at most once
  template <class D>
  Real<D> operator()(const Pass<D>& pass, Differentiable<D> rows, Vector<const Index, D> masked,
                     Vector<const Index, D> labels, const Trained<D>& head) const {
    Workspace& scratch = *pass.workspace;
    const Workspace::Scope scope(scratch);
    const Index width = rows.value.cols;
    const auto some = [&] {
      return Out<D>(scratch.take<Activation<D>>(masked.size * width), masked.size, width);
    };
    const Out<D> gathered = some(), gradient = some();
    gather_rows(*pass.device, rows.value, masked, gathered);
    const Real<D> value = (*this)(pass, Differentiable<D>{gathered, gradient}, labels, head);
    scatter_rows(*pass.device, gradient, masked, rows);
    return value;
  }
  /// The same with weights from anywhere: DifferentiableWeights<D>, Differentiable<D> or constants, or NoBias{}.
  template <class D, class Weight, class Bias>
  Real<D> operator()(const Pass<D>& pass, Differentiable<D> rows, const Weight& weight,
                     const Bias& bias, Vector<const Index, D> labels) const {
    Index counted = 0;
    for (const Index label : labels) counted += label >= 0 ? 1 : 0;
    const double count = static_cast<double>(std::max<Index>(pass.total(counted), 1));
    double value = linear_cross_entropy_sum(*pass.device, *pass.workspace, rows, weight, bias,
                                            labels, static_cast<Real<D>>(1 / count));
    pass.ranks->sum(&value, 1, Number::real64);
    return detail::agreed<Real<D>>(value / count, rows, weight, bias);
  }
};

/// A linear layer and the mean cross-entropy of its logits, for a trainer of your own.
///
/// @param weight  (V, D): Differentiable, or constants
/// @param bias    (1, V): the same, or NoBias{}
/// @param labels  (P), in [-1, V); -1: no loss, no gradient
/// @throws std::invalid_argument  where shapes do not agree or a label is none
template <Device D, class Weight, class Bias = NoBias>
Real<D> linear_cross_entropy(const D& device, Differentiable<D> rows, const Weight& weight,
                             const Bias& bias, Vector<const Index, D> labels) {
  detail::check_gradient("rows", rows);
  const auto value_of = [](const std::string& name, const auto& x) {
    if constexpr (requires { x.value; }) {
      detail::check_same(name, x.value, "their gradient is", x.gradient);
      return x.value;
    } else {
      return x;
    }
  };
  const auto w = value_of("weights", weight);
  if (w.cols != rows.value.cols)
    throw std::invalid_argument("selfsame: rows are " + to_string(rows.value) + ", weights are " +
                                to_string(w) + "; widths must agree");
  if constexpr (!std::same_as<Bias, NoBias>) {
    const auto b = value_of("biases", bias);
    if (b.rows != 1 || b.cols != w.rows)
      throw std::invalid_argument("selfsame: weights are " + to_string(w) + ", biases are " +
                                  to_string(b) + "; there is one a row of weights, in one row");
  }
  detail::check_labels("logits", In<D>{nullptr, rows.value.rows, w.rows}, labels);
  const detail::Alone<D> alone(device);
  return MaskedTokens{.vocabulary = std::max<Index>(w.rows, 1)}(alone.pass, rows, weight, bias,
                                                                labels);
}

}  // namespace selfsame
