/// @file
/// Every number of the demo. `selfsame pretrain` starts from the same recipe.
#pragma once
#include <selfsame/eval/knn.hpp>
#include <selfsame/eval/linear_probe.hpp>
#include <selfsame/method/simclr.hpp>
#include <selfsame/method/supervised.hpp>
#include <selfsame/train/recipe.hpp>

#include <array>

namespace selfsame::program {

/// A training with labels only: of how many labels a class (0: all), and how long.
struct LabelsOnly {
  Index labels;
  Index steps;
  Count batch;
};

/// What the demo does: it trains, then compares representations in columns of labels a class.
struct Demo {
  Recipe<SimCLR> simclr;
  Recipe<Supervised<>> supervised;  ///< steps and batch come from `labels_only`
  std::array<LabelsOnly, 3> labels_only;
  Index draws;            ///< of the labels, seeds 1, 2, ...; each is evaluated
  Index standardisation;  ///< training images that, without labels, standardise a representation
  Index evaluation;       ///< training images that are "all labels" for k-NN and probe
  Knn knn;
  LinearProbe probe;
  Index log_every;         ///< steps
  Index curve_points;      ///< of the probe curve
  Index curve_references;  ///< training images that vote in it
  Index curve_queries;     ///< further training images that are classified
  Index sheet_views;       ///< of each image on the sheet
};

/// Three stages of one block, 32-64-128 wide, on 14 x 14 positions: what 2 cores train in minutes.
inline constexpr ResNet demo_encoder{
    .depth = 8, .width = 2, .stem = Stem::small_strided, .last_scale = ScaleStart::one, .grid = 2};

/// Grey images of 28 x 28: no colour to jitter, so brightness and contrast are stronger.
inline constexpr Recipe<SimCLR> demo_simclr{
    .method =
        {.augmenter = {.crop = {.area = {0.15, 1},
                                .size = 20,
                                .interpolation = Interpolation::bilinear},
                       .jitter = {.brightness = 0.6, .contrast = 0.6, .saturation = 0, .hue = 0},
                       .greyscale = {.probability = 0}},
         .encoder = demo_encoder,
         .head = {.hidden = 128, .outputs = 64, .normalised = Normalised::hidden},
         .loss = {.temperature = 0.1}},
    .optimizer = {.rate = Schedule<NonNegative>(cosine(2e-3)).after_warmup(50), .decay = 1e-4},
    .batch = 256,
    .epochs = 10,
    .steps = 900};

inline constexpr Demo demo_recipe{
    .simclr = demo_simclr,
    .supervised = {.method = {.augmenter = {.crop = {.padding = 2}}, .encoder = demo_encoder},
                   .optimizer = {.rate = cosine(2e-3)}},
    .labels_only = {{{.labels = 0, .steps = 400, .batch = 128},
                     {.labels = 100, .steps = 200, .batch = 100},
                     {.labels = 10, .steps = 150, .batch = 50}}},
    .draws = 3,
    .standardisation = 5000,
    .evaluation = 60000,
    .knn = {.k = 10, .temperature = 0.07},
    .probe = {},
    .log_every = 5,
    .curve_points = 10,
    .curve_references = 2000,
    .curve_queries = 1000,
    .sheet_views = 8};

/// `selfsame pretrain` on grey images: the demo's recipe, by epochs.
inline constexpr Recipe<SimCLR> grey_recipe = [] {
  Recipe<SimCLR> r = demo_simclr;
  r.steps = 0;
  return r;
}();

/// `selfsame pretrain` on colour images of 32 x 32: the paper's for CIFAR-10, with AdamW.
inline constexpr Recipe<SimCLR> colour_recipe{
    .method = simclr_cifar10, .optimizer = {.rate = cosine(1e-3)}, .batch = 256, .epochs = 100};

}  // namespace selfsame::program
