/// @file
#pragma once
#include <selfsame/core/roles.hpp>
#include <selfsame/nn/linear.hpp>

namespace selfsame {

/// One linear layer to as many logits as there are classes.
struct Classifier {
  using plays = role::Head;
  Count classes = 10;

  constexpr Linear layer() const { return {.outputs = classes}; }
};

}  // namespace selfsame
