/// @file
/// selfsame demo: SimCLR on Fashion-MNIST against what it has to beat.
#include "demo_table.hpp"
#include "images.hpp"
#include "interrupt.hpp"
#include "log.hpp"
#include "progress.hpp"
#include "run.hpp"
#include "sheet.hpp"

#include <selfsame/eval/pca.hpp>
#include <selfsame/train/learner.hpp>

namespace selfsame::program {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t seed = 0;  // of weights, order and views

/// What all parts of the demo share.
struct Stage {
  Split images;
  Dataset labelled;  ///< the training images whose labels are "all" for k-NN and probe
  Dataset unlabelled;  ///< training images whose pixels standardise representations
  Cpu device;
  fs::path out;
  LineFile log;  ///< log.txt: all that is printed

  template <class... Values>
  void say(const char* format, Values... values) {
    char line[1000];
    std::snprintf(line, sizeof line, format, values...);
    std::printf("%s\n", line);
    std::fflush(stdout);
    log.line(line);
  }
  Setup setup(const Dataset& train) const {
    return {.image = train.image(), .samples = train.size(), .classes = train.classes(), .seed = seed};
  }
};

void stop_if_asked() {
  if (caught_signal != 0) throw std::runtime_error("selfsame: stopped");
}

/// The learner's representation of labelled and test images, standardised by that of some training
/// images without their labels.
template <class L>
std::pair<Embeddings, Embeddings> represent(L& learner, const Dataset& train, const Dataset& test,
                                            const Dataset& unlabelled) {
  const auto rows = [&](const Dataset& images) {
    return embed(learner.product(), learner.pass(), images, learner.recipe().method.augmenter.normalise);
  };
  const Standardiser standardise(rows(unlabelled));
  return {standardise(rows(train)), standardise(rows(test))};
}

/// Accuracy by k-NN among a few training images, during training. No test image is looked at.
class ProbeCurve {
 public:
  explicit ProbeCurve(Stage& stage)
      : stage_(stage), file_(stage.out / "probe.csv", false) {
    std::vector<Index> queries;
    const Index references = std::min(demo_recipe.curve_references, stage.images.train.size() * 3 / 4);
    for (Index i = references; i < std::min(references + demo_recipe.curve_queries, stage.images.train.size()); ++i)
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
                                    recipe.method.sampler, {.batch = recipe.batch, .seed = seed});
  LineFile losses(stage.out / "loss.csv", false);
  losses.line("step,epoch,loss,rate,images_per_second,seconds");
  ProbeCurve curve(stage);
  curve.add(learner, 0);
  double probing = 0;
  ProgressBar bar("SimCLR", recipe.batch);
  const Index steps = learner.progress().steps, each = std::max<Index>(1, steps / demo_recipe.curve_points);
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
    if (step % each == 0 || step == steps) {
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
  stage.say("SimCLR: %td steps of %td images, %.1f s (and %.1f s for the probe curve): %.0f images/s, %.0f views/s", steps,
            Index{recipe.batch}, seconds, probing, rate, 2 * rate);
  return rate;
}

/// Trains the same encoder with labels only, judges its representation by the same labels, and its own
/// classifier. Returns the latter's accuracy.
double train_labels_only(Stage& stage, const LabelsOnly& budget, std::size_t column, std::uint64_t draw, Row& row) {
  const Dataset all = stage.images.train;
  const Dataset train = budget.labels > 0 ? labels_per_class(all, budget.labels, draw) : all;
  auto recipe = demo_recipe.supervised;
  recipe.steps = budget.steps;
  recipe.batch = budget.batch;
  Learner learner(recipe, stage.setup(train), stage.device);
  Loader<TwoViews, Shuffled> loader(learner.plan(), {train}, recipe.method.augmenter, recipe.method.sampler,
                                   {.batch = recipe.batch, .seed = seed});
  ProgressBar bar("labels only", recipe.batch);
  learner.fit(loader, [&](const Progress& at, const Report<Cpu>& report) {
    bar.update(at, static_cast<double>(report.value));
    return caught_signal != 0 ? Flow::stop : Flow::go_on;
  });
  bar.pause();
  stop_if_asked();
  const Dataset& test = stage.images.test;
  const auto [labelled, tested] = represent(learner, budget.labels > 0 ? train : stage.labelled, test, stage.unlabelled);
  row.judge(stage.device, labelled, tested, column);
  const Embeddings logits =
      embed(recipe.method.classifier(learner.state()), learner.pass(), test, recipe.method.augmenter.normalise);
  std::vector<Index> predicted;
  for (Index i = 0; i < test.size(); ++i) {
    const float* row_of = logits.rows.in().row(i);
    predicted.push_back(std::max_element(row_of, row_of + logits.rows.cols) - row_of);
  }
  return accuracy(stage.device, view<Cpu>(predicted), view<Cpu>(test.labels())).value();
}

Row labels_only_row(Stage& stage) {
  Row row{.name = "labels only"};
  for (std::size_t l = 0; l < label_counts.size(); ++l) {
    const LabelsOnly& budget = demo_recipe.labels_only[l];
    const Index draws = budget.labels > 0 ? demo_recipe.draws : 1;
    const Stopwatch watch;
    std::vector<double> own;
    for (Index d = 1; d <= draws; ++d)
      own.push_back(train_labels_only(stage, budget, l, static_cast<std::uint64_t>(d), row));
    const std::string labels = budget.labels > 0 ? std::to_string(budget.labels) + " a class" : "all";
    stage.say("labels only, %s: %td x %td steps of %td images, %.1f s with evaluation; its own classifier %.3f +- %.3f",
              labels.c_str(), draws, budget.steps, Index{budget.batch}, watch.seconds(), spread(own).mean,
              spread(own).deviation);
  }
  return row;
}

void write_scatter(Stage& stage, const Embeddings& test) {
  Workspace scratch;
  const auto scatter = pca(stage.device, scratch, test.rows.in());
  LineFile file(stage.out / "embeddings_pca.csv", false);
  file.line("x,y,label,class");
  for (Index i = 0; i < test.rows.rows; ++i) {
    const Index label = test.labels[static_cast<std::size_t>(i)];
    char line[160];
    std::snprintf(line, sizeof line, "%.5g,%.5g,%td,%s", static_cast<double>(scatter.points.in()(i, 0)),
                  static_cast<double>(scatter.points.in()(i, 1)), label,
                  stage.images.test.names()[static_cast<std::size_t>(label)].c_str());
    file.line(line);
  }
}

}  // namespace

int demo(const Options& o) {
  const Stopwatch watch;
  const Interrupts interrupts;
  const fs::path out = o.out.empty() ? "build/demo" : o.out;
  fs::create_directories(out);
  const std::string folder = find_images(o.data);
  const Split images = load_images(folder);
  Stage stage{images, images.train.first(demo_recipe.evaluation),
              images.train.first(demo_recipe.standardisation), Cpu{.threads = o.threads}, out,
              LineFile(out / "log.txt", false)};
  const bool complete = images.train.size() >= 50000;
  stage.say("%s: %td training and %td test images of %s; %td labelled ones are \"all\"; %d threads", folder.c_str(),
            images.train.size(), images.test.size(), to_string(images.train.image()).c_str(), stage.labelled.size(),
            o.threads);
  Run run{folder, stage.setup(images.train), demo_recipe.simclr};
  write_sheet(out, images.train, run.recipe.method.augmenter, seed,
              one_of_each_class(images.train, images.train.classes()), demo_recipe.sheet_views);

  double evaluating = 0;
  const auto judge = [&](const char* name, const Embeddings& train, const Embeddings& test) {
    stop_if_asked();
    return judged(name, stage.device, train, test);
  };
  const auto timed = [&](auto&& part) {
    const Stopwatch part_watch;
    Row row = part();
    evaluating += part_watch.seconds();
    stage.say("evaluated %s: %.1f s", row.name.c_str(), part_watch.seconds());
    return row;
  };
  Learner learner(run.recipe, run.setup, stage.device);
  std::vector<Row> rows;
  const Standardiser pixels(raw_pixels(stage.unlabelled));
  rows.push_back(timed([&] { return judge("raw pixels", pixels(raw_pixels(stage.labelled)), pixels(raw_pixels(images.test))); }));
  rows.push_back(timed([&] {
    const auto [train, test] = represent(learner, stage.labelled, images.test, stage.unlabelled);
    return judge("random encoder", train, test);
  }));
  const double rate = train_simclr(stage, learner);
  write_run(out, run);
  Row simclr = timed([&] {
    const auto [train, test] = represent(learner, stage.labelled, images.test, stage.unlabelled);
    write_scatter(stage, test);
    return judge("SimCLR", train, test);
  });
  rows.push_back(labels_only_row(stage));
  rows.push_back(std::move(simclr));

  const double seconds = watch.seconds();
  write_file(out / "results.json", results_json(rows, seconds, rate));
  const std::string table = table_text(rows);
  stage.say("\nAccuracy on %td test images, by labels a class (mean +- standard deviation of %td draws)\n",
            images.test.size(), demo_recipe.draws);
  std::printf("%s", table.c_str());
  stage.log.line(table);
  stage.say("\n%.0f s in all, %.0f s of it evaluation of raw pixels, random encoder and SimCLR; results in %s", seconds,
            evaluating, out.c_str());
  const auto broken = broken_promises(rows);
  for (const std::string& promise : broken) stage.say("NOT MET: %s", promise.c_str());
  if (broken.empty())
    stage.say("SimCLR beats raw pixels and the random encoder in every column, and labels only with 10 a class.");
  else if (!complete)
    stage.say("This is an excerpt of the data: nothing is required of it.");
  return broken.empty() || !complete ? 0 : 1;
}

}  // namespace selfsame::program
