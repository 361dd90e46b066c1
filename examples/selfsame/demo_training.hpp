/// @file
/// The demo's trainings: SimCLR with its curves here, the same encoder with labels only in demo_labels_only.cpp.
#pragma once
#include "demo_stage.hpp"
#include "demo_table.hpp"
#include "progress.hpp"
#include "run.hpp"

#include <selfsame/data/loader.hpp>
#include <selfsame/train/learner.hpp>

namespace selfsame::program {

/// Accuracy by k-NN among a few training images, during training. No test image is looked at.
class ProbeCurve {
 public:
  explicit ProbeCurve(Stage& stage) : stage_(stage), file_(stage.out / "probe.csv", false) {
    std::vector<Index> queries;
    const Index references =
        std::min(demo_recipe.curve_references, stage.images.train.size() * 3 / 4);
    for (Index i = references;
         i < std::min(references + demo_recipe.curve_queries, stage.images.train.size()); ++i)
      queries.push_back(i);
    references_ = stage.images.train.first(references);
    queries_ = stage.images.train.subset(queries);
    file_.line("step,knn_accuracy");
  }
  template <class L>
  void add(L& learner, Index step) {
    const auto [train, test] = represent(learner, references_, queries_, references_);
    char line[64];
    std::snprintf(line, sizeof line, "%td,%.4f", step,
                  knn_accuracy(stage_.device, train, test, demo_recipe.knn).value());
    file_.line(line);
  }

 private:
  Stage& stage_;
  LineFile file_;
  Dataset references_, queries_;
};

/// Trains SimCLR, and writes loss.csv, probe.csv and a checkpoint. Returns images a second.
template <class L>
double train_simclr(Stage& stage, L& learner) {
  const Recipe<SimCLR>& recipe = learner.recipe();
  Loader<TwoViews, Shuffled> loader(learner.plan(), {stage.images.train}, recipe.method.augmenter,
                                    recipe.method.sampler,
                                    {.batch = recipe.batch, .seed = demo_seed});
  LineFile losses(stage.out / "loss.csv", false);
  losses.line("step,epoch,loss,rate,images_per_second,seconds");
  ProbeCurve curve(stage);
  curve.add(learner, 0);
  double probing = 0;
  ProgressBar bar("SimCLR", recipe.batch);
  const Index steps = learner.progress().steps,
              each = std::max<Index>(1, steps / demo_recipe.curve_points);
  learner.fit(loader, [&](const Progress& at, const Report<Cpu>& report) {
    const Index step = at.step + 1;
    const double seconds = bar.seconds() - probing;
    bar.update(at, static_cast<double>(report.value));
    if (step % demo_recipe.log_every == 0 || step == 1 || step == steps) {
      char line[200];
      std::snprintf(line, sizeof line, "%td,%td,%.6g,%.6g,%.1f,%.2f", step, at.epoch,
                    static_cast<double>(report.value), recipe.optimizer.learning_rate.at(at),
                    static_cast<double>(step * recipe.batch) / seconds, seconds);
      losses.line(line);
    }
    if ((step % each == 0 && steps - step >= each / 2) || step == steps) {
      const double before = bar.seconds();
      curve.add(learner, step);
      probing += bar.seconds() - before;
    }
    return caught_signal != 0 ? Flow::stop : Flow::go_on;
  });
  const double seconds = bar.seconds() - probing;
  bar.pause();
  stop_if_asked();
  learner.save(checkpoint_file(stage.out));
  const double rate = static_cast<double>(steps * recipe.batch) / seconds;
  stage.say(
      "SimCLR: %td steps of %td images, %.1f s (and %.1f s for the probe curve): %.0f images/s, "
      "%.0f views/s",
      steps, Index{recipe.batch}, seconds, probing, rate, 2 * rate);
  return rate;
}

/// The row of the table that is trained with labels only: each column is learned from its own labels alone.
Row labels_only_row(Stage&);

}  // namespace selfsame::program
