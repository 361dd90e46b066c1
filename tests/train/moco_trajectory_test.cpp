// MoCo beside lightly's: the same weights, views and first queue.
#include <selfsame/method/moco.hpp>
#include <selfsame/optimizer/adamw.hpp>

#include "train/trajectory.hpp"

using namespace selfsame;
using namespace selfsame::testing;

namespace {

constexpr Index keys = 64, width = 16;

template <class D>
void check_run(double bound, double target_bound) {
  const Recipe<MoCo> recipe{
      .method = {.encoder = trajectory_encoder,
                 .head = {.hidden = 24, .outputs = width, .last_shift = Shift::learned},
                 .memory = {.capacity = keys},
                 .target = {.momentum = 0.9},
                 .loss = {.temperature = 0.2}},
      .optimizer = {.learning_rate = cosine(3e-3), .weight_decay = 0.01},
      .batch = trajectory_images,
      .steps = trajectory_steps};
  Learner learner(recipe,
                  Setup{.image = trajectory_image, .samples = trajectory_images * trajectory_steps},
                  D{});
  auto& state = learner.state();
  const Golden golden = Golden::read("train/moco.txt");
  const TrajectoryErrors errors = along_trajectory(learner, golden, bound, [&](auto&) {
    std::copy(state.online.parameters.all.begin(), state.online.parameters.all.end(),
              state.target.parameters.all.begin());
    for (Index r = 0; r < keys; ++r) {
      double square = 0;
      for (Index c = 0; c < width; ++c) square += std::pow(formula(900, r * width + c), 2);
      for (Index c = 0; c < width; ++c)
        state.memory.keys(r, c) =
            static_cast<Activation<D>>(formula(900, r * width + c) / std::sqrt(square));
    }
  });
  const double target = projection_errors(state.target.parameters, golden["target"].values, every);
  const double buffers =
      projection_errors(state.target.buffers, golden["target_buffers"].values, of_encoder);
  const std::vector<double> queue(state.memory.keys.data, state.memory.keys.data + keys * width);
  const double queued = projection_error(project(queue), golden["queue"].values.data());
  CAPTURE(errors.loss, errors.weights, errors.buffers, target, buffers, queued);
  CHECK(target < target_bound);
  CHECK(buffers < target_bound);
  CHECK(queued < target_bound);
  CHECK(state.memory.position[0] == trajectory_images * trajectory_steps % keys);
}

}  // namespace

TEST_CASE("MoCo: twenty steps follow lightly's loss, target and queue to 1e-4, in double to 1e-9",
          "[train]") {
  check_run<Cpu>(1e-4, 1e-4);
  check_run<BasicCpu<double>>(1e-9, 1e-9);
}
