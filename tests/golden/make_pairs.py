"""Golden numbers of losses of pairs: InfoNCE with a queue, supervised contrast, patches, NT-Xent of three views.

packages: torch 2.15, lightly 1.6 and solo-learn 1.0.2 (InfoNCE), pytorch-metric-learning 2.9 (supervised contrast, NT-Xent); seed 5
command: python tests/golden/make_pairs.py SOLO_LEARN_SOURCES
"""
import importlib.util
import sys

import lightly
import pytorch_metric_learning
import torch
from lightly.loss import NTXentLoss as LightlyNTXent
from pytorch_metric_learning.losses import NTXentLoss, SupConLoss

import golden_file

spec = importlib.util.spec_from_file_location("solo_moco", sys.argv[1] + "/solo/losses/moco.py")
solo_moco = importlib.util.module_from_spec(spec)
spec.loader.exec_module(solo_moco)
sys.argv[1:] = ["SOLO_LEARN_SOURCES"]  # in the file's header

VERSIONS = (f"torch {torch.__version__}, lightly {lightly.__version__}, solo-learn 1.0.2, pytorch-metric-learning "
            f"{pytorch_metric_learning.__version__}; seed 5")
generator = torch.Generator().manual_seed(5)
draw = lambda *shape: (256 * torch.randn(*shape, generator=generator, dtype=torch.float64)).round() / 256
unit = lambda x: torch.nn.functional.normalize(x, dim=1)


def slopes(value, *inputs):
    return [value.detach().reshape(1), *torch.autograd.grad(value, inputs)]


# InfoNCE: torch's cross-entropy over (own key, queue), solo-learn's moco_loss_func, lightly's NTXentLoss with a full memory bank.
batch, width, capacity = 9, 7, 21
z, keys, queue = draw(batch, width).requires_grad_(), draw(batch, width), draw(capacity, width)
k, n = unit(keys), unit(queue)
arrays = {"z": z.detach(), "keys": k, "queue": n}
for temperature in (0.07, 0.2):
    logits = torch.cat([(unit(z) * k).sum(1, keepdim=True), unit(z) @ n.T], 1) / temperature
    value, gradient = slopes(torch.nn.functional.cross_entropy(logits, torch.zeros(batch, dtype=torch.long)), z)
    solo = solo_moco.moco_loss_func(unit(z), k, n.T, temperature)
    bank = LightlyNTXent(temperature=temperature, memory_bank_size=(capacity, width))
    bank.memory_bank.bank = n.clone()
    bank.memory_bank.bank_ptr = torch.zeros(1, dtype=torch.long)
    ours = bank(z.detach(), k)  # of constants: it puts no keys in the bank
    assert abs(solo - value) < 1e-12 and abs(ours - value) < 1e-6, (solo, ours, value)
    arrays |= {f"value_{temperature}": value, f"gradient_{temperature}": gradient}
golden_file.write("loss/info_nce.txt", [f"torch's cross-entropy of own key and queue, gradient of rows before their unit length; "
                                        f"equal to solo-learn's moco_loss_func and lightly's NTXentLoss; {VERSIONS}"], arrays)

# Supervised contrast; every label occurs twice at least, as pytorch-metric-learning averages over rows with a loss.
rows = 17
labels = torch.tensor([0, 1, 2, 3, 0, 1, 2, 3, 0, 0, 2, 3, 3, 1, 0, 2, 1])
x = draw(rows, width).requires_grad_()
arrays = {"z": x.detach(), "labels": labels}
for temperature in (0.1, 0.5):
    value, gradient = slopes(SupConLoss(temperature=temperature)(x, labels), x)
    arrays |= {f"value_{temperature}": value, f"gradient_{temperature}": gradient}
golden_file.write("loss/sup_con.txt", [f"pytorch-metric-learning's SupConLoss; {VERSIONS}"], arrays)

# Three views of five images. Ours leaves the other positive in the denominator, pytorch-metric-learning's takes it out.
images, views = 5, 3
v = draw(images * views, width).requires_grad_()
value, gradient = slopes(NTXentLoss(temperature=0.5)(v, torch.arange(images).repeat(views)), v)
inside, inside_gradient = slopes(SupConLoss(temperature=0.5)(v, torch.arange(images).repeat(views)), v)
golden_file.write("loss/three_views.txt",
                  [f"'apart': pytorch-metric-learning's NTXentLoss, other positives out of the denominator; 'inside': its "
                   f"SupConLoss, where they stay; {VERSIONS}"],
                  {"z": v.detach(), "apart": value, "apart_gradient": gradient, "inside": inside,
                   "inside_gradient": inside_gradient})

# Patches: two images of a 4 x 4 grid, offset 2.
images, side, offset, width, scale = 2, 4, 2, 5, 0.3
p = (4 * draw(images * (side - offset) * side, width)).requires_grad_()
t = (4 * draw(images * side * side, width)).requires_grad_()
wanted = torch.tensor([b * side * side + (i + offset) * side + j
                       for b in range(images) for i in range(side - offset) for j in range(side)])
value, of_p, of_t = slopes(torch.nn.functional.cross_entropy(scale * p @ t.T, wanted), p, t)
golden_file.write("loss/patch_nce.txt", [f"torch's cross-entropy of scale * predictions . targets; {VERSIONS}"],
                  {"predictions": p.detach(), "targets": t.detach(), "value": value, "of_predictions": of_p,
                   "of_targets": of_t})
