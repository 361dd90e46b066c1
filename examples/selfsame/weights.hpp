/// @file
/// Weights of files: what --init takes, and what export writes.
#pragma once
#include "options.hpp"

#include <selfsame/io/npz.hpp>
#include <selfsame/io/safetensors.hpp>
#include <selfsame/train/state_dict.hpp>

#include <cstdio>
#include <filesystem>

namespace selfsame::program {

inline bool is_npz(const std::filesystem::path& file) { return file.extension() == ".npz"; }

/// Gives a learner's encoder the weights of --init, and says on stderr what was taken.
template <class L>
void take_weights(const Options& o, L& learner) {
  const auto tensors = is_npz(o.init) ? read_npz(o.init) : read_safetensors(o.init);
  const StateDictReport report =
      take_state_dict<Cpu>(tensors, learner.state().online.buffers(), "encoder", o.prefix);
  std::fprintf(stderr, "%s: %s\n", o.init.c_str(), report.text().c_str());
}

}  // namespace selfsame::program
