#include "../system_of.hpp"
#include "../systems.hpp"

#include <selfsame/method/byol.hpp>

// With one distribution of views, as the others have.
std::unique_ptr<selfsame::program::System> selfsame::program::byol(ImageKind kind) {
  auto r = like_simclr<Predictive<EMA, Predictor>>(kind);
  r.method.predictor = {.hidden = r.method.head.hidden};
  r.method.target.momentum = cosine(0.99, 1);
  return system_of("BYOL", r);
}
