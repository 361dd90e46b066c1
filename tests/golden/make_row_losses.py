"""Golden numbers of losses of rows: cross-entropy with labels and weights, regression, distillation, consistency.

packages: torch 2.15, timm 1.0.31, optax 0.2 with jax, lightly 1.6, solo-learn 1.0.2 (its file losses/byol.py); seed 5
command: python tests/golden/make_row_losses.py path/to/solo-learn-1.0.2
"""
import importlib.metadata
import importlib.util
import sys

import jax
import optax
import torch
import torch.nn.functional as F
from lightly.loss import NegativeCosineSimilarity
from timm.loss import LabelSmoothingCrossEntropy, SoftTargetCrossEntropy

import golden_file

jax.config.update("jax_enable_x64", True)
versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("torch", "timm", "optax", "jax", "lightly"))
VERSIONS = f"{versions}, solo-learn 1.0.2; seed 5"
spec = importlib.util.spec_from_file_location("solo_byol", f"{sys.argv[1]}/solo/losses/byol.py")
solo = importlib.util.module_from_spec(spec)
spec.loader.exec_module(solo)
sys.argv[1:] = ["path/to/solo-learn-1.0.2"]

generator = torch.Generator().manual_seed(5)
draw = lambda *shape: torch.randn(*shape, generator=generator, dtype=torch.float64)
coarse = lambda x: (256 * x).round() / 256  # the same in float, and short in text


def both(name, value, x):
    return {f"{name}_value": value.detach().reshape(1), f"{name}_gradient": torch.autograd.grad(value, x, retain_graph=True)[0]}


def by_jax(name, f, x):
    value, gradient = jax.value_and_grad(f)(jax.numpy.asarray(x.detach().numpy()))
    return {f"{name}_value": torch.tensor([float(value)], dtype=torch.float64), f"{name}_gradient": torch.tensor(gradient.tolist(), dtype=torch.float64)}


rows, classes = 19, 11
logits = coarse(3 * draw(rows, classes)).requires_grad_()
labels = torch.randint(classes, (rows,), generator=generator)
some = labels.clone()
some[[2, 7, 18]] = -1
weights = coarse(draw(classes).abs() + 0.125)
targets = coarse(torch.softmax(draw(rows, classes), 1))
arrays = {"logits": logits.detach(), "labels": labels, "some": some, "weights": weights, "targets": targets}
for name, target, options in [
    ("ignored", some, dict(ignore_index=-1)), ("weighted", labels, dict(weight=weights)),
    ("weighted_ignored", some, dict(weight=weights, ignore_index=-1)),
    ("weighted_smooth", labels, dict(weight=weights, label_smoothing=0.1)),
    ("soft_smooth", targets / targets.sum(1, keepdim=True), dict(label_smoothing=0.2)),
    ("soft_weighted_smooth", targets / targets.sum(1, keepdim=True), dict(weight=weights, label_smoothing=0.2)),
]:
    arrays |= both(name, F.cross_entropy(logits, target, **options), logits)
arrays |= both("timm_smooth", LabelSmoothingCrossEntropy(0.1)(logits, labels), logits)
arrays |= both("timm_soft", SoftTargetCrossEntropy()(logits, targets), logits)
arrays |= by_jax("optax_soft", lambda x: optax.softmax_cross_entropy(x, targets.numpy()).mean(), logits)
arrays |= by_jax("optax_hard", lambda x: optax.softmax_cross_entropy_with_integer_labels(x, labels.numpy()).mean(), logits)
golden_file.write("loss/cross_entropy_labels.txt", [
    "torch.nn.functional.cross_entropy with ignore_index -1, class weights, label_smoothing 0.1 (labels) and 0.2 (targets); soft",
    "targets were divided by their sums for torch. timm: LabelSmoothingCrossEntropy(0.1), SoftTargetCrossEntropy. optax:",
    f"softmax_cross_entropy and _with_integer_labels, means; {VERSIONS}"], arrays)

p, t = coarse(draw(13, 9)).requires_grad_(), coarse(draw(13, 9))
arrays = {"predictions": p.detach(), "targets": t}
arrays |= both("lightly", NegativeCosineSimilarity()(p, t), p)
arrays |= both("solo", solo.byol_loss_func(p, t), p)
golden_file.write("loss/regression.txt", ["lightly's NegativeCosineSimilarity: -mean cos. solo-learn's byol_loss_func: "
                                          f"2 - 2 mean cos; {VERSIONS}"], arrays)

student, teacher = coarse(2 * draw(rows, classes)).requires_grad_(), coarse(2 * draw(rows, classes))
arrays = {"student": student.detach(), "teacher": teacher}
for temperature in (1, 3):
    p, q = F.log_softmax(student / temperature, 1), F.log_softmax(teacher / temperature, 1)
    for name, value in [("batch", F.kl_div(p, q, log_target=True, reduction="batchmean")),
                        ("element", F.kl_div(p, q, log_target=True, reduction="mean")),
                        ("reverse", F.kl_div(q, p, log_target=True, reduction="batchmean"))]:
        arrays |= both(f"{name}_{temperature}", temperature ** 2 * value, student)
    arrays |= both(f"entropy_{temperature}", F.cross_entropy(student / temperature, q.exp()), student)
arrays |= by_jax("optax_kl", lambda x: optax.kl_divergence(jax.nn.log_softmax(x), jax.nn.softmax(teacher.numpy())).mean(), student)
arrays |= both("hard", F.cross_entropy(student, teacher.argmax(1)), student)
golden_file.write("loss/distillation.txt", [
    "torch.nn.functional.kl_div of log softmax(x / T), times T^2, T = 1 and 3: batchmean, mean, and with the arguments exchanged",
    "(reverse); entropy: cross_entropy of student / T with softmax(teacher / T), without T^2; optax_kl: optax.kl_divergence, mean,",
    f"T = 1; hard: cross_entropy with the teacher's argmax; {VERSIONS}"], arrays)

strong, weak = coarse(2 * draw(rows, classes)).requires_grad_(), coarse(2 * draw(rows, classes))
q = torch.softmax(weak, 1)
sure, label = q.max(1)
mask = (sure >= 0.5).double()
sharp = torch.softmax(weak / 0.4, 1)
arrays = {"strong": strong.detach(), "weak": weak, "mask": mask}
arrays |= both("hard", (F.cross_entropy(strong, label, reduction="none") * mask).mean(), strong)
arrays |= both("soft", (F.cross_entropy(strong, sharp, reduction="none") * mask).mean(), strong)
arrays |= both("squared", (F.mse_loss(torch.softmax(strong, 1), q, reduction="none").sum(1) * mask).mean(), strong)
golden_file.write("loss/consistency.txt", [
    "torch: cross_entropy of the strong logits with the weak argmax (hard) and softmax(weak / 0.4) (soft), and mse_loss of softmaxes",
    f"summed over classes (squared), times the mask of max softmax(weak) >= 0.5, mean over rows; {VERSIONS}"], arrays)
