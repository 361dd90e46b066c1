// MoCo and SwAV over a torch::nn::Sequential: autograd goes on from the gradients that the method writes.
#include "native.hpp"

#include <torch/torch.h>

using namespace foreign;
using torch::Tensor;

namespace {

torch::nn::Sequential network(const Native& native) {
  torch::nn::Sequential net(torch::nn::Linear(torch::nn::LinearOptions(inputs, hidden).bias(false)),
                            torch::nn::ReLU(),
                            torch::nn::Linear(torch::nn::LinearOptions(hidden, width).bias(false)));
  torch::NoGradGuard guard;
  for (std::size_t k = 0; k < 2; ++k) {
    Tensor w = net->parameters()[k];
    w.copy_(torch::tensor(native.weights[k]).view(w.sizes()));
  }
  return net;
}

selfsame::MatrixView<float, Cpu> rows(const Tensor& t) {
  return {t.data_ptr<float>(), t.size(0), t.size(1)};
}
selfsame::Vector<float, Cpu> array(const Tensor& t) { return {t.data_ptr<float>(), t.numel()}; }

Tensor images_of(const std::vector<float>& x) { return torch::tensor(x).view({2, images, inputs}); }

bool train_moco() {
  const Native native = train_natively(moco);
  auto online = network(native), target = network(native);
  torch::optim::SGD optimizer(online->parameters(), double{rate});
  selfsame::Standalone method(moco, course);
  std::vector<float> losses;
  for (Index step = 0; step < steps; ++step) {
    const Tensor x = images_of(views(step)), q = online->forward(x[0]);
    const Tensor k = target->forward(x[1]).detach(), gradient = torch::zeros_like(q);
    const selfsame::Differentiable<Cpu> queries[] = {{rows(q), rows(gradient), 1, true}};
    const selfsame::In<Cpu> keys[] = {rows(k)};
    losses.push_back(method.compare(2, queries, keys));
    optimizer.zero_grad();
    q.backward(gradient);
    optimizer.step();
    std::vector<selfsame::Followed<Cpu>> followed;
    for (std::size_t p = 0; p < online->parameters().size(); ++p)
      followed.push_back({array(online->parameters()[p]), array(target->parameters()[p])});
    method.after_step(followed);
  }
  return follows("MoCo over libtorch", losses, native);
}

bool train_swav() {
  const Native native = train_natively(swav);
  auto net = network(native);
  const Index count = swav.prototypes.count;
  Tensor prototypes = torch::tensor(native.weights[2]).view({count, width}).requires_grad_();
  auto parameters = net->parameters();
  parameters.push_back(prototypes);
  torch::optim::SGD optimizer(parameters, double{rate});
  selfsame::Standalone method(swav, course);
  std::vector<float> losses;
  for (Index step = 0; step < steps; ++step) {
    const Tensor z = net->forward(images_of(views(step)).view({2 * images, inputs}));
    const Tensor gradient = torch::zeros_like(z);
    optimizer.zero_grad();
    prototypes.mutable_grad() = torch::zeros_like(prototypes);
    losses.push_back(method.compare(
        images, selfsame::Differentiable<Cpu>{rows(z), rows(gradient), 1, true},
        selfsame::DifferentiableWeights<Cpu>{rows(prototypes), rows(prototypes.grad())}));
    z.backward(gradient);
    optimizer.step();
    method.method().project(method.pass(), rows(prototypes));
    method.after_step();
  }
  return follows("SwAV over libtorch", losses, native);
}

}  // namespace

int main() {
  const bool moco_follows = train_moco(), swav_follows = train_swav();
  return moco_follows && swav_follows ? 0 : 1;
}
