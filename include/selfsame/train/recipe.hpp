/// @file
#pragma once
#include <selfsame/core/fields.hpp>
#include <selfsame/core/method.hpp>
#include <selfsame/optimizer/adamw.hpp>
#include <selfsame/optimizer/parameter_groups.hpp>

namespace selfsame {

/// A method and all numbers that make a training of it: an aggregate, so it prints, compares, hashes
/// and takes overrides by name ("optimizer.learning_rate=0.002", "method.loss.temperature=0.2").
template <class Method_, class Optimizer_ = AdamW, class Rule_ = WeightsDecay>
struct Recipe {
  using Method = Method_;
  using Optimizer = Optimizer_;
  using Rule = Rule_;

  Method method{};
  Optimizer optimizer{};
  Rule rule{};        ///< what decays, adapts, stands still
  Count batch = 256;  ///< samples a step, of all ranks
  Count epochs = 100;
  Index steps = 0;             ///< of the whole training; 0: `epochs` times the steps of an epoch
  Index chunk = 0;             ///< images at a time through the encoder; 0: all (decision D2)
  Index batch_norm_group = 0;  ///< images of a batch-norm group; 0: all that run together
};

}  // namespace selfsame
