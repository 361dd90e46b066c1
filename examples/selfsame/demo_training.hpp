/// @file
/// The demo's trainings: SimCLR with its curves, and the same encoder with labels only.
#pragma once
#include "demo_stage.hpp"
#include "demo_table.hpp"
#include "progress.hpp"
#include "run.hpp"

#include <selfsame/data/labels_per_class.hpp>
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
                    static_cast<double>(report.value), recipe.optimizer.rate.at(at),
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

/// Trains the same encoder with labels only, judges its representation by the same labels, and its own
/// classifier. Returns the latter's accuracy.
inline double train_labels_only(Stage& stage, const LabelsOnly& budget, std::size_t column,
                                std::uint64_t draw, Row& row) {
  const Dataset all = stage.images.train;
  const Dataset train = budget.labels > 0 ? labels_per_class(all, budget.labels, draw) : all;
  Recipe<Supervised<>> recipe = demo_recipe.supervised;
  recipe.steps = budget.steps;
  recipe.batch = budget.batch;
  Learner learner(recipe, stage.setup(train), stage.device);
  Loader<OneView, Shuffled> loader(learner.plan(), {train}, recipe.method.augmenter,
                                   recipe.method.sampler,
                                   {.batch = recipe.batch, .seed = demo_seed});
  ProgressBar bar("labels only", recipe.batch);
  learner.fit(loader, [&](const Progress& at, const Report<Cpu>& report) {
    bar.update(at, static_cast<double>(report.value));
    return caught_signal != 0 ? Flow::stop : Flow::go_on;
  });
  bar.pause();
  stop_if_asked();
  const Dataset& test = stage.images.test;
  const auto [labelled, tested] =
      represent(learner, budget.labels > 0 ? train : stage.labelled, test, stage.unlabelled);
  row.judge(stage.device, labelled, tested, column);
  const Embeddings logits = embed(recipe.method.classifier(learner.state()), learner.pass(), test,
                                  recipe.method.augmenter.normalise);
  std::vector<Index> predicted;
  for (Index i = 0; i < test.size(); ++i) {
    const float* row_of = logits.rows.in().row(i);
    predicted.push_back(std::max_element(row_of, row_of + logits.rows.cols) - row_of);
  }
  return accuracy(stage.device, view<Cpu>(predicted), view<Cpu>(test.labels())).value();
}

/// The row of the table: each column is learned from its own labels alone.
inline Row labels_only_row(Stage& stage) {
  Row row{.name = "labels only"};
  for (std::size_t l = 0; l < label_counts.size(); ++l) {
    const LabelsOnly& budget = demo_recipe.labels_only[l];
    const Index draws = budget.labels > 0 ? demo_recipe.draws : 1;
    const Stopwatch watch;
    std::vector<double> own;
    for (Index d = 1; d <= draws; ++d)
      own.push_back(train_labels_only(stage, budget, l, static_cast<std::uint64_t>(d), row));
    const std::string labels =
        budget.labels > 0 ? std::to_string(budget.labels) + " a class" : "all";
    stage.say(
        "labels only, %s: %td x %td steps of %td images, %.1f s with evaluation; its own "
        "classifier %.3f +- %.3f",
        labels.c_str(), draws, budget.steps, Index{budget.batch}, watch.seconds(), spread(own).mean,
        spread(own).deviation);
  }
  return row;
}

}  // namespace selfsame::program
