"""One whole training run of SimCLR: the loss of 20 steps.

packages: torch 2.15, torchvision 0.29, lightly 1.6; no seed: weights and views are formulas (network_formulas.py)
command: python tests/golden/make_simclr.py
"""
import math

import lightly
import torch
import torchvision
from lightly.loss import NTXentLoss

import golden_file
from network_formulas import DOUBLE, Encoder, buffers, fill, formula, project, segments

VERSIONS = f"torch {torch.__version__}, torchvision {torchvision.__version__}, lightly {lightly.__version__}; no seed"
STEPS, IMAGES, SIZE, CHANNELS = 20, 16, 12, 3
torch.set_num_threads(1)


def views(step: int) -> torch.Tensor:
    """(2 * IMAGES, C, H, W), first views first: a texture an image and noise a view."""
    rows = torch.arange(SIZE * SIZE * CHANNELS, dtype=DOUBLE)
    noise = formula(300 + step, 2 * IMAGES * rows.numel()).reshape(2, IMAGES, -1)
    image = (torch.arange(IMAGES, dtype=DOUBLE) + IMAGES * step)[:, None]
    texture = torch.sin(0.05 * rows * (1 + image % 7) + image)
    pixels = (0.5 + 0.3 * texture + 0.2 * noise).float().to(DOUBLE)
    return pixels.reshape(2 * IMAGES, SIZE, SIZE, CHANNELS).permute(0, 3, 1, 2).contiguous()


class SimCLR(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = Encoder(False, [1, 1, 1], 8, CHANNELS, "small")
        self.head = torch.nn.Sequential(torch.nn.Linear(32, 24, bias=False), torch.nn.BatchNorm1d(24), torch.nn.ReLU(),
                                        torch.nn.Linear(24, 16, bias=False), torch.nn.BatchNorm1d(16))

    def forward(self, x):
        return self.head(self.encoder(x))


def train(kind, make):
    net = SimCLR().to(kind)
    fill(segments(net))
    loss_of = NTXentLoss(temperature=0.2)
    matrices = [p for _, p in net.named_parameters() if p.ndim > 1]
    others = [p for _, p in net.named_parameters() if p.ndim == 1]
    optimizer, rate = make([{"params": matrices, "weight_decay": 0.01}, {"params": others, "weight_decay": 0.0}])
    losses = []
    for step in range(STEPS):
        for group in optimizer.param_groups:
            group["lr"] = rate * (1 + math.cos(math.pi * step / STEPS)) / 2
        z = net(views(step).to(kind))
        loss = loss_of(z[:IMAGES], z[IMAGES:])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return net, torch.tensor(losses, dtype=DOUBLE)


for name, make in {
    "adamw": lambda groups: (torch.optim.AdamW(groups, betas=(0.9, 0.999), eps=1e-8), 3e-3),
    "sgd": lambda groups: (torch.optim.SGD(groups, lr=1.0, momentum=0.9), 0.002),
}.items():
    net, losses = train(DOUBLE, make)
    _, single = train(torch.float32, make)
    print(name, losses[0].item(), "->", losses[-1].item(), "float differs by", (losses - single).abs().max().item())
    golden_file.write(f"train/simclr_{name}.txt",
                      [f"NTXentLoss of {STEPS} steps with {name}, cosine rate, in double and in float; norm and projections "
                       f"of weights and buffers afterwards; {VERSIONS}"],
                      {"losses": losses, "float_losses": single,
                       "weights": torch.stack([project(p) for _, p in segments(net)]),
                       "buffers": torch.stack([project(b) for _, b in buffers(net)])})
