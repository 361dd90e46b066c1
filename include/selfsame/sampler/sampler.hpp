/// @file
/// The interface of role::Sampler: which sample comes next.
#pragma once
#include <selfsame/core/roles.hpp>
#include <selfsame/tensor/shape.hpp>

namespace selfsame {

/// `draw(seed, samples, position)` is the sample at `position`, counted from the start of training,
/// of a data set of `samples` >= 1. A pure function: a training that goes on at position p needs no
/// state.
template <class S>
concept Sampler =
    Policy<S> && requires(const S sampler, std::uint64_t seed, Index samples, Index position) {
      { sampler.draw(seed, samples, position) } -> std::same_as<Draw>;
    };

}  // namespace selfsame
