#include "evaluated.hpp"

#include <selfsame/encoder/onnx.hpp>
#include <selfsame/train/checkpoint.hpp>

namespace selfsame::program {

Evaluated::Evaluated(const Run& run, int threads)
    : network_(chain(run.system->encoder())),
      normalise_(run.system->normalise()),
      setup_(run.setup),
      weights_(reserve_trained(store_, network_.template layout<Cpu>(setup_.image.with_images(1)),
                               setup_.seed)),
      device_{.threads = threads} {}

Progress Evaluated::load(const std::filesystem::path& checkpoint) {
  return load_network<Cpu>(checkpoint, weights_.without_gradient());
}

Embeddings Evaluated::embed(const Dataset& images) {
  const Pass<Cpu> pass{.device = &device_, .workspace = &workspace_, .seed = setup_.seed};
  return program::embed(TrainedNetwork<Cpu, ChainOf<ResNet>>(network_, weights_), pass, images,
                        normalise_);
}

void Evaluated::write_onnx(const std::string& file) const {
  selfsame::write_onnx(file, std::get<0>(network_.layers), setup_.image,
                       Fixed<Cpu>(weights()).under("encoder"));
}

}  // namespace selfsame::program
