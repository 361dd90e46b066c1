// MoCo and SwAV over a network of plain C++: it embeds, the method compares and writes the gradients of embeddings.
#include "native.hpp"

using namespace foreign;

namespace {

// c (rows, cols) += sum_k a[r * ar + k * ak] b[k * bk + c * bc]
void add_product(const float* a, Index ar, Index ak, const float* b, Index bk, Index bc, float* c,
                 Index rows, Index cols, Index depth) {
  for (Index r = 0; r < rows; ++r)
    for (Index k = 0; k < depth; ++k)
      for (Index j = 0; j < cols; ++j) c[r * cols + j] += a[r * ar + k * ak] * b[k * bk + j * bc];
}

// z = relu(x W1^T) W2^T, and its gradient.
struct Net {
  std::vector<float> w1, w2, h{}, z{};
  void forward(const float* x, Index n) {
    h.assign(static_cast<std::size_t>(n * hidden), 0),
        z.assign(static_cast<std::size_t>(n * width), 0);
    add_product(x, inputs, 1, w1.data(), 1, inputs, h.data(), n, hidden, inputs);
    for (float& v : h) v = std::max(v, 0.0F);
    add_product(h.data(), hidden, 1, w2.data(), 1, hidden, z.data(), n, width, hidden);
  }
  void step(const float* x, const std::vector<float>& dz, Index n) {
    std::vector<float> dh(h.size()), g1(w1.size()), g2(w2.size());
    add_product(dz.data(), 1, width, h.data(), hidden, 1, g2.data(), width, hidden, n);
    add_product(dz.data(), width, 1, w2.data(), hidden, 1, dh.data(), n, hidden, width);
    for (std::size_t i = 0; i < h.size(); ++i) dh[i] *= h[i] > 0 ? 1.0F : 0.0F;
    add_product(dh.data(), 1, hidden, x, inputs, 1, g1.data(), hidden, inputs, n);
    for (std::size_t i = 0; i < w1.size(); ++i) w1[i] -= rate * g1[i];
    for (std::size_t i = 0; i < w2.size(); ++i) w2[i] -= rate * g2[i];
  }
};

selfsame::Vector<float, Cpu> array(std::vector<float>& v) {
  return {v.data(), static_cast<Index>(v.size())};
}

bool train_moco() {
  const Native native = train_natively(moco);
  Net online{native.weights[0], native.weights[1]}, target = online;
  selfsame::Standalone method(moco, course);
  std::vector<float> losses;
  for (Index step = 0; step < steps; ++step) {
    const std::vector<float> x = views(step);
    online.forward(x.data(), images);
    target.forward(x.data() + images * inputs, images);
    std::vector<float> gradient(online.z.size());
    const selfsame::Differentiable<Cpu> queries[] = {
        {{online.z.data(), images, width}, {gradient.data(), images, width}, 1, true}};
    const selfsame::In<Cpu> keys[] = {{target.z.data(), images, width}};
    losses.push_back(method.compare(2, queries, keys));
    online.step(x.data(), gradient, images);
    method.after_step({{array(online.w1), array(target.w1)}, {array(online.w2), array(target.w2)}});
  }
  return follows("MoCo", losses, native);
}

bool train_swav() {
  const Native native = train_natively(swav);
  Net net{native.weights[0], native.weights[1]};
  std::vector<float> prototypes = native.weights[2];
  selfsame::Standalone method(swav, course);
  std::vector<float> losses;
  for (Index step = 0; step < steps; ++step) {
    const std::vector<float> x = views(step);
    net.forward(x.data(), 2 * images);
    std::vector<float> gradient(net.z.size()), prototype_gradient(prototypes.size());
    const Index count = swav.prototypes.count;
    losses.push_back(method.compare(
        images,
        selfsame::Differentiable<Cpu>{
            {net.z.data(), 2 * images, width}, {gradient.data(), 2 * images, width}, 1, true},
        selfsame::DifferentiableWeights<Cpu>{{prototypes.data(), count, width},
                                             {prototype_gradient.data(), count, width}}));
    net.step(x.data(), gradient, 2 * images);
    for (std::size_t i = 0; i < prototypes.size(); ++i)
      prototypes[i] -= rate * prototype_gradient[i];
    method.method().project(method.pass(), {prototypes.data(), count, width});
    method.after_step();
  }
  return follows("SwAV", losses, native);
}

}  // namespace

int main() {
  const bool moco_follows = train_moco(), swav_follows = train_swav();
  return moco_follows && swav_follows ? 0 : 1;
}
