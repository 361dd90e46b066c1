"""Golden numbers of losses of two views: VICReg and Barlow Twins, values and gradients in double.

packages: torch 2.15, lightly 1.6; seed 6
command: python tests/golden/make_view_losses.py
"""
import lightly
import torch
from lightly.loss import BarlowTwinsLoss, VICRegLoss

import golden_file

VERSIONS = f"torch {torch.__version__}, lightly {lightly.__version__}; seed 6"
generator = torch.Generator().manual_seed(6)
draw = lambda *shape: (256 * torch.randn(*shape, generator=generator, dtype=torch.float64)).round() / 256
ROWS, COLS = 13, 6
# Columns of small and of large variance, so that both sides of the hinge are seen; views alike, not equal.
first = draw(ROWS, COLS) * torch.tensor([0.25, 0.5, 1, 1, 2, 4], dtype=torch.float64)
second = first + 0.25 * draw(ROWS, COLS)
for name, loss in (("vicreg", VICRegLoss()), ("barlow_twins", BarlowTwinsLoss(lambda_param=0.0051))):
    a, b = first.clone().requires_grad_(), second.clone().requires_grad_()
    value = loss(a, b)
    value.backward()
    print(name, value.item())
    golden_file.write(f"loss/{name}.txt", [f"{type(loss).__name__} of lightly; {VERSIONS}"],
                      {"first": first, "second": second, "value": value.detach().reshape(1), "first_gradient": a.grad,
                       "second_gradient": b.grad})
