"""Golden numbers of losses: NT-Xent, and cross-entropy with soft targets.

packages: torch 2.15 (cross-entropy), lightly 1.6 (NT-Xent); seed 3
command: python tests/golden/make_loss.py
"""
import lightly
import torch
from lightly.loss import NTXentLoss

import golden_file

VERSIONS = f"torch {torch.__version__}, lightly {lightly.__version__}; seed 3"
generator = torch.Generator().manual_seed(3)
draw = lambda *shape: torch.randn(*shape, generator=generator, dtype=torch.float64)
coarse = lambda x: (256 * x).round() / 256  # the same in float, and short in text


def slopes(value, *inputs):
    return [value.detach().reshape(1), *torch.autograd.grad(value, inputs)]


images, width = 20, 16
z = coarse(draw(2 * images, width)).requires_grad_()
arrays = {"z": z.detach()}
for temperature in (0.1, 0.5):
    value, gradient = slopes(NTXentLoss(temperature=temperature)(z[:images], z[images:]), z)
    arrays |= {f"value_{temperature}": value, f"gradient_{temperature}": gradient}
golden_file.write("loss/nt_xent.txt", [f"lightly's NTXentLoss and its gradient by torch; rows 0 ... {images - 1} are "
                                       f"the first views; {VERSIONS}"], arrays)

rows, classes = 15, 7
logits = coarse(3 * draw(rows, classes)).requires_grad_()
labels = torch.randint(classes, (rows,), generator=generator)
targets = coarse(torch.softmax(draw(rows, classes), 1))
arrays = {"logits": logits.detach(), "labels": labels, "targets": targets}
for name, target, temperature, smoothing in [("hard", labels, 1, 0), ("smooth", labels, 1, 0.1), ("soft", targets, 1, 0),
                                             ("cool", targets, 0.2, 0)]:
    value, gradient = slopes(torch.nn.functional.cross_entropy(logits / temperature, target, label_smoothing=smoothing), logits)
    arrays |= {f"{name}_value": value, f"{name}_gradient": gradient}
golden_file.write("loss/cross_entropy.txt", [f"torch.nn.functional.cross_entropy of logits / temperature: hard labels, smoothed by "
                                             f"0.1, soft targets at temperature 1 and 0.2 (cool); {VERSIONS}"], arrays)
