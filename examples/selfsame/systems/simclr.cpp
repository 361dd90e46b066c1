#include "../system_of.hpp"
#include "../systems.hpp"

std::unique_ptr<selfsame::program::System> selfsame::program::simclr(ImageKind kind) {
  return system_of("SimCLR", usual_simclr(kind));
}
