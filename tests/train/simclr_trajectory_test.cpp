// One whole training run beside PyTorch's: the same weights, the same views, the same losses.
#include <selfsame/method/simclr.hpp>
#include <selfsame/optimizer/adamw.hpp>
#include <selfsame/optimizer/sgd.hpp>

#include "train/trajectory.hpp"

using namespace selfsame;
using namespace selfsame::testing;

namespace {

template <class D, class Optimizer>
TrajectoryErrors run(const Optimizer& optimizer, const std::string& file, double bound) {
  const Recipe<SimCLR, Optimizer> recipe{
      .method = {.encoder = trajectory_encoder,
                 .head = {.hidden = 24, .outputs = 16, .last_shift = Shift::learned},
                 .loss = {.temperature = 0.2}},
      .optimizer = optimizer,
      .batch = trajectory_images,
      .steps = trajectory_steps};
  Learner learner(recipe,
                  Setup{.image = trajectory_image, .samples = trajectory_images * trajectory_steps},
                  D{});
  return along_trajectory(learner, Golden::read(file), bound, [](auto&) {});
}

}  // namespace

TEST_CASE("SimCLR: twenty steps with AdamW follow PyTorch's loss to 1e-4", "[train]") {
  const AdamW optimizer{.learning_rate = cosine(3e-3), .weight_decay = 0.01};
  run<Cpu>(optimizer, "train/simclr_adamw.txt", 1e-4);
  const TrajectoryErrors exact = run<BasicCpu<double>>(optimizer, "train/simclr_adamw.txt", 1e-9);
  CAPTURE(exact.loss, exact.weights, exact.buffers);
  CHECK(exact.weights < 1e-9);
  CHECK(exact.buffers < 1e-9);
}

// In float the path forks where a rectifier's input is within rounding of zero: the error is 3e-6, or 7e-4 to 1e-3 after
// the fork, by instruction set and by the order of sums.
TEST_CASE("SimCLR: twenty steps with momentum follow PyTorch's loss to 1e-9 in double", "[train]") {
  const Sgd optimizer{.learning_rate = cosine(0.002), .momentum = 0.9, .weight_decay = 0.01};
  run<Cpu>(optimizer, "train/simclr_sgd.txt", 3e-3);
  const TrajectoryErrors exact = run<BasicCpu<double>>(optimizer, "train/simclr_sgd.txt", 1e-9);
  CAPTURE(exact.loss, exact.weights, exact.buffers);
  CHECK(exact.weights < 1e-9);
  CHECK(exact.buffers < 1e-9);
}
