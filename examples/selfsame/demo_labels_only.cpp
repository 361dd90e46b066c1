/// @file
/// The demo's row of labels only: the same encoder, trained with them.
#include "demo_stage.hpp"
#include "demo_table.hpp"
#include "progress.hpp"

#include <selfsame/data/labels_per_class.hpp>
#include <selfsame/data/loader.hpp>
#include <selfsame/train/learner.hpp>

namespace selfsame::program {

namespace {

// Trains the same encoder with labels only, judges its representation by the same labels, and its own
// classifier. Returns the latter's accuracy.
double train_labels_only(Stage& stage, const LabelsOnly& budget, std::size_t column,
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
  const Embeddings logits = embed(recipe.method.trained_classifier(learner.state()), learner.pass(),
                                  test, recipe.method.augmenter.normalise);
  std::vector<Index> predicted;
  for (Index i = 0; i < test.size(); ++i) {
    const float* row_of = logits.rows.in().row(i);
    predicted.push_back(std::max_element(row_of, row_of + logits.rows.cols) - row_of);
  }
  return accuracy(stage.device, view<Cpu>(predicted), view<Cpu>(test.labels())).value();
}

}  // namespace

Row labels_only_row(Stage& stage) {
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
