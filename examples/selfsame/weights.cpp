#include "weights.hpp"

#include <selfsame/io/npz.hpp>
#include <selfsame/io/safetensors.hpp>
#include <selfsame/train/state_dict.hpp>

#include <cstdio>
#include <filesystem>

namespace selfsame::program {

namespace {
bool is_npz(const std::filesystem::path& file) { return file.extension() == ".npz"; }
}  // namespace

void take_weights(const Options& o, const Averaged<Cpu>& weights) {
  const auto tensors = is_npz(o.init) ? read_npz(o.init) : read_safetensors(o.init);
  const StateDictReport report = take_state_dict<Cpu>(tensors, weights, "encoder", o.prefix);
  std::fprintf(stderr, "%s: %s\n", o.init.c_str(), report.text().c_str());
}

void write_weights(const std::string& file, const Fixed<Cpu>& weights, const std::string& prefix) {
  const auto tensors = state_dict<Cpu>(weights, "encoder", prefix);
  is_npz(file) ? write_npz(file, tensors) : write_safetensors(file, tensors);
}

}  // namespace selfsame::program
