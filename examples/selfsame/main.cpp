/// @file
/// The command line of selfsame: options and their explanations. What the commands do stands in
/// pretrain.cpp, evaluate.cpp, report.cpp, pack.cpp and demo.cpp.
#include "options.hpp"

#include <selfsame/core/version.hpp>

#include <CLI/CLI.hpp>

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <functional>
#include <new>
#include <stdexcept>
#include <string>
#include <thread>

namespace {

using selfsame::program::Options;

constexpr const char* names_of_numbers = R"(
--set NAME=VALUE sets any number of the recipe; recipe.json in --out lists all of them. Some:
  loss.temperature=0.2            augmenter.crop.area.low=0.3     augmenter.jitter.brightness=0.4
  encoder.stem=small              head.outputs=128                optimizer.learning_rate=0.001
  optimizer.learning_rate.warmup=200       optimizer.weight_decay=0.05            batch_norm_group=128
)";

constexpr const char* images_help =
    "folder of Fashion-MNIST (IDX, .gz or not), CIFAR-10 or CIFAR-100 (binary version), or what "
    "pack "
    "wrote; default: Debian's package dataset-fashion-mnist, else an excerpt of it";

void add_images(CLI::App& c, Options& o) {
  c.add_option("--data", o.data, images_help)->type_name("DIR");
}
void add_threads(CLI::App& c, Options& o) {
  c.add_option("--threads", o.threads, "threads; results do not depend on it")
      ->type_name("N")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
}
void add_seed(CLI::App& c, Options& o, const char* of) {
  c.add_option("--seed", o.seed, of)
      ->type_name("N")
      ->check(CLI::Range(std::uint64_t{0}, std::uint64_t{1} << 53))
      ->capture_default_str();
}
void add_encoder(CLI::App& c, Options& o) {
  c.add_option("--encoder", o.encoder,
               "resnetDEPTH or resnetDEPTHxWIDTH: depth 8, 14, 20, 32, 44 (three stages, 16 "
               "channels wide times "
               "WIDTH), 10, 18, 34, 26, 50 (four, 64 wide); default: resnet8x2 for grey images, "
               "resnet18 for colour")
      ->type_name("NAME");
}
void add_set(CLI::App& c, Options& o, const char* what) {
  c.add_option("--set", o.set, what)
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}
void add_out(CLI::App& c, Options& o, const char* what) {
  c.add_option("--out", o.out, what)->type_name("DIR");
}
void add_prefix(CLI::App& c, Options& o) {
  c.add_option("--prefix", o.prefix,
               "before the names of the encoder's weights in the file, as module.encoder_q.")
      ->type_name("TEXT");
}
void add_init(CLI::App& c, Options& o, const char* what) {
  c.add_option("--init", o.init, what)->type_name("FILE")->check(CLI::ExistingFile);
  add_prefix(c, o);
}
void add_checkpoint(CLI::App& c, Options& o) {
  c.add_option("--checkpoint,--resume", o.checkpoint, "folder that a pretrain wrote (its --out)")
      ->type_name("DIR");
}

void pretrain_options(CLI::App& c, Options& o) {
  c.add_option("--method", o.method,
               "simclr, moco, byol or swav; or supervised: trains the same encoder with labels")
      ->type_name("NAME")
      ->capture_default_str();
  add_images(c, o);
  add_encoder(c, o);
  c.add_option("--epochs", o.epochs,
               "times through the images; default: 10 for grey images, 100 for colour")
      ->type_name("N");
  c.add_option("--steps", o.steps, "steps in all, instead of --epochs")->type_name("N");
  c.add_option("--batch", o.batch, "images a step; default: 256")->type_name("N");
  c.add_option("--chunk", o.chunk,
               "images that run through the encoder at a time: memory is a chunk's, batch norm "
               "sees a chunk, the loss "
               "still sees the whole batch; default: 0, all")
      ->type_name("N");
  add_set(c, o, "a number of the recipe by name; may be repeated");
  add_init(
      c, o,
      "encoder's weights to begin with: .safetensors or .npz with torchvision's names and layouts");
  add_seed(c, o, "of weights, order and views");
  add_threads(c, o);
  c.add_option("--labels", o.labels,
               "with --method supervised: images a class, drawn by the seed; 0: all")
      ->type_name("N")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  add_out(c, o, "where checkpoint, recipe and logs go; default: selfsame-run");
  c.add_option("--resume", o.resume,
               "go on with the pretraining in this folder; ends with the bits of one that was "
               "never stopped")
      ->type_name("DIR")
      ->excludes("--out", "--seed", "--method", "--encoder", "--init", "--labels");
  c.add_option("--log-every", o.log_every,
               "steps between lines of log.csv and log.jsonl, and events for TensorBoard")
      ->type_name("N")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  c.add_option("--checkpoint-steps", o.checkpoint_steps,
               "steps between checkpoints; 0: by time only")
      ->type_name("N")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  c.add_option("--checkpoint-minutes", o.checkpoint_minutes,
               "minutes between checkpoints; 0: by steps only")
      ->type_name("X")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  c.footer(std::string(names_of_numbers) +
           "\nCtrl-C finishes the step, writes a checkpoint and says how to go on.\n"
           "\nExample: selfsame pretrain --encoder resnet8x2 --epochs 10 --set "
           "loss.temperature=0.2 --out run\n");
}

