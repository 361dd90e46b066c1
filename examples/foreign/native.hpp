// The same training by the library's own networks and learner: what the foreign ones are compared with.
#pragma once
#include <selfsame/method/clustering.hpp>
#include <selfsame/method/contrastive.hpp>
#include <selfsame/nn/linear.hpp>
#include <selfsame/nn/relu.hpp>
#include <selfsame/nn/sequential.hpp>
#include <selfsame/optimizer/sgd.hpp>
#include <selfsame/train/learner.hpp>
#include <selfsame/train/standalone.hpp>

#include <cmath>
#include <cstdio>
#include <span>
#include <vector>

namespace foreign {

using selfsame::Cpu;
using selfsame::Index;

inline constexpr Index inputs = 20, hidden = 12, width = 8, images = 32, steps = 20;
inline constexpr float rate = 0.05F;

// One layer and a rectifier, and another layer.
struct Trunk {
  using plays = selfsame::role::Encoder;
  auto layer() const {
    return sequential(selfsame::Linear{.outputs = hidden, .bias = selfsame::Bias::no},
                      selfsame::ReLU{});
  }
};
struct Top {
  using plays = selfsame::role::Head;
  auto layer() const { return selfsame::Linear{.outputs = width, .bias = selfsame::Bias::no}; }
};
using MoCo = selfsame::Contrastive<Trunk, Top, selfsame::Queue, selfsame::EMA>;
using SwAV = selfsame::Clustering<Trunk, Top, selfsame::Prototypes, selfsame::Queue>;
// Views are made by the formula below; of these nobody asks, but that twenty channels have no hue.
inline const selfsame::TwoViews no_colour{.jitter = {.saturation = 0, .hue = 0},
                                          .greyscale = {.probability = 0}};
inline const MoCo moco{
    .augmenter = no_colour, .memory = {.capacity = 100}, .target = {.momentum = 0.9}};
inline const SwAV swav{
    .augmenter = no_colour, .prototypes = {.count = 10}, .memory = {.capacity = 64}};
inline constexpr selfsame::Course course{.width = width, .steps = steps, .seed = 1};

// Both views of a step's images, view after view, (2 images, inputs).
inline std::vector<float> views(Index step) {
  std::vector<float> x;
  for (Index v = 0; v < 2; ++v)
    for (Index i = 0; i < images; ++i)
      for (Index k = 0; k < inputs; ++k)
        x.push_back(static_cast<float>(
            std::sin(static_cast<double>((i + images * step) % 50 + 1) *
                     (0.3 + 0.1 * static_cast<double>(k))) +
            0.3 * std::cos(1.7 * static_cast<double>(k) + 2.3 * static_cast<double>(v + step))));
  return x;
}

struct Native {
  std::vector<std::vector<float>>
      weights;  // before the first step: (hidden, inputs), (width, hidden), ...
  std::vector<float> losses;
};

template <class Method>
Native train_natively(const Method& method) {
  using namespace selfsame;
  const Recipe<Method, Sgd> recipe{
      .method = method,
      .optimizer = {.learning_rate = double{rate}, .momentum = 0, .weight_decay = 0},
      .batch = images,
      .steps = steps};
  Learner learner(recipe, Setup{.image = {1, 1, 1, inputs}, .samples = images * steps, .seed = 1});
  const auto parameters = learner.state().online.parameters;
  Native native;
  for (Index k = 0; k < parameters.count(); ++k)
    native.weights.emplace_back(parameters[k].begin(), parameters[k].end());
  std::vector<Key> keys(2 * images);
  std::vector<Draw> draws(images);
  for (Index step = 0; step < steps; ++step) {
    std::vector<float> x = views(step);
    Batch<Cpu> batch;
    batch.parts.resize(1);
    batch.parts[0].draws = view<Cpu>(std::as_const(draws));
    for (Index v = 0; v < 2; ++v)
      batch.parts[0].views.push_back({x.data() + v * images * inputs,
                                      {images, 1, 1, inputs},
                                      {keys.data() + v * images, images},
                                      {}});
    native.losses.push_back(learner.step(batch).value);
  }
  return native;
}

inline bool follows(const char* name, const std::vector<float>& losses, const Native& native) {
  float worst = 0;
  for (std::size_t i = 0; i < losses.size(); ++i)
    worst = std::max(worst, std::abs(losses[i] - native.losses[i]));
  const bool right = losses.size() == native.losses.size() && worst < 1e-4F;
  std::printf("%s: loss %.4f to %.4f, from ours by at most %.1e: %s\n", name,
              static_cast<double>(losses.front()), static_cast<double>(losses.back()),
              static_cast<double>(worst), right ? "right" : "WRONG");
  return right;
}

}  // namespace foreign
