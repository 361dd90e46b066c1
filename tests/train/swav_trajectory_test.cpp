// SwAV beside lightly's loss: the same weights and views of two sizes, a queue, frozen prototypes.
#include <selfsame/method/clustering.hpp>
#include <selfsame/optimizer/adamw.hpp>

#include "train/trajectory.hpp"

using namespace selfsame;
using namespace selfsame::testing;

namespace {

using SwAV = Clustering<Sinkhorn, Prototypes, MultiCrop, Queue>;
constexpr Index keys = 64, width = 16;

template <class D>
void check_run(double bound, double queue_bound) {
  const Recipe<SwAV> recipe{
      .method = {.augmenter = {.smalls = 2,
                               .small = {.crop = {.size = trajectory_image.height / 2}}},
                 .encoder = trajectory_encoder,
                 .head = {.hidden = 24, .outputs = width, .normalised = HeadNorm::hidden},
                 .prototypes = {.count = 10, .frozen_steps = 2},
                 .memory = {.capacity = keys}},
      .optimizer = {.learning_rate = cosine(3e-4), .weight_decay = 0.01},
      .batch = trajectory_images,
      .steps = trajectory_steps};
  Learner learner(recipe,
                  Setup{.image = trajectory_image, .samples = trajectory_images * trajectory_steps},
                  D{});
  const Golden golden = Golden::read("train/swav.txt");
  const TrajectoryErrors errors = along_trajectory(
      learner, golden, bound,
      [&](auto& state) {
        const auto w = state.online.parameters.under("prototypes")[0];
        const Workspace::Scope scope(learner.workspace());
        recipe.method.prototypes.normalise_rows(learner.pass(),
                                                MatrixView<Real<D>, D>(w.data, 10, width));
      },
      true);
  double queued = 0;
  for (std::size_t v = 0; v < 2; ++v) {
    const auto& memory = learner.state().memory[v];
    const std::vector<double> rows(memory.keys.data, memory.keys.data + keys * width);
    queued = std::max(
        queued, projection_error(project(rows), golden["queue"].values.data() + v * projections));
    CHECK(memory.position[0] == trajectory_images * trajectory_steps % keys);
  }
  CAPTURE(errors.loss, errors.weights, errors.buffers, queued);
  CHECK(queued < queue_bound);
  CHECK(errors.weights < queue_bound);
}

}  // namespace

TEST_CASE("SwAV: twenty steps follow lightly's loss, prototypes and queue", "[train]") {
  check_run<BasicCpu<double>>(1e-9, 1e-9);
  check_run<Cpu>(1e-4, 1e-4);
}
