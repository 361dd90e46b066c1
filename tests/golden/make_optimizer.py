"""Golden numbers of the optimizers and of the schedule, in double.

packages: torch 2.15 (SGD, AdamW), timm 1.0 (LARS), lightly 1.6 (CosineWarmupScheduler); seed 1
command: python tests/golden/make_optimizer.py
"""
import timm
import torch
import lightly
from lightly.utils.scheduler import cosine_warmup_schedule
from timm.optim import Lars

import golden_file

VERSIONS = f"torch {torch.__version__}, timm {timm.__version__}, lightly {lightly.__version__}; seed 1"
STEPS, SIZE = 5, 37


def problem():
    """Weights, and a gradient for each step, exact in float; some gradients are tiny, so that epsilon shows."""
    generator = torch.Generator().manual_seed(1)
    draw = lambda *shape: (256 * torch.randn(*shape, generator=generator, dtype=torch.float64)).round() / 256
    weights, gradients = draw(SIZE), draw(STEPS, SIZE)
    gradients[:, :5] *= 2.0 ** -27
    gradients[:, 5] = 0
    return weights, gradients


def run(name, make, note=""):
    weights, gradients = problem()
    parameter = torch.nn.Parameter(weights.clone())
    optimizer = make([parameter])
    rows = []
    for gradient in gradients:
        parameter.grad = gradient.clone()
        optimizer.step()
        rows.append(parameter.detach().clone())
    golden_file.write(f"optimizer/{name}.txt", [f"{name}, {STEPS} steps{note}; {VERSIONS}"],
                      {"start": weights, "gradients": gradients, "weights": torch.stack(rows)})


run("sgd", lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, weight_decay=0.01),
    " of SGD(lr=0.1, momentum=0.9, weight_decay=0.01)")
run("nesterov", lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, weight_decay=0.01, nesterov=True),
    " of SGD(lr=0.1, momentum=0.9, weight_decay=0.01, nesterov=True)")
run("adamw", lambda p: torch.optim.AdamW(p, lr=0.01, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.05),
    " of AdamW(lr=0.01, weight_decay=0.05)")
# timm's denominator is |g| + decay |w|, and its rate stands outside the buffer: without decay and at a
# constant rate both conventions agree with SimCLR's.
run("lars", lambda p: Lars(p, lr=0.5, momentum=0.9, weight_decay=0.0, trust_coeff=0.001, eps=0.0, always_adapt=True),
    " of timm's Lars(lr=0.5, momentum=0.9, weight_decay=0, trust_coeff=0.001, eps=0, always_adapt=True)")
# With its epsilon that is apex's LARC without clipping.
run("larc", lambda p: Lars(p, lr=0.5, momentum=0.9, weight_decay=0.01, trust_coeff=0.001, eps=1e-8, always_adapt=True),
    " of timm's Lars(lr=0.5, momentum=0.9, weight_decay=0.01, trust_coeff=0.001, eps=1e-8, always_adapt=True)")

# lightly divides the cosine by max_steps - warmup - 1, so that the last step is at the end; we, as SimCLR
# does, by steps - warmup. So ours at (k, steps) is theirs with one step more. Its warm-up begins at
# 1 / warmup where SimCLR's is 0, so that part is torch's LinearLR.
warmup, total = 10, 100
rate = [cosine_warmup_schedule(k, total + 1, 2.0, 0.1, warmup, warmup_start_value=0.0) for k in range(warmup, total)]
one = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=2.0)
linear = torch.optim.lr_scheduler.LambdaLR(one, lambda k: min(1.0, k / warmup))
climb = []
for _ in range(warmup):
    climb.append(one.param_groups[0]["lr"])
    one.step()
    linear.step()
golden_file.write("optimizer/schedule.txt", [f"warm-up of {warmup} steps, then a cosine from 2 to 0.1, {total} steps; {VERSIONS}"],
                  {"rate": torch.tensor(climb + rate, dtype=torch.float64)})
