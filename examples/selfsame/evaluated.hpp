/// @file
/// An encoder with its weights, whatever system trained it: what is evaluated.
#pragma once
#include "embeddings.hpp"
#include "run.hpp"

#include <selfsame/nn/trained_network.hpp>

namespace selfsame::program {

class Evaluated {
 public:
  /// With weights as they are drawn.
  Evaluated(const Run&, int threads);

  /// Takes a checkpoint's weights, and returns where its training stood.
  Progress load(const std::filesystem::path& checkpoint);
  Averaged<Cpu> weights() const { return weights_.without_gradient(); }

  /// Representations of images, in evaluation mode.
  Embeddings embed(const Dataset& images);
  void write_onnx(const std::string& file) const;

 private:
  ChainOf<ResNet> network_;
  NormalisePixels normalise_;
  Setup setup_;
  Store<Cpu> store_;
  Trained<Cpu> weights_;
  Cpu device_;
  Workspace workspace_;
};

}  // namespace selfsame::program
