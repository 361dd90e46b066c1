// Compiled by several flags, with and without AVX2 and FMA, and with nothing else: all objects go into one program (decision D5).
#pragma once
#include <selfsame/loss/nt_xent.hpp>

#include <cmath>
#include <vector>

/// The loss and the gradient's sum of squares of a fixed batch.
struct Outcome {
  float loss;
  double gradient;
};
Outcome narrow_step();
Outcome wide_step();
Outcome step_of_one_isa();
int bytes_of_one_isa();

static Outcome fixed_step() {
  using namespace selfsame;
  std::vector<float> z(64 * 16), gradient(z.size());
  for (std::size_t i = 0; i < z.size(); ++i) z[i] = std::sin(static_cast<float>(i));
  const float loss =
      nt_xent(Cpu{}, Differentiable<Cpu>{{z.data(), 64, 16}, {gradient.data(), 64, 16}}, 0.5f);
  double squares = 0;
  for (const float g : gradient) squares += static_cast<double>(g) * static_cast<double>(g);
  return {loss, squares};
}
