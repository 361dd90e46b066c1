// One loss on somebody's memory: what `./dev bench compile` compiles beside it.
#include <selfsame/loss/nt_xent.hpp>

float loss(const float* z, float* gradient) {
  using namespace selfsame;
  return nt_xent(Cpu{}, Differentiable<Cpu>{{z, 512, 128}, {gradient, 512, 128}}, 0.5F);
}
