/// @file
/// selfsame demo: SimCLR on Fashion-MNIST against what it has to beat.
#include "demo_training.hpp"
#include "images.hpp"
#include "sheet.hpp"
#include "starts.hpp"

#include <selfsame/eval/pca.hpp>

namespace selfsame::program {

namespace {

namespace fs = std::filesystem;

void write_scatter(Stage& stage, const Embeddings& test) {
  Workspace scratch;
  const auto scatter = pca(stage.device, scratch, test.rows.in());
  LineFile file(stage.out / "embeddings_pca.csv", false);
  file.line("x,y,label,class");
  for (Index i = 0; i < test.rows.rows; ++i) {
    const Index label = test.labels[static_cast<std::size_t>(i)];
    char line[160];
    std::snprintf(line, sizeof line, "%.5g,%.5g,%td,%s",
                  static_cast<double>(scatter.points.in()(i, 0)),
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
  Stage stage{images,
              images.train.first(demo_recipe.evaluation),
              images.train.first(demo_recipe.standardisation),
              Cpu{.threads = o.threads},
              out,
              LineFile(out / "log.txt", false)};
  const bool complete = images.train.size() >= 50000;
  stage.say("%s: %td training and %td test images of %s; %td labelled ones are \"all\"; %d threads",
            folder.c_str(), images.train.size(), images.test.size(),
            to_string(images.train.image()).c_str(), stage.labelled.size(), o.threads);
  const Recipe<SimCLR>& recipe = demo_recipe.simclr;
  Run run{{.data = folder, .setup = stage.setup(images.train)}, simclr(ImageKind::grey), simclr};
  set(*run.system, "steps=" + std::to_string(recipe.steps));
  write_sheet(out,
              draw_sheet(images.train, any_augmenter(recipe.method.augmenter, images.train.image()),
                         demo_seed, one_of_each_class(images.train, images.train.classes()),
                         demo_recipe.sheet_views));

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
  Learner learner(recipe, run.setup, stage.device);
  std::vector<Row> rows;
  const Standardiser pixels(raw_pixels(stage.unlabelled));
  rows.push_back(timed([&] {
    return judge("raw pixels", pixels(raw_pixels(stage.labelled)), pixels(raw_pixels(images.test)));
  }));
  rows.push_back(timed([&] {
    const auto [train, test] = represent(learner, stage.labelled, images.test, stage.unlabelled);
    return judge("random encoder", train, test);
  }));
  note_start(out, 0, o.threads, recipe_hash(recipe));
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
  stage.say(
      "\nAccuracy on %td test images, by labels a class (mean +- standard deviation of %td "
      "draws)\n",
      images.test.size(), demo_recipe.draws);
  std::printf("%s", table.c_str());
  stage.log.line(table);
  stage.say(
      "\n%.0f s in all, %.0f s of it evaluation of raw pixels, random encoder and SimCLR; results "
      "in %s",
      seconds, evaluating, out.c_str());
  const auto broken = broken_promises(rows);
  for (const std::string& promise : broken) stage.say("NOT MET: %s", promise.c_str());
  if (broken.empty())
    stage.say(
        "SimCLR beats raw pixels and the random encoder in every column, and labels only with 10 a "
        "class.");
  else if (!complete)
    stage.say("This is an excerpt of the data: nothing is required of it.");
  return broken.empty() || !complete ? 0 : 1;
}

}  // namespace selfsame::program
