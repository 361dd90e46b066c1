/// @file
/// Every number of the demo.
#pragma once
#include "embeddings.hpp"
#include "usual_recipe.hpp"

#include <selfsame/method/supervised.hpp>

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

/// The program's usual recipe on grey images, by steps.
inline constexpr Recipe<SimCLR> demo_simclr = [] {
  Recipe<SimCLR> r = grey_recipe;
  r.steps = 900;
  return r;
}();

inline constexpr Demo demo_recipe{
    .simclr = demo_simclr,
    .supervised = {.method = {.augmenter = {.crop = {.padding = 2}}, .encoder = small_encoder},
                   .optimizer = {.learning_rate = cosine(2e-3)}},
    .labels_only = {{{.labels = 0, .steps = 400, .batch = 128},
                     {.labels = 100, .steps = 200, .batch = 100},
                     {.labels = 10, .steps = 150, .batch = 50}}},
    .draws = 3,
    .standardisation = 5000,
    .evaluation = 60000,
    .knn = usual_knn,
    .probe = {},
    .log_every = 5,
    .curve_points = 10,
    .curve_references = 2000,
    .curve_queries = 1000,
    .sheet_views = 8};

}  // namespace selfsame::program
