"""Golden numbers of losses with weights of their own: Sinkhorn's codes, swapped prediction, a linear layer with cross-entropy.

packages: torch 2.15, lightly 1.6, solo-learn 1.0.2 (its files losses/swav.py and utils/sinkhorn_knopp.py), POT 0.9, optax 0.2 with
          jax; seed 7
command: python tests/golden/make_prototypes.py path/to/solo-learn-1.0.2
"""
import importlib.metadata
import importlib.util
import sys

import jax
import optax
import ot
import torch
import torch.nn.functional as F
from lightly.loss.swav_loss import SwaVLoss, sinkhorn

import golden_file

jax.config.update("jax_enable_x64", True)


def solo(path):
    spec = importlib.util.spec_from_file_location(path.replace("/", "_"), f"{sys.argv[1]}/solo/{path}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


swav, knopp = solo("losses/swav"), solo("utils/sinkhorn_knopp")
sys.argv[1:] = ["path/to/solo-learn-1.0.2"]
VERSIONS = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("torch", "lightly", "POT", "optax", "jax"))
VERSIONS += ", solo-learn 1.0.2; seed 7"
generator = torch.Generator().manual_seed(7)
draw = lambda *shape: torch.randn(*shape, generator=generator, dtype=torch.float64)
coarse = lambda x: (256 * x).round() / 256  # the same in float, and short in text
same = lambda a, b: torch.allclose(a, b, rtol=1e-10, atol=1e-14)

# Sinkhorn: lightly's and solo-learn's after 3 iterations, POT's after convergence; lightly's with a queue behind the batch.
samples, prototypes, epsilon = 14, 9, 0.05
scores = coarse(0.3 * draw(samples, prototypes))
three = sinkhorn(scores.clone(), iterations=3, epsilon=epsilon)
assert same(three, knopp.SinkhornKnopp(num_iters=3, epsilon=epsilon)(scores.clone()))
uniform = lambda n: torch.full((n,), 1 / n, dtype=torch.float64)
plan = ot.sinkhorn(uniform(samples), uniform(prototypes), -scores, epsilon, numItermax=20000, stopThr=1e-15)
narrow = ot.sinkhorn(uniform(samples), uniform(prototypes), -scores, 0.005, method="sinkhorn_log", numItermax=20000, stopThr=1e-13)
arrays = {"scores": scores, "three": three, "converged": samples * plan, "converged_0.005": samples * narrow,
          "batch_of_5": sinkhorn(scores.clone(), iterations=3, epsilon=epsilon)[:5]}
golden_file.write("assigner/sinkhorn.txt", [
    "Codes of scores at epsilon 0.05: lightly's sinkhorn after 3 iterations (equal to solo-learn's SinkhornKnopp); POT's ot.sinkhorn",
    "converged, times the number of samples, and by its method sinkhorn_log at epsilon 0.005; batch_of_5: rows 0 ... 4 are the batch and",
    f"the others a queue; {VERSIONS}"], arrays)

# Swapped prediction: lightly's SwaVLoss makes the codes, too; solo-learn's has as many codes as views.
images, width, views = 4, 6, 4
rows = F.normalize(coarse(draw(views * images, width))).requires_grad_()
columns = F.normalize(coarse(draw(7, width))).requires_grad_()
arrays = {"rows": rows.detach(), "prototypes": columns.detach()}
for name, crops in (("multi_crop", 4), ("two_views", 2)):
    s = [rows[v * images:(v + 1) * images] @ columns.T for v in range(crops)]
    value = SwaVLoss(temperature=0.1)(s[:2], s[2:])
    codes = torch.cat([sinkhorn(x.detach().clone()) for x in s[:2]])
    if crops == 2:
        assert same(value[0], swav.swav_loss_func(s, [codes[:images], codes[images:]], 0.1))
    by_rows, by_prototypes = torch.autograd.grad(value, (rows, columns))
    arrays |= {f"{name}_codes": codes, f"{name}_value": value.detach(), f"{name}_rows": by_rows, f"{name}_prototypes": by_prototypes}
golden_file.write("loss/swapped_prediction.txt", [
    "lightly's SwaVLoss of unit rows and prototypes, temperature 0.1, epsilon 0.05, 3 iterations, and gradients by torch; views of 4",
    "images each: 4, of which 2 have codes, and 2 alone (value equal to solo-learn's swav_loss_func, a mean over ordered pairs);",
    VERSIONS], arrays)

# A linear layer and cross-entropy.
tokens, width, vocabulary = 9, 5, 11
h, w, b = (coarse(x).requires_grad_() for x in (draw(tokens, width), draw(vocabulary, width), draw(vocabulary)))
labels = torch.randint(vocabulary, (tokens,), generator=generator)
labels[4] = -100  # no token
value = F.cross_entropy(F.linear(h, w, b), labels)
slopes = torch.autograd.grad(value, (h, w, b))
kept = labels >= 0
terms = optax.softmax_cross_entropy_with_integer_labels((h @ w.T + b)[kept].detach().numpy(), labels[kept].numpy())
assert abs(float(terms.mean()) - value.item()) < 1e-12
golden_file.write("loss/masked_tokens.txt", [
    "torch's linear and cross_entropy with their gradients; a label of -100 is ignored (value equal to that of optax's",
    f"softmax_cross_entropy_with_integer_labels); {VERSIONS}"],
    {"rows": h.detach(), "weight": w.detach(), "bias": b.detach(), "labels": labels, "value": value.detach().reshape(1),
     "rows_gradient": slopes[0], "weight_gradient": slopes[1], "bias_gradient": slopes[2]})
