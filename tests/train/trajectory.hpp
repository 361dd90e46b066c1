// Whole training runs beside PyTorch's (tests/golden/make_trajectories.py): the same weights, the same views.
#pragma once
#include <selfsame/train/learner.hpp>

#include "support/catch.hpp"
#include "support/golden_network.hpp"

namespace selfsame::testing {

inline constexpr Index trajectory_steps = 20, trajectory_images = 16;
inline constexpr Shape trajectory_image{1, 12, 12, 3};
inline constexpr ResNet trajectory_encoder{.depth = 8,
                                           .width = 0.5,
                                           .stem = Stem::small,
                                           .running_variance = BatchNorm::Variance::unbiased};

/// The views of make_trajectories.py; `small` ones, every other pixel of the others, follow if asked for.
template <class D>
class GoldenViews {
 public:
  explicit GoldenViews(bool small = false) : small_(small) {}
  const Batch<D>& at(Index step) {
    const Index size = trajectory_image.size();
    pixels_.clear(), keys_.clear(), draws_.clear();
    for (Index v = 0; v < 2; ++v)
      for (Index i = 0; i < trajectory_images; ++i) {
        const auto sample = static_cast<double>(i + trajectory_images * step);
        const Draw draw{i + trajectory_images * step, 0};
        if (v == 0) draws_.push_back(draw);
        keys_.push_back({draw, static_cast<std::uint32_t>(v), 0});
        for (Index k = 0; k < size; ++k) {
          const double texture =
              std::sin(0.05 * static_cast<double>(k) * (1 + std::fmod(sample, 7)) + sample);
          const double noise = formula(300 + step, (v * trajectory_images + i) * size + k);
          pixels_.push_back(
              static_cast<Activation<D>>(static_cast<float>(0.5 + 0.3 * texture + 0.2 * noise)));
        }
      }
    batch_.parts.resize(1);
    Part<D>& part = batch_.parts[0];
    part.draws = view<D>(std::as_const(draws_));
    part.views.clear();
    for (Index v = 0; v < 2; ++v)
      part.views.push_back({pixels_.data() + v * trajectory_images * size,
                            trajectory_image.with_images(trajectory_images),
                            {keys_.data() + v * trajectory_images, trajectory_images},
                            {}});
    if (small_) add_small(part);
    return batch_;
  }

 private:
  void add_small(Part<D>& part) {
    const Shape whole = trajectory_image, small{1, whole.height / 2, whole.width / 2, 3};
    small_pixels_.clear();
    for (Index i = 0; i < 2 * trajectory_images; ++i)
      for (Index y = 0; y < small.height; ++y)
        for (Index x = 0; x < small.width; ++x)
          for (Index c = 0; c < 3; ++c)
            small_pixels_.push_back(pixels_[static_cast<std::size_t>(
                ((i * whole.height + 2 * y) * whole.width + 2 * x) * 3 + c)]);
    for (std::size_t v = 0; v < 2; ++v)
      part.views.push_back(
          {small_pixels_.data() + static_cast<Index>(v) * trajectory_images * small.size(),
           small.with_images(trajectory_images),
           part.views[v].keys,
           {}});
  }

  bool small_;
  std::vector<Activation<D>> small_pixels_;
  std::vector<Activation<D>> pixels_;
  std::vector<Key> keys_;
  std::vector<Draw> draws_;
  Batch<D> batch_;
};

/// The largest error of projections of weights, in PyTorch's order, where `counted` says so.
template <class T, class D>
double projection_errors(const Slice<T, D>& slice, const std::vector<double>& golden,
                         bool (*counted)(const Segment&)) {
  double worst = 0;
  for (Index k = 0; k < slice.count(); ++k) {
    const Segment& s = slice.segments[static_cast<std::size_t>(k)];
    if (!counted(s)) continue;
    std::vector<double> in_order(static_cast<std::size_t>(s.size()));
    for (Index i = 0; i < s.size(); ++i)
      in_order[static_cast<std::size_t>(torch_position(s, i))] = static_cast<double>(slice[k][i]);
    worst = std::max(worst, projection_error(project(in_order),
                                             &golden[static_cast<std::size_t>(k) * projections]));
  }
  return worst;
}
inline bool every(const Segment&) { return true; }
/// Norms of heads keep the biased variance, PyTorch's the other.
inline bool of_encoder(const Segment& s) { return s.name.starts_with("encoder"); }

struct TrajectoryErrors {
  double loss = 0, weights = 0, buffers = 0;
};

/// Twenty steps from the golden weights; `prepare(state)` sets what else the run begins with.
template <class D, class M, class Optimizer, class Prepare>
TrajectoryErrors along_trajectory(Learner<M, Optimizer, D>& learner, const Golden& golden,
                                  double bound, Prepare&& prepare, bool small_views = false) {
  const Trained<D>& w = learner.state().online;
  fill_by_formula<D>(w.parameters);
  prepare(learner.state());
  GoldenViews<D> views(small_views);
  TrajectoryErrors errors;
  const std::vector<double>& losses = golden["losses"].values;
  REQUIRE(losses.size() == trajectory_steps);
  learner.fit(views, [&](const Progress& progress, const Report<D>& report) {
    CAPTURE(progress.step, report.value);
    const double error = std::abs(static_cast<double>(report.value) -
                                  losses[static_cast<std::size_t>(progress.step)]);
    CHECK(error < bound);
    errors.loss = std::max(errors.loss, error);
  });
  CHECK(learner.progress().step == trajectory_steps);
  errors.weights = projection_errors(w.parameters, golden["weights"].values, every);
  errors.buffers = projection_errors(w.buffers, golden["buffers"].values, of_encoder);
  return errors;
}

}  // namespace selfsame::testing
