/// @file
/// How losses of labelled and of unlabelled images share one objective.
#pragma once

namespace selfsame {

/// With l_L the mean over B labelled images and l_U that over r B unlabelled ones:
enum class UnlabelledWeight {
  mean_plus_mean,  ///< l_L + l_U
  per_labelled,    ///< l_L + r l_U: the released code, sums over either divided by B
  joint_mean       ///< (l_L + r l_U) / (1 + r): a mean over all images
};

/// What `Differentiable::weight` of the two terms is, each being a mean over its own images.
struct ObjectiveWeights {
  double labelled, unlabelled;
  friend bool operator==(const ObjectiveWeights&, const ObjectiveWeights&) = default;
};

/// @param ratio  r, unlabelled images for each labelled one; >= 0
/// @see Xie et al. 2020, arXiv:1911.04252, algorithm 1 (mean_plus_mean) and section 3.1
///      (joint_mean)
constexpr ObjectiveWeights objective_weights(UnlabelledWeight form, double ratio) {
  switch (form) {
    case UnlabelledWeight::per_labelled: return {1, ratio};
    case UnlabelledWeight::joint_mean: return {1 / (1 + ratio), ratio / (1 + ratio)};
    case UnlabelledWeight::mean_plus_mean: break;
  }
  return {1, 1};
}

}  // namespace selfsame
