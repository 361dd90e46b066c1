/// @file
/// What all parts of the demo share.
#pragma once
#include "demo_recipe.hpp"
#include "embeddings.hpp"
#include "interrupt.hpp"
#include "log.hpp"

#include <cstdarg>

namespace selfsame::program {

inline constexpr std::uint64_t demo_seed = 0;  // of weights, order and views

/// The images and the machine, and where the demo writes.
struct Stage {
  Split images;
  Dataset labelled;    ///< the training images whose labels are "all" for k-NN and probe
  Dataset unlabelled;  ///< training images whose pixels standardise representations
  Cpu device;
  std::filesystem::path out;
  LineFile log;  ///< log.txt: all that is printed

  /// Prints a line, on stdout and into the log.
  __attribute__((format(printf, 2, 3))) void say(const char* format, ...) {
    char line[1000];
    std::va_list values;
    va_start(values, format);
    std::vsnprintf(line, sizeof line, format, values);
    va_end(values);
    std::printf("%s\n", line);
    std::fflush(stdout);
    log.line(line);
  }
  Setup setup(const Dataset& train) const {
    return {.image = train.image(),
            .samples = train.size(),
            .classes = train.classes(),
            .seed = demo_seed};
  }
};

/// Throws after Ctrl-C.
inline void stop_if_asked() {
  if (caught_signal != 0) throw std::runtime_error("selfsame: stopped");
}

/// The learner's representation of labelled and test images, standardised by that of some training
/// images without their labels.
template <class L>
std::pair<Embeddings, Embeddings> represent(L& learner, const Dataset& train, const Dataset& test,
                                            const Dataset& unlabelled) {
  const auto rows = [&](const Dataset& images) {
    return embed(learner.trained_encoder(), learner.pass(), images,
                 learner.recipe().method.augmenter.normalise);
  };
  const Standardiser standardise(rows(unlabelled));
  return {standardise(rows(train)), standardise(rows(test))};
}

}  // namespace selfsame::program
