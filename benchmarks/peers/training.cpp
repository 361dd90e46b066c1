// One training step: forward, loss, backward, AdamW.
#include <selfsame/optimizer/adamw.hpp>
#include <selfsame/train/learner.hpp>

#include "row.hpp"
#include "training_nets.hpp"

namespace selfsame::bench {
namespace {

// The first result is the loss and gradient from the weights that were given; steps go on from there.
void step(Row& row, const SimCLR& method) {
  const In<Cpu> pixels = row.rows("views");
  const Index images = pixels.rows / 2, side = row.count("side");
  const Shape image{1, side, side, pixels.cols / (side * side)};
  const Recipe<SimCLR> recipe{.method = method,
                              .optimizer = {.learning_rate = 1e-3, .weight_decay = 1e-2},
                              .batch = images,
                              .steps = 1 << 30};
  Learner learner(recipe, Setup{.image = image, .samples = images}, row.device);
  const Trained<Cpu>& net = learner.state().online;
  const auto weights = row.vector("weights");
  in_torch_order(net.parameters, [&](float& x, Index at) { x = weights[at]; });

  std::vector<Draw> draws;
  std::vector<Key> keys;
  for (std::uint32_t v = 0; v < 2; ++v)
    for (Index i = 0; i < images; ++i) keys.push_back({{i, 0}, v, 0});
  for (Index i = 0; i < images; ++i) draws.push_back({i, 0});
  Batch<Cpu> batch;
  batch.parts.resize(1);
  batch.parts[0].draws = view<Cpu>(std::as_const(draws));
  for (Index v = 0; v < 2; ++v)
    batch.parts[0].views.push_back({pixels.row(v * images),
                                    image.with_images(images),
                                    {keys.data() + v * images, images},
                                    {}});

  const auto gradient = row.result("gradient", weights.size);
  bool is_first = true;
  row.measure([&] {
    if (!std::exchange(is_first, false)) return static_cast<double>(learner.step(batch).value);
    Report<Cpu> report;
    recipe.method.compute_gradients(learner.pass(), learner.state(), batch, report);
    in_torch_order(net.gradient, [&](float& x, Index at) {
      gradient[at] = x;
      x = 0;
    });
    learner.step(batch);
    return static_cast<double>(report.value);
  });
}

const bool added = add_row("train_resnet18_32", [](Row& row) { step(row, resnet18); }) &&
                   add_row("train_resnet18_256", [](Row& row) { step(row, resnet18); }) &&
                   add_row("train_demo_256", [](Row& row) { step(row, demo); });

}  // namespace
}  // namespace selfsame::bench
