/// @file
/// What every training starts from: SimCLR's recipe, on grey and on colour images.
#pragma once
#include "systems.hpp"

#include <selfsame/method/simclr.hpp>
#include <selfsame/train/recipe.hpp>

namespace selfsame::program {

/// Three stages of one block, 32-64-128 wide, on 14 x 14 positions: what 2 cores train in minutes.
inline constexpr ResNet small_encoder{
    .depth = 8, .width = 2, .stem = Stem::small_strided, .last_scale = ScaleStart::one, .grid = 2};

/// On grey images of 28 x 28: no colour to jitter, so brightness and contrast are stronger.
inline constexpr Recipe<SimCLR> grey_recipe{
    .method =
        {.augmenter = {.crop = {.area = {0.15, 1},
                                .size = 20,
                                .interpolation = Interpolation::bilinear},
                       .jitter = {.brightness = 0.6, .contrast = 0.6, .saturation = 0, .hue = 0},
                       .greyscale = {.probability = 0}},
         .encoder = small_encoder,
         .head = {.hidden = 128, .outputs = 64, .normalised = HeadNorm::hidden},
         .loss = {.temperature = 0.1}},
    .optimizer = {.learning_rate = Schedule<NonNegative>(cosine(2e-3)).after_warmup(50),
                  .weight_decay = 1e-4},
    .batch = 256,
    .epochs = 10};

/// On colour images of 32 x 32: the paper's for CIFAR-10, with AdamW.
inline constexpr Recipe<SimCLR> colour_recipe{.method = simclr_cifar10,
                                              .optimizer = {.learning_rate = cosine(1e-3)},
                                              .batch = 256,
                                              .epochs = 100};

constexpr const Recipe<SimCLR>& usual_simclr(ImageKind kind) {
  return kind == ImageKind::grey ? grey_recipe : colour_recipe;
}

/// The recipe of another method with SimCLR's encoder, optimizer, batch and epochs; with its views and head, too, where
/// the method has such.
template <class M>
Recipe<M> like_simclr(ImageKind kind) {
  const Recipe<SimCLR>& base = usual_simclr(kind);
  Recipe<M> r{.optimizer = base.optimizer, .batch = base.batch, .epochs = base.epochs};
  r.method.encoder = base.method.encoder;
  if constexpr (requires { r.method.head = base.method.head; }) r.method.head = base.method.head;
  if constexpr (requires { r.method.augmenter = base.method.augmenter; })
    r.method.augmenter = base.method.augmenter;
  return r;
}

}  // namespace selfsame::program