void evaluation_options(CLI::App& c, Options& o) {
  add_checkpoint(c, o);
  add_init(c, o, "evaluate the weights of a .safetensors or .npz file instead");
  c.add_flag("--random", o.random, "evaluate random weights instead: what training has to beat");
  c.add_flag("--pixels", o.pixels, "evaluate the pixels themselves: what an encoder has to beat")
      ->excludes("--checkpoint", "--init", "--random");
  add_encoder(c, o);
  add_images(c, o);
  add_threads(c, o);
}
void accuracy_options(CLI::App& c, Options& o, const char* numbers) {
  evaluation_options(c, o);
  c.add_option("--embeddings", o.embeddings,
               "evaluate what embed wrote here, or another program: train.npy, train_labels.npy, "
               "test.npy, test_labels.npy")
      ->type_name("DIR")
      ->check(CLI::ExistingDirectory)
      ->excludes("--checkpoint", "--init", "--random", "--pixels", "--encoder", "--data");
  c.add_option("--labels", o.labels, "labels a class; 0: all")
      ->type_name("N")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  add_seed(c, o, "of the draw of labels (and of --random weights)");
  add_set(c, o, numbers);
  c.footer(
      "\nOf a --checkpoint the result is kept in its folder, in evaluations.jsonl, for selfsame "
      "report.\n");
}

void report_options(CLI::App& c, Options& o) {
  c.add_option("DIR", o.checkpoint, "folder that a pretrain or the demo wrote (its --out)")
      ->type_name("")
      ->required();
  c.add_option("--out", o.out, "the page; default: report.html in DIR")->type_name("FILE");
  c.add_option("--data", o.data, "folder of the images, where they are no longer where they were")
      ->type_name("DIR");
  add_threads(c, o);
  c.footer(
      "\nOne page of HTML that needs nothing else: curves, evaluations, views, embeddings, recipe, "
      "machine.\nThe same run gives the same bytes. What the folder lacks is left out, with a "
      "sentence.\n");
}

void pack_options(CLI::App& c, Options& o) {
  c.add_option(
       "--data", o.data,
       "PNG and JPEG files: a folder that has a folder a class, or train/ and test/ (or val/) "
       "of such; a folder of images, which are unlabelled; or a text file, a line each: "
       "path, or path, tab, class")
      ->type_name("DIR|FILE");
  c.add_option("--unlabelled", o.unlabelled,
               "extra_negatives images, whose labels are not looked at")
      ->type_name("DIR|FILE");
  c.add_option("--size", o.size,
               "height and width: the largest centred square, resized with antialiasing")
      ->type_name("N")
      ->check(CLI::Range(1, 4096))
      ->capture_default_str();
  c.add_option("--channels", o.channels, "3: RGB, 1: grey")
      ->type_name("N")
      ->check(CLI::IsMember({1, 3}))
      ->capture_default_str();
  c.add_option("--background", o.background, "what transparent pixels show: 0 black, 255 white")
      ->type_name("N")
      ->check(CLI::Range(0, 255))
      ->capture_default_str();
  c.add_flag(
      "--skip", o.skip,
      "leave out images that cannot be read, and list them on stderr; else the first ends it");
  add_threads(c, o);
  add_out(c, o, "where train/ and test/ go, each images.npy, labels.npy, names.txt");
  c.footer(
      "\nExample: selfsame pack --data flowers --size 64 --out flowers-64 && selfsame pretrain "
      "--data flowers-64 --out run\n");
}

void demo_options(CLI::App& c, Options& o) {
  add_images(c, o);
  add_threads(c, o);
  add_out(c, o, "where results.json, curves and data of the pictures go; default: build/demo");
}

