"""Golden numbers of evaluations: weighted k-NN, and the optimum of a linear probe.

packages: torch 2.15 (the probe's optimum, by Newton's method in double), lightly 1.6 (k-NN); seed 2
command: python tests/golden/make_eval.py
"""
import lightly
import torch
from lightly.utils.benchmarking.knn import knn_predict

import golden_file

VERSIONS = f"torch {torch.__version__}, lightly {lightly.__version__}; seed 2"
TRAIN, TEST, WIDTH, CLASSES = 300, 80, 12, 5
generator = torch.Generator().manual_seed(2)
draw = lambda *shape: torch.randn(*shape, generator=generator, dtype=torch.float64)
coarse = lambda x: (256 * x).round() / 256  # the same in float, and short in text
centres = draw(CLASSES, WIDTH) * 0.7
scale, shift = 10 ** (draw(WIDTH) * 0.5), 3 * draw(WIDTH)  # columns of different scales, off zero


def rows(count):
    labels = torch.randint(CLASSES, (count,), generator=generator)
    return coarse(centres[labels] + draw(count, WIDTH)), labels


train, train_labels = rows(TRAIN)
test, test_labels = rows(TEST)
unit = lambda x: torch.nn.functional.normalize(x, dim=1)
knn = {f"knn_{k}_{t}": knn_predict(unit(test), unit(train).t(), train_labels, CLASSES, k, t)[:, 0].double()
       for k, t in [(1, 0.1), (20, 0.07), (200, 0.1)]}

raw, raw_test = (coarse(x * scale + shift) for x in (train, test))
mean, deviation = raw.mean(0), raw.std(0, unbiased=False)
x, l2 = (raw - mean) / deviation, 10.0 / TRAIN


def objective(theta):
    weights, bias = theta[:-CLASSES].view(CLASSES, WIDTH), theta[-CLASSES:]
    return torch.nn.functional.cross_entropy(x @ weights.t() + bias, train_labels) + l2 / 2 * weights.square().sum()


theta = torch.zeros(CLASSES * (WIDTH + 1), dtype=torch.float64)
gradient = torch.func.grad(objective)
for _ in range(30):  # Newton; the pseudo-inverse, since a constant may be added to all biases
    theta = theta - torch.linalg.pinv(torch.func.hessian(objective)(theta), hermitian=True) @ gradient(theta)
assert gradient(theta).abs().max() < 1e-14
weights, bias = theta[:-CLASSES].view(CLASSES, WIDTH), theta[-CLASSES:]
with torch.no_grad():
    own = weights / deviation  # as a map of the rows as they are; the bias is free up to a constant
    logits = raw_test @ own.t() + bias - own @ mean
    logits -= logits.mean(1, keepdim=True)

golden_file.write("eval/knn.txt", [f"lightly's knn_predict on unit rows, classes by (k, temperature); {VERSIONS}"],
                  {"train": train, "train_labels": train_labels, "test": test, "test_labels": test_labels, **knn})
golden_file.write("eval/probe.txt", [f"logistic regression, mean loss + {l2:.9g} / 2 |W|^2 on standardised rows, "
                                     f"optimum by Newton's method; logits less their mean over classes; {VERSIONS}"],
                  {"train": raw, "labels": train_labels, "test": raw_test, "objective": objective(theta).reshape(1),
                   "weights": own, "logits": logits})
