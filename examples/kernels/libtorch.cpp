// NT-Xent inside autograd: a node whose forward pass is ours and has the gradient at hand already.
#include <selfsame/loss/nt_xent.hpp>

#include <cstdio>
#include <torch/torch.h>

using selfsame::Cpu;
using torch::Tensor;

// Rows of a tensor of floats on the processor, on the same memory.
selfsame::MatrixView<float, Cpu> rows(const Tensor& t) {
  return {t.data_ptr<float>(), t.size(0), t.size(1), t.stride(0)};
}

struct NtXent : torch::autograd::Function<NtXent> {
  static Tensor forward(torch::autograd::AutogradContext* context, const Tensor& z,
                        double temperature) {
    const Tensor gradient = torch::empty_like(z);
    const float loss =
        selfsame::nt_xent(Cpu{.threads = torch::get_num_threads()}, {rows(z), rows(gradient)},
                          static_cast<float>(temperature));
    context->save_for_backward({gradient});
    return torch::tensor(loss);
  }
  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list above) {
    return {context->get_saved_variables()[0] * above[0], Tensor()};
  }
};

// The same in torch's own words.
Tensor formula(const Tensor& z, double temperature) {
  const Tensor unit = torch::nn::functional::normalize(z);
  Tensor logits = unit.matmul(unit.t()) / temperature;
  logits = logits.masked_fill(torch::eye(z.size(0), torch::kBool), -INFINITY);
  const Tensor other = (torch::arange(z.size(0)) + z.size(0) / 2) % z.size(0);
  return torch::nn::functional::cross_entropy(logits, other);
}

int main() {
  torch::manual_seed(1);
  Tensor w = torch::randn({20, 16}, torch::requires_grad()), x = torch::randn({64, 20});
  const auto slope = [&](const auto& loss_of) {  // through a layer of torch's, and twice the loss
    w.mutable_grad() = Tensor();
    const Tensor loss = loss_of(x.matmul(w));
    (2 * loss).backward();
    return std::pair(loss.template item<float>(), w.grad().clone());
  };
  const auto [ours, our_slope] = slope([](const Tensor& z) { return NtXent::apply(z, 0.5); });
  const auto [theirs, their_slope] = slope([](const Tensor& z) { return formula(z, 0.5); });
  const float error =
      (our_slope - their_slope).abs().max().item<float>() / their_slope.abs().max().item<float>();
  const bool right = std::abs(ours - theirs) < 1e-5f && error < 1e-5f;
  std::printf("loss %.6f, torch %.6f, gradients differ by %.1e: %s\n", ours, theirs, error,
              right ? "right" : "WRONG");
  return right ? 0 : 1;
}
