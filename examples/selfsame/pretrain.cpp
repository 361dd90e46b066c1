/// @file
/// selfsame pretrain: a system on images, with a log, checkpoints and a way to go on.
#include "images.hpp"
#include "interrupt.hpp"
#include "log.hpp"
#include "progress.hpp"
#include "run.hpp"
#include "shell.hpp"
#include "starts.hpp"
#include "weights.hpp"

#include <sstream>

namespace selfsame::program {

namespace fs = std::filesystem;

namespace {

void require_same_images(const Run& run, const Dataset& train) {
  const Setup& s = run.setup;
  const auto text = [&](Index samples, Shape image, Index classes) {
    return std::to_string(samples) + " images of " + to_string(image) +
           (run.system->labelled() ? " in " + std::to_string(classes) + " classes" : "");
  };
  if (train.image() == s.image && train.size() == s.samples &&
      (!run.system->labelled() || train.classes() == s.classes))
    return;
  throw std::invalid_argument("selfsame: the training began with " +
                              text(s.samples, s.image, s.classes) + ", " + run.data + " has " +
                              text(train.size(), train.image(), train.classes()));
}

// What goes on with this training, as one types it.
std::string command_to_go_on(const Options& o, const fs::path& folder) {
  std::ostringstream command;
  const Options usual;
  command << shell_quoted(o.program) << " pretrain --resume " << shell_quoted(folder.string())
          << " --threads " << o.threads;
  if (o.log_every != usual.log_every) command << " --log-every " << o.log_every;
  if (o.checkpoint_steps != usual.checkpoint_steps)
    command << " --checkpoint-steps " << o.checkpoint_steps;
  if (o.checkpoint_minutes != usual.checkpoint_minutes)
    command << " --checkpoint-minutes " << o.checkpoint_minutes;
  return command.str();
}

// Trains, from the beginning or where it stopped. Returns the program's exit status.
int train(const Options& o, const fs::path& out, Run& run, const Dataset& images) {
  const bool resumed = !o.resume.empty();
  const std::unique_ptr<Training> training =
      run.system->begin(run.setup, images, Cpu{.threads = o.threads});
  const fs::path checkpoint = checkpoint_file(out);
  if (resumed) {
    training->resume(checkpoint);
    if (!o.data.empty()) write_run(out, run);  // where the images are now
  } else {
    if (!o.init.empty()) take_weights(o, training->weights());
    fs::create_directories(out);
    training->save(checkpoint);
    write_run(out, run);
  }
  const Progress begin = training->progress();
  const auto batch = static_cast<Index>(number(*run.system, "batch"));
  std::fprintf(stderr,
               "%td images of %s, %td steps of %td (%td epochs), from step %td; all of it in %s\n",
               images.size(), to_string(images.image()).c_str(), begin.steps, batch, begin.epochs,
               begin.step, out.c_str());

  const Interrupts interrupts;
  note_start(out, begin.step, o.threads, run.system->hash());
  TrainingLog log(out, begin.step);
  ProgressBar bar("pretrain", batch);
  Index logged = begin.step, saved = begin.step;
  double logged_at = 0, saved_at = 0;
  bool done = false;
  try {
    done = training->fit([&](const Progress& at, const Report<Cpu>& report) {
      const Index step = at.step + 1;
      const double now = bar.seconds(), loss = static_cast<double>(report.value);
      if (!report.warnings.empty()) bar.pause();
      for (const std::string_view warning : report.warnings)
        std::fprintf(stderr, "warning: %.*s\n", static_cast<int>(warning.size()), warning.data());
      bar.update(at, loss);
      if (step % o.log_every == 0 || step == at.steps) {
        log.add({step, at.epoch, loss, training->rate(at),
                 static_cast<double>((step - logged) * batch) / (now - logged_at), now});
        logged = step;
        logged_at = now;
      }
      if (caught_signal != 0) return Flow::stop;
      if ((o.checkpoint_steps > 0 && step % o.checkpoint_steps == 0) ||
          (o.checkpoint_minutes > 0 && now - saved_at > 60 * o.checkpoint_minutes)) {
        training->save(checkpoint);
        saved = step;
        saved_at = now;
      }
      return Flow::go_on;
    });
    training->save(checkpoint);
  } catch (const std::runtime_error& e) {  // a step that is not finite, a full disk
    bar.pause();
    const std::string why = e.what();
    throw std::runtime_error(why + (why.ends_with('.') ? " " : ". ") + checkpoint.string() +
                             " is still that of step " + std::to_string(saved) + ".");
  }
  bar.pause();
  const std::string program = shell_quoted(o.program), folder = shell_quoted(out.string());
  if (done) {
    std::printf(
        "Done: %s. Evaluate it with\n  %s knn --checkpoint %s\nand look at it with\n  %s report "
        "%s\n",
        checkpoint.c_str(), program.c_str(), folder.c_str(), program.c_str(), folder.c_str());
    return 0;
  }
  std::printf("Stopped after step %td of %td, and saved. Go on with\n  %s\n",
              training->progress().step, training->progress().steps,
              command_to_go_on(o, out).c_str());
  return 128 + static_cast<int>(caught_signal);
}

}  // namespace

int pretrain(const Options& o) {
  if (!o.resume.empty()) {
    const fs::path out = folder_of(o.resume);
    Run run = read_run(out);
    const Dataset images = training_images(run, images_of(o, run).train);
    require_same_images(run, images);
    apply(o, *run.system);  // the checkpoint refuses what differs
    return train(o, out, run, images);
  }
  const fs::path out = o.out.empty() ? "selfsame-run" : o.out;
  if (fs::exists(checkpoint_file(out)))
    throw std::invalid_argument("selfsame: " + out.string() +
                                " holds a training already: go on with --resume " + out.string() +
                                ", or name another folder with --out");
  const std::string data = find_images(o.data);
  const Dataset all = load_images(data).train;
  Run run = new_run(o, data, all);
  return train(o, out, run, training_images(run, all));
}

}  // namespace selfsame::program
