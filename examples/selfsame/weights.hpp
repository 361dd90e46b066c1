/// @file
/// Weights of files: what --init takes, and what export writes.
#pragma once
#include "options.hpp"

#include <selfsame/core/weights.hpp>

namespace selfsame::program {

/// Gives an encoder the weights of --init, and says on stderr what was taken.
void take_weights(const Options&, const Averaged<Cpu>& weights);

/// Writes an encoder's weights as PyTorch's state_dict has them: .npz, else .safetensors.
void write_weights(const std::string& file, const Fixed<Cpu>& weights, const std::string& prefix);

}  // namespace selfsame::program
