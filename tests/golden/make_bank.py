"""Golden numbers of losses against a memory bank, and of its update.

packages: torch 2.15, lightly 1.6 (shared negatives), optax 0.2.8 (noise-contrastive values); seed 5
command: python tests/golden/make_bank.py
"""
import lightly
import numpy
import optax
import torch
import torch.nn.functional as F
from lightly.loss import NTXentLoss

import golden_file

VERSIONS = f"torch {torch.__version__}, lightly {lightly.__version__}, optax {optax.__version__}; seed 5"
generator = torch.Generator().manual_seed(5)
draw = lambda *shape: torch.randn(*shape, generator=generator, dtype=torch.float64)
coarse = lambda x: (64 * x).round() / 64  # the same in float, and short in text

samples, width, batch, k, temperature = 40, 12, 6, 21, 0.2
bank = coarse(draw(samples, width))
z = coarse(draw(batch, width)).requires_grad_()
own = torch.tensor([3, 39, 0, 17, 22, 8])
index = torch.cat([own[:, None], torch.randint(samples, (batch, k), generator=generator)], 1)
shared = torch.randint(samples, (k,), generator=generator)
shared[4] = own[2]  # an own sample that is a negative, too
unit_bank = F.normalize(bank)


def slopes(value):
    return [value.detach().reshape(1), *torch.autograd.grad(value, [z])]


def optax_nce(t):
    labels = numpy.zeros(t.shape)
    labels[:, 0] = 1
    return optax.sigmoid_binary_cross_entropy(t.detach().numpy(), labels).sum(1).mean()


arrays = {"bank": bank, "z": z.detach(), "index": index, "own": own, "shared": shared}
scores_of = {"own": lambda: torch.einsum("bd,bjd->bj", F.normalize(z), unit_bank[index]) / temperature,
             "shared": lambda: torch.cat([(F.normalize(z) * unit_bank[own]).sum(1, keepdim=True),
                                          F.normalize(z) @ unit_bank[shared].T], 1) / temperature}
for name, scores in scores_of.items():
    s = scores()
    value, gradient = slopes(F.cross_entropy(s, torch.zeros(batch, dtype=torch.long)))
    arrays |= {f"{name}_softmax_value": value, f"{name}_softmax_gradient": gradient}
    s = scores()
    log_mean = s.detach().exp().mean().log()
    t = s - log_mean - numpy.log(k)
    labels = torch.zeros_like(t)
    labels[:, 0] = 1
    value, gradient = slopes(F.binary_cross_entropy_with_logits(t, labels, reduction="sum") / batch)
    assert abs(float(optax_nce(t)) - float(value)) < 1e-5, "optax computes in float"
    arrays |= {f"{name}_log_mean": log_mean.reshape(1), f"{name}_nce_value": value, f"{name}_nce_gradient": gradient}

criterion = NTXentLoss(temperature=temperature, memory_bank_size=(k, width)).double()
criterion.memory_bank.bank = unit_bank[shared]
value, gradient = slopes(criterion(z, unit_bank[own]))
arrays |= {"lightly_value": value, "lightly_gradient": gradient}

features = F.normalize(z.detach())
moved = unit_bank.clone()
moved[own] = F.normalize(0.5 * unit_bank[own] + 0.5 * features)
arrays["moved"] = moved[own]
golden_file.write("loss/bank.txt", ["z and the bank are brought to unit length; temperature 0.2; column 0 of index is own, shared has "
                                    "one list of negatives; softmax by torch's cross_entropy, nce by its binary_cross_entropy_with_"
                                    "logits (optax agrees), log_mean of these scores; lightly's NTXentLoss with the shared negatives "
                                    f"as its memory bank; moved: rows own after an update at momentum 0.5; {VERSIONS}"], arrays)
