/// @file
#pragma once
#include <selfsame/core/numbers.hpp>
#include <selfsame/core/roles.hpp>
#include <selfsame/kernel/cpu/normalise_weights.hpp>
#include <selfsame/nn/linear.hpp>

namespace selfsame {

/// Trainable points of unit length that embeddings are compared with: scores = z . C^T, C (K, D).
///
/// The length is held by a projection before each step, outside the gradient. A loss that is fused with
/// the scores, such as `SwappedPrediction`, takes `differentiable(weights)`; `layer()` gives them as a layer.
///
/// @see Caron et al. 2020, arXiv:2006.09882, section 3.1
struct Prototypes {
  using plays = role::Prototypes;
  Count count = 3000;       ///< K; the paper's, for ImageNet and CIFAR alike
  Index frozen_steps = 0;   ///< first steps in which they stand still; the paper's: one epoch's
  Epsilon epsilon = 1e-12;  ///< of a row's length, below which it is not made longer

  constexpr Linear layer() const {
    return {.outputs = count, .bias = Bias::no, .kind = Kind::prototype};
  }
  /// One segment "weight" of (K, D).
  void describe(Shape in, auto& sink) const { layer().describe(in, sink); }

  /// C_k <- C_k / |C_k|, in place.
  template <class D>
  void normalise_rows(const Pass<D>& pass, MatrixView<Real<D>, D> weights) const {
    normalise_weights(*pass.device, *pass.workspace, weights, static_cast<Real<D>>(epsilon));
  }
  /// to = rows . C^T: rows (N, D), to (N, K), overwritten.
  template <class D>
  void scores(const Pass<D>& pass, In<D> rows, MatrixView<const Real<D>, D> weights,
              Out<D> to) const {
    product(*pass.device, *pass.workspace, rows, Transpose::no, weights, Transpose::yes, to);
  }
  /// The prototypes among a network's weights, `w.under("prototypes")` of a chain, with the place of
  /// their gradient.
  template <class D>
  DifferentiableWeights<D> differentiable(const Trained<D>& w, Real<D> weight = 1) const {
    return with_gradient(w, 0, weight);
  }
};

}  // namespace selfsame
