/// @file
/// The methods of `selfsame pretrain --method`, and what each starts from: the same encoder, views, head, optimizer, batch
/// and epochs; with labels, a classifier and views of its own.
#pragma once
#include "demo_recipe.hpp"

#include <selfsame/method/byol.hpp>
#include <selfsame/method/moco.hpp>
#include <selfsame/method/swav.hpp>

#include <array>
#include <concepts>
#include <string_view>

namespace selfsame::program {

/// BYOL with one distribution of views, as the others have.
using TwinBYOL = Predictive<EMA, Predictor>;

inline constexpr std::array<std::string_view, 5> method_names{"simclr", "moco", "byol", "swav",
                                                              "supervised"};

/// The recipe of a method on grey or on colour images. What is not SimCLR's: numbers for small images and short trainings.
template <class M>
Recipe<M> usual_recipe(bool grey) {
  const Recipe<SimCLR>& base = grey ? grey_recipe : colour_recipe;
  if constexpr (std::same_as<M, SimCLR>) {
    return base;
  } else {
    Recipe<M> r{.optimizer = base.optimizer, .batch = base.batch, .epochs = base.epochs};
    r.method.encoder = base.method.encoder;
    if constexpr (!std::same_as<M, Supervised<>>) r.method.head = base.method.head;
    if constexpr (std::same_as<M, Supervised<>>) {
      r.method.augmenter = {.crop = {.padding = grey ? 2 : 4},
                            .normalise = base.method.augmenter.normalise};
    } else if constexpr (std::same_as<M, SwAV>) {
      r.method.augmenter = {
          .smalls = 4, .large = base.method.augmenter, .small = base.method.augmenter};
      r.method.augmenter.small.crop.area = {0.05, 0.3};
      r.method.augmenter.small.crop.size = grey ? 12 : 16;
      r.method.prototypes = {.count = 100, .frozen_steps = 100};
    } else {
      r.method.augmenter = base.method.augmenter;
      r.method.target.momentum = 0.99;
    }
    if constexpr (std::same_as<M, MoCo>) {
      r.method.memory.capacity = 4096;
      r.method.loss.temperature = base.method.loss.temperature;
      r.group = 64;
    }
    if constexpr (std::same_as<M, TwinBYOL>) {
      r.method.predictor = {.hidden = r.method.head.hidden};
      r.method.target.momentum = cosine(0.99, 1);
    }
    return r;
  }
}

/// What a whole image is normalised by, for an evaluation.
template <class Views>
const Normalise& normalise_of(const Views& views) {
  return views.normalise;
}
inline const Normalise& normalise_of(const MultiCrop& crops) { return crops.large.normalise; }
template <class Views>
void set_normalise(Views& views, const Normalise& n) {
  views.normalise = n;
}
inline void set_normalise(MultiCrop& crops, const Normalise& n) {
  crops.large.normalise = crops.small.normalise = n;
}

}  // namespace selfsame::program
