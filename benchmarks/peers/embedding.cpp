// Representations of images by an encoder in evaluation mode.
#include <selfsame/train/learner.hpp>

#include "row.hpp"
#include "training_nets.hpp"

namespace selfsame::bench {
namespace {

void embed(Row& row, const SimCLR& method) {
  const In<Cpu> pixels = row.rows("images");
  const Index side = row.count("side");
  const Shape image{1, side, side, pixels.cols / (side * side)};
  Learner learner(Recipe<SimCLR>{.method = method, .batch = pixels.rows, .steps = 1},
                  Setup{.image = image, .samples = pixels.rows}, row.device);
  const Trained<Cpu>& net = learner.state().online;
  const auto weights = row.vector("weights"), statistics = row.vector("statistics");
  in_torch_order(net.parameters.under("encoder"), [&](float& x, Index at) { x = weights[at]; });
  in_torch_order(net.buffers.under("encoder"), [&](float& x, Index at) { x = statistics[at]; });

  auto product = learner.trained_encoder();
  const Images<Cpu> images{pixels.data, image.with_images(pixels.rows), {}, {}};
  const Shape out = product.output(images.shape);
  const Out<Cpu> rows = row.result("rows", out.rows(), out.channels);
  const Pass<Cpu> pass = learner.pass();
  row.measure([&] {
    product.embed(pass, images, rows);
    return 0.0;
  });
}

const bool added[] = {add_row("embed_demo", [](Row& row) { embed(row, demo); }),
                      add_row("embed_resnet18", [](Row& row) { embed(row, resnet18); })};

}  // namespace
}  // namespace selfsame::bench
