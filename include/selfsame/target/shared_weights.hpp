/// @file
#pragma once
#include <selfsame/core/pass.hpp>
#include <selfsame/core/roles.hpp>

namespace selfsame {

/// A target that follows the online weights: update(pass, online, target) moves it after a step.
template <class T, class D>
concept TargetUpdater =
    Policy<T> && requires(const T policy, const Pass<D>& pass, Vector<const Real<D>, D> online,
                          Vector<Real<D>, D> target) {
      { policy.update(pass, online, target) } -> std::same_as<void>;
    };

/// There is no second network: both sides of a comparison come from the online weights. Where one of them is a
/// constant, it comes from a pass of its own without a gradient.
struct SharedWeights {
  using plays = role::Target;
};

}  // namespace selfsame