// Threads of OpenMP that wait shall sleep: where anything else runs on the machine, spinning ones
// take the cores from those they wait for, and training is several times slower. (Alone on it they
// cost 5 %.) The library reads this once, before main, so the program starts itself again.
void wait_asleep(char** argv) {
  if (std::getenv("OMP_WAIT_POLICY") != nullptr || std::getenv("GOMP_SPINCOUNT") != nullptr) return;
  setenv("OMP_WAIT_POLICY", "passive", 1);
  char path[4096];  // its own name, so that process lists show that and not "exe"
  const ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
  if (length <= 0) return;
  path[length] = '\0';
  execv(path, argv);  // returns only where it cannot; then threads spin
}

// One line on stderr, whatever the names of files have in them.
void complain(const std::string& what) {
  std::string line = what.starts_with("selfsame: ") ? what : "selfsame: " + what;
  for (auto at = line.find('\n'); at != line.npos; at = line.find('\n', at))
    line.replace(at, 1, "\\n");
  std::fprintf(stderr, "%s\n", line.c_str());
}

// Runs a command. A line on stderr says what was wrong: 2 where what was asked, 1 where the rest.
int run(const std::function<int(const Options&)>& command, const Options& o) {
  try {
    return command(o);
  } catch (const std::invalid_argument& e) {
    complain(e.what());
    return 2;
  } catch (const std::bad_alloc&) {
    complain("there is not enough memory");
    return 1;
  } catch (const std::exception& e) {
    complain(e.what());
    return 1;
  }
}

}  // namespace

int main(int argc, char** argv) {
  wait_asleep(argv);
  Options o;
  o.program = argv[0];
  o.threads = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));

  CLI::App app("Learns from images without labels, and says how well.", "selfsame");
  app.set_version_flag("--version", std::string(selfsame::library_version));
  app.require_subcommand(1);
  app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  app.get_formatter()->column_width(34);
  std::function<int(const Options&)> chosen;
  const auto add = [&](const char* name, const char* about, int (*command)(const Options&)) {
    CLI::App* c = app.add_subcommand(name, about);
    c->callback([&chosen, command] { chosen = command; });
    return c;
  };
  using namespace selfsame::program;
  pretrain_options(
      *add("pretrain",
           "trains on images, by SimCLR, MoCo, BYOL or SwAV, without labels; or with them",
           pretrain),
      o);
  accuracy_options(
      *add("knn", "accuracy of weighted nearest neighbours among representations", knn), o,
      "knn.k=20, knn.temperature=0.07; with --init or --random encoder.stem=imagenet, too");
  accuracy_options(
      *add("probe", "accuracy of a linear classifier of representations", probe), o,
      "probe.l2=10, probe.iterations=100, probe.tolerance=1e-5; with --init or --random "
      "encoder.stem=imagenet, too");
  CLI::App* const embed_command =
      add("embed", "writes representations of all images as .npy", embed);
  evaluation_options(*embed_command, o);
  add_seed(*embed_command, o, "of --random weights");
  add_set(*embed_command, o, "of the encoder, with --init or --random: encoder.stem=imagenet");
  add_out(*embed_command, o,
          "where train.npy, test.npy and their labels go; default: selfsame-embeddings");
  CLI::App* const export_command =
      add("export", "writes the encoder for other programs: .safetensors, .npz or .onnx",
          export_weights);
  add_checkpoint(*export_command, o);
  add_prefix(*export_command, o);
  add_threads(*export_command, o);
  export_command
      ->add_option(
          "--out", o.out,
          "the file: weights as PyTorch's state_dict has them in .safetensors or .npz; or .onnx, "
          "which takes images (N, C, H, W) after normalisation")
      ->type_name("FILE");
  pack_options(
      *add("pack", "makes image files a data set: PNG and JPEG, decoded once, one size", pack), o);
  CLI::App* const views_command =
      add("views", "a sheet of views: what the augmenter does to images", views);
  add_images(*views_command, o);
  add_checkpoint(*views_command, o);
  add_seed(*views_command, o, "of the views");
  views_command->add_option("--rows", o.rows, "images")
      ->type_name("N")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  views_command->add_option("--views", o.views, "of each image")
      ->type_name("N")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  add_set(*views_command, o,
          "a number of the augmenter, as augmenter.crop.area.low=0.3; may be repeated");
  add_out(*views_command, o, "where views.png and views.npy go; default: selfsame-views");
  report_options(*add("report", "writes a page that shows a training: report.html", report), o);
  demo_options(*add("demo", "trains, evaluates and compares, in minutes", demo), o);
  app.footer("selfsame COMMAND --help says more.");

  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& e) {
    return app.exit(e);
  } catch (const CLI::ParseError& e) {
    complain(std::string(e.what()) + " (selfsame COMMAND --help lists the options)");
    return 2;
  }
  return run(chosen, o);
}
