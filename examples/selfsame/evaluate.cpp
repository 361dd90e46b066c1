/// @file
/// selfsame knn, probe, embed, export, views: what a pretraining made.
#include "evaluated.hpp"
#include "images.hpp"
#include "log.hpp"
#include "sheet.hpp"
#include "utf8.hpp"
#include "weights.hpp"

#include <functional>

namespace selfsame::program {

/// How representations are judged: `--set knn.k=10`.
struct Judges {
  Knn knn = usual_knn;
  LinearProbe probe{};
};

namespace {

namespace fs = std::filesystem;

struct Represented {
  Embeddings train, test;
  std::string by;
  std::string data{};  ///< the folder of the images
  Index step = 0;      ///< that the training had done
};

/// Throws where accuracy cannot be measured: labels are needed on both sides.
void require_labels(Index train, Index test) {
  if (train > 0 && test > 0) return;
  throw std::invalid_argument("selfsame: there are " + std::to_string(train) +
                              " labelled images to train with and " + std::to_string(test) +
                              " to test with; accuracy needs both");
}
Split labelled(const Split& images) {
  Split known{images.train.labelled_part(), images.test.labelled_part()};
  require_labels(known.train.size(), known.test.size());
  return known;
}

/// `--set encoder.stem=imagenet` is about the network, other numbers are about the judges.
bool of_encoder(const std::string& assignment) { return assignment.starts_with("encoder."); }

Represented made(const Options& o, const char* command, bool measured) {
  if (!o.embeddings.empty()) {
    Represented r{labelled_part(read_embeddings(o.embeddings, "train")),
                  labelled_part(read_embeddings(o.embeddings, "test")), o.embeddings};
    require_labels(r.train.rows.rows, r.test.rows.rows);
    return r;
  }
  if (o.pixels) {
    const std::string folder = find_images(o.data);
    const Split images = measured ? labelled(load_images(folder)) : load_images(folder);
    return {raw_pixels(images.train), raw_pixels(images.test), "raw pixels", folder};
  }
  if ((o.random ? 1 : 0) + (o.checkpoint.empty() ? 0 : 1) + (o.init.empty() ? 0 : 1) != 1)
    throw std::invalid_argument(std::string("selfsame: ") + command +
                                " evaluates either --checkpoint DIR, which a pretrain wrote, or "
                                "--init FILE of weights, or --random weights, or --pixels");
  Run run;
  Split images;
  if (o.checkpoint.empty()) {
    images = load_images(find_images(o.data));
    Options only_encoder = o;
    only_encoder.labels = 0;
    std::erase_if(only_encoder.set, std::not_fn(of_encoder));
    run = new_run(only_encoder, "", images.train);
  } else {
    if (!o.encoder.empty() || std::any_of(o.set.begin(), o.set.end(), of_encoder))
      throw std::invalid_argument(
          "selfsame: --encoder and --set encoder... go with --random and --init; a checkpoint has "
          "its own encoder");
    run = read_run(folder_of(o.checkpoint));
    images = images_of(o, run);
    if (!(images.train.image() == run.setup.image))
      throw std::invalid_argument("selfsame: the training was on images of " +
                                  to_string(run.setup.image) + ", these are " +
                                  to_string(images.train.image()));
  }
  if (measured) images = labelled(images);
  Evaluated encoder(run, o.threads);
  Progress progress;
  if (!o.checkpoint.empty()) progress = encoder.load(checkpoint_file(folder_of(o.checkpoint)));
  if (!o.init.empty()) take_weights(o, encoder.weights());
  return {encoder.embed(images.train), encoder.embed(images.test),
          o.random         ? "random weights"
          : o.init.empty() ? "step " + std::to_string(progress.step)
                           : o.init,
          run.data, progress.step};
}

Represented represent(const Options& o, const char* command, bool measured) {
  Represented r = made(o, command, measured);
  require_finite(r.train, "train, of " + r.by + ",");
  require_finite(r.test, "test, of " + r.by + ",");
  return r;
}

Judges judges(const Options& o) {
  Judges j;
  for (const std::string& s : o.set)
    if (!of_encoder(s)) set(fields_of(j), s);
  return j;
}

/// For comparison, each column has mean 0 and deviation 1 among training images, as in the demo's table.
Represented standardised(Represented r) {
  const Standardiser standardise(r.train);
  r.train = standardise(std::move(r.train));
  r.test = standardise(std::move(r.test));
  return r;
}

/// Prints an accuracy, and keeps it beside the checkpoint that it is of: a line that is there already is
/// not written again.
template <class Judge>
void say(const Options& o, const char* what, const Accuracy& a, const Represented& r, Index labels,
         const Judge& judge) {
  const Interval i = a.interval();
  std::printf(
      "%s accuracy %.4f, 95 %% interval %.4f to %.4f (%s; %td test images, %td labels; %s)\n", what,
      a.value(), i.low, i.high, r.by.c_str(), a.total, labels, json(judge).c_str());
  if (o.checkpoint.empty()) return;
  const std::string said = JsonObject()
                               .add("judge", what)
                               .add("accuracy", a.value())
                               .add("low", i.low)
                               .add("high", i.high)
                               .add("images", a.total)
                               .add("labels", labels)
                               .add("labels_a_class", o.labels)
                               .add("seed", o.seed)
                               .add("step", r.step)
                               .add("data", to_utf8(r.data))
                               .text();
  const std::string line = said.substr(0, said.size() - 1) + ", " + json(judge).substr(1);
  const fs::path file = evaluations_file(folder_of(o.checkpoint));
  try {
    const auto lines = fs::exists(file) ? read_lines(file) : std::vector<std::string>();
    if (std::find(lines.begin(), lines.end(), line) == lines.end()) LineFile(file, true).line(line);
  } catch (const std::system_error& e) {  // somebody else's folder, say
    std::fprintf(stderr, "%s\n", e.what());
  }
}

}  // namespace

int knn(const Options& o) {
  const Judges j = judges(o);
  const Represented r = standardised(represent(o, "knn", true));
  const Embeddings train = draw_labels(r.train, o.labels, o.seed);
  say(o, "k-NN", knn_accuracy(Cpu{.threads = o.threads}, train, r.test, j.knn), r, train.rows.rows,
      j.knn);
  return 0;
}

int probe(const Options& o) {
  const Judges j = judges(o);
  const Represented r = standardised(represent(o, "probe", true));
  const Embeddings train = draw_labels(r.train, o.labels, o.seed);
  say(o, "linear probe", linear_accuracy(Cpu{.threads = o.threads}, train, r.test, j.probe), r,
      train.rows.rows, j.probe);
  return 0;
}

int embed(const Options& o) {
  for (const std::string& s : o.set)
    if (!of_encoder(s))
      throw std::invalid_argument(
          "selfsame: embed sets numbers of the encoder, as in encoder.stem=imagenet, not " + s);
  const Represented r = represent(o, "embed", false);
  const fs::path out = o.out.empty() ? "selfsame-embeddings" : o.out;
  fs::create_directories(out);
  const auto write = [&](const char* part, const Embeddings& e) {
    write_embeddings(out, part, e);
    std::printf("%s: (%td, %td) and labels\n", rows_file(out, part).c_str(), e.rows.rows,
                e.rows.cols);
  };
  write("train", r.train);
  if (r.test.rows.rows > 0) {
    write("test", r.test);
  } else {  // what is there is of others
    fs::remove(rows_file(out, "test"));
    fs::remove(labels_file(out, "test"));
  }
  return 0;
}

int export_weights(const Options& o) {
  if (o.checkpoint.empty() || o.out.empty())
    throw std::invalid_argument(
        "selfsame: export needs --checkpoint DIR, which a pretrain wrote, and --out FILE");
  Evaluated encoder(read_run(folder_of(o.checkpoint)), o.threads);
  const Progress progress = encoder.load(checkpoint_file(folder_of(o.checkpoint)));
  if (fs::path(o.out).extension() == ".onnx")
    encoder.write_onnx(o.out);
  else
    write_weights(o.out, encoder.weights(), o.prefix);
  std::printf("%s: the encoder after step %td\n", o.out.c_str(), progress.step);
  return 0;
}

int views(const Options& o) {
  Run run;
  Dataset train;
  if (o.checkpoint.empty()) {
    const std::string folder = find_images(o.data);
    train = load_images(folder).train;
    run = new_run(o, folder, train);
  } else {
    run = read_run(folder_of(o.checkpoint));
    apply(o, *run.system);
    train = images_of(o, run).train;
  }
  const fs::path out = o.out.empty() ? "selfsame-views" : o.out;
  fs::create_directories(out);
  const Sheet sheet = draw_sheet(train, run.system->augmenter(train.image(), Pixel::normalised),
                                 o.seed, one_of_each_class(train, o.rows), o.views);
  write_sheet(out, sheet);
  std::printf("%s: %td images, each as it is and in %td views\n", (out / "views.npy").c_str(),
              static_cast<Index>(sheet.labels.size()), o.views);
  return 0;
}

}  // namespace selfsame::program
