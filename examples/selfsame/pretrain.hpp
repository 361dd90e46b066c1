/// @file
/// One pretraining of any method, with a log, checkpoints and a way to go on. Each method is compiled in a file of its own.
#pragma once
#include "images.hpp"
#include "interrupt.hpp"
#include "log.hpp"
#include "progress.hpp"
#include "run.hpp"
#include "starts.hpp"
#include "weights.hpp"

#include <selfsame/train/learner.hpp>

#include <sstream>

namespace selfsame::program {

namespace detail_of_pretrain {
namespace fs = std::filesystem;
inline std::string shell_quoted(const std::string& s) {
  if (s.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+") ==
      s.npos)
    return s;
  std::string quoted = "'";
  for (const char c : s) c == '\'' ? quoted += "'\\''" : quoted += c;
  return quoted + "'";
}

// What goes on with this training, as one types it.
inline std::string command_to_go_on(const Options& o, const fs::path& folder) {
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

}  // namespace detail_of_pretrain

/// Trains, from the beginning or where it stopped. Returns the program's exit status.
template <class M>
int train(const Options& o, const std::filesystem::path& out, const Run<M>& run,
          const Dataset& images) {
  using namespace detail_of_pretrain;
  const bool resumed = !o.resume.empty();
  Learner learner(run.recipe, run.setup, Cpu{.threads = o.threads});
  Loader<decltype(run.recipe.method.augmenter), Shuffled> loader(
      learner.plan(), {images}, run.recipe.method.augmenter, run.recipe.method.sampler,
      {.batch = learner.setup().batch, .seed = run.setup.seed});
  if (resumed) {
    learner.resume(checkpoint_file(out));
  } else {
    if (!o.init.empty()) take_weights(o, learner.state().online.buffers());
    fs::create_directories(out);
    learner.save(checkpoint_file(out));
    write_run(out, run);
  }
  const Progress begin = learner.progress();
  std::fprintf(stderr,
               "%td images of %s, %td steps of %td (%td epochs), from step %td; all of it in %s\n",
               images.size(), to_string(images.image()).c_str(), begin.steps,
               Index{run.recipe.batch}, begin.epochs, begin.step, out.c_str());

  const Interrupts interrupts;
  note_start(out, begin.step, o.threads, recipe_hash(run.recipe));
  TrainingLog log(out, begin.step);
  ProgressBar bar("pretrain", run.recipe.batch);
  Index logged = begin.step;
  double logged_at = 0, saved_at = 0;
  const bool done = learner.fit(loader, [&](const Progress& at, const Report<Cpu>& report) {
    const Index step = at.step + 1;
    const double now = bar.seconds();
    bar.update(at, static_cast<double>(report.value));
    if (step % o.log_every == 0 || step == at.steps) {
      log.add({step, at.epoch, static_cast<double>(report.value), run.recipe.optimizer.rate.at(at),
               static_cast<double>((step - logged) * run.recipe.batch) / (now - logged_at), now});
      logged = step;
      logged_at = now;
    }
    if (caught_signal != 0) return Flow::stop;
    if ((o.checkpoint_steps > 0 && step % o.checkpoint_steps == 0) ||
        (o.checkpoint_minutes > 0 && now - saved_at > 60 * o.checkpoint_minutes)) {
      learner.save(checkpoint_file(out));
      saved_at = now;
    }
    return Flow::go_on;
  });
  learner.save(checkpoint_file(out));
  bar.pause();
  if (done) {
    std::printf(
        "Done: %s. Evaluate it with\n  %s knn --checkpoint %s\nand look at it with\n  %s report "
        "%s\n",
        checkpoint_file(out).c_str(), shell_quoted(o.program).c_str(),
        shell_quoted(out.string()).c_str(), shell_quoted(o.program).c_str(),
        shell_quoted(out.string()).c_str());
    return 0;
  }
  std::printf("Stopped after step %td of %td, and saved. Go on with\n  %s\n",
              learner.progress().step, learner.progress().steps, command_to_go_on(o, out).c_str());
  return 128 + static_cast<int>(caught_signal);
}

}  // namespace selfsame::program
