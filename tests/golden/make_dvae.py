"""Golden numbers of the discrete VAE's losses.

packages: torch 2.15, optax 0.2.8 (Huber); seed 7
command: python tests/golden/make_dvae.py
"""
import optax
import torch
import torch.nn.functional as F
from torch import distributions

import golden_file

VERSIONS = f"torch {torch.__version__}, optax {optax.__version__}; seed 7"
generator = torch.Generator().manual_seed(7)
draw = lambda *shape: torch.randn(*shape, generator=generator, dtype=torch.float64)
coarse = lambda x: (64 * x).round() / 64  # the same in float, and short in text
slopes = lambda value, *inputs: [value.detach().reshape(1), *torch.autograd.grad(value, inputs)]

rows, words, temperature = 7, 19, 0.5
logits = coarse(2 * draw(rows, words)).requires_grad_()
uniforms = coarse(torch.rand(rows, words, generator=generator, dtype=torch.float64)).clamp(1 / 64, 63 / 64)
pull = coarse(draw(rows, words))
soft = F.softmax((logits - (-uniforms.log()).log()) / temperature, 1)
arrays = {"logits": logits.detach(), "uniforms": uniforms, "pull": pull, "soft": soft.detach()}
arrays["logits_gradient"] = torch.autograd.grad((soft * pull).sum(), logits)[0]
q = distributions.Categorical(logits=logits)
uniform = distributions.Categorical(logits=torch.zeros_like(logits))
arrays["kl_value"], arrays["kl_gradient"] = slopes(distributions.kl_divergence(q, uniform).sum(), logits)

pixels, channels, margin = 25, 3, 0.1
images = coarse(torch.rand(pixels, channels, generator=generator, dtype=torch.float64))
decoded = coarse(draw(pixels, channels)).requires_grad_()
arrays |= {"images": images, "decoded": decoded.detach()}
arrays["squared_value"], arrays["squared_gradient"] = slopes(F.mse_loss(decoded, images), decoded)
for beta in (1.0, 0.25):
    value, gradient = slopes(F.smooth_l1_loss(decoded, images, beta=beta), decoded)
    huber = optax.huber_loss(decoded.detach().numpy(), images.numpy(), delta=beta).mean() / beta
    assert abs(float(huber) - float(value)) < 1e-5, "optax computes in float"
    arrays |= {f"smooth_{beta}_value": value, f"smooth_{beta}_gradient": gradient}
both = coarse(0.7 * draw(pixels, 2 * channels)).requires_grad_()
mu, s = both[:, :channels], both[:, channels:]
density = distributions.TransformedDistribution(distributions.Laplace(mu, s.exp()), [distributions.SigmoidTransform()])
arrays["both"] = both.detach()
arrays["laplace_value"], arrays["laplace_gradient"] = slopes(-density.log_prob((1 - 2 * margin) * images + margin).mean(), both)
golden_file.write("loss/dvae.txt", ["soft: softmax((logits + Gumbel noise of the uniforms) / 0.5), logits_gradient: of sum(soft * pull); kl: sum "
                                    "over rows of torch.distributions' divergence from uniform; squared, smooth (beta 1 and 0.25): torch's "
                                    "mse_loss and smooth_l1_loss (optax's huber_loss / beta agrees); laplace: torch.distributions' Laplace "
                                    f"through a sigmoid, both = (mu, s), pixels mapped into [0.1, 0.9]; {VERSIONS}"], arrays)
