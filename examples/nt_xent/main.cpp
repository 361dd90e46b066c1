#include <selfsame/loss/nt_xent.hpp>
#include <cmath>
#include <cstdio>
#include <vector>
int main() {
  using namespace selfsame;
  std::vector<float> z(512 * 128), gradient(z.size());  // rows i and i + 256: two views of an image
  for (std::size_t i = 0; i < z.size(); ++i) z[i] = std::sin(float(i));
  const Differentiable<Cpu> embeddings{{z.data(), 512, 128}, {gradient.data(), 512, 128}};
  const float loss = nt_xent(Cpu{}, embeddings, 0.5f);
  std::printf("loss %.4f, first gradient %.3e\n", loss, gradient[0]);
}
