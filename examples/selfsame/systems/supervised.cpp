#include "../system_of.hpp"
#include "../systems.hpp"

#include <selfsame/method/supervised.hpp>

// The same encoder with a classifier, and views that serve it best: shifts and flips of the whole image.
std::unique_ptr<selfsame::program::System> selfsame::program::supervised(ImageKind kind) {
  Recipe<Supervised<>> r = like_simclr<Supervised<>>(kind);
  r.method.augmenter = {.crop = {.padding = kind == ImageKind::grey ? 2 : 4},
                        .normalise = usual_simclr(kind).method.augmenter.normalise};
  return system_of("Supervised training", r, Labels::needed);
}
