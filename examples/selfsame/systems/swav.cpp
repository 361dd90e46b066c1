#include "../system_of.hpp"
#include "../systems.hpp"

#include <selfsame/method/swav.hpp>

// Crops and prototypes for small images and short trainings.
std::unique_ptr<selfsame::program::System> selfsame::program::swav(ImageKind kind) {
  auto r = like_simclr<SwAV>(kind);
  const TwoViews& views = usual_simclr(kind).method.augmenter;
  r.method.augmenter = {.smalls = 4, .large = views, .small = views};
  r.method.augmenter.small.crop.area = {0.05, 0.3};
  r.method.augmenter.small.crop.size = kind == ImageKind::grey ? 12 : 16;
  r.method.prototypes = {.count = 100, .frozen_steps = 100};
  return system_of("SwAV", r);
}
