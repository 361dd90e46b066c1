/// @file
#pragma once
#include <selfsame/core/roles.hpp>
#include <selfsame/nn/perceptron.hpp>

namespace selfsame {

/// The head in front of a contrastive loss; it is thrown away after training.
///
/// The paper's head has no norms (`normalised = none`); the released code of SimCLR, the default here,
/// normalises every layer and gives the last norm no shift: with 512 inputs, hidden width 512 and 128
/// outputs 328,832 parameters.
///
/// @see Chen et al. 2020, arXiv:2002.05709, section 4.2; google-research/simclr
struct Projector {
  using plays = role::Head;
  Count depth = 2;
  Count hidden = 512;
  Count outputs = 128;
  HeadNorm normalised = HeadNorm::all;
  Shift last_shift = Shift::none;

  constexpr Perceptron layer() const {
    return {.depth = depth,
            .hidden = hidden,
            .outputs = outputs,
            .normalised = normalised,
            .last_shift = last_shift};
  }
};

}  // namespace selfsame
