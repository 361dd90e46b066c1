/// @file
/// Weights of files: what --init takes, and what export writes.
#pragma once
#include "run.hpp"

#include <selfsame/io/npz.hpp>
#include <selfsame/io/safetensors.hpp>
#include <selfsame/nn/product.hpp>
#include <selfsame/train/checkpoint.hpp>
#include <selfsame/train/state_dict.hpp>

#include <cstdio>
#include <filesystem>

namespace selfsame::program {

inline bool is_npz(const std::filesystem::path& file) { return file.extension() == ".npz"; }

/// Gives an encoder the weights of --init, and says on stderr what was taken.
inline void take_weights(const Options& o, const Following<Cpu>& weights) {
  const auto tensors = is_npz(o.init) ? read_npz(o.init) : read_safetensors(o.init);
  const StateDictReport report = take_state_dict<Cpu>(tensors, weights, "encoder", o.prefix);
  std::fprintf(stderr, "%s: %s\n", o.init.c_str(), report.text().c_str());
}

/// An encoder with its weights, whatever method trained it: what is evaluated.
class Evaluated {
 public:
  /// With weights as they are drawn.
  Evaluated(const AnyRun& run, int threads)
      : network_(std::visit([](const auto& r) { return chain(r.recipe.method.encoder); }, run)),
        normalise_(
            std::visit([](const auto& r) { return normalise_of(r.recipe.method.augmenter); }, run)),
        setup_(setup_of(run)),
        weights_(reserve_trained(store_, network_.template layout<Cpu>(setup_.image.with_images(1)),
                                 setup_.seed)),
        device_{.threads = threads} {}

  /// Returns where the training stood.
  Progress load(const std::filesystem::path& checkpoint) {
    return load_network<Cpu>(checkpoint, weights_.buffers());
  }
  Following<Cpu> weights() const { return weights_.buffers(); }
  auto product() const { return Product<Cpu, ChainOf<ResNet>>(network_, weights_); }
  const Normalise& normalise() const { return normalise_; }
  Pass<Cpu> pass() { return {.device = &device_, .workspace = &workspace_, .seed = setup_.seed}; }

 private:
  ChainOf<ResNet> network_;
  Normalise normalise_;
  Setup setup_;
  Store<Cpu> store_;
  Trained<Cpu> weights_;
  Cpu device_;
  Workspace workspace_;
};

}  // namespace selfsame::program
