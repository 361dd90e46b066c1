/// @file
/// The interface of role::Loss of all views at once.
#pragma once
#include <selfsame/core/pass.hpp>
#include <selfsame/core/roles.hpp>

#include <span>

namespace selfsame {

/// A loss of the embeddings of all views: loss(pass, views), each (B, D), row n of each view of the same
/// image. It adds the gradients and returns its value.
template <class L, class D>
concept ViewLoss = Policy<L> && requires(const L loss, const Pass<D>& pass,
                                         std::span<const Differentiable<D>> views) {
  { loss(pass, views) } -> std::same_as<Real<D>>;
};

}  // namespace selfsame
