#include "../system_of.hpp"
#include "../systems.hpp"

#include <selfsame/method/moco.hpp>

// What is not SimCLR's: numbers for small images and short trainings.
std::unique_ptr<selfsame::program::System> selfsame::program::moco(ImageKind kind) {
  auto r = like_simclr<MoCo>(kind);
  r.method.target.momentum = 0.99;
  r.method.memory.capacity = 4096;
  r.method.loss.temperature = usual_simclr(kind).method.loss.temperature;
  r.batch_norm_group = 64;
  return system_of("MoCo", r);
}
