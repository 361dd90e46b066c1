"""Whole training runs: the loss of 20 steps of SimCLR, MoCo, BYOL and SwAV, and the weights, targets and queues after them.

packages: torch 2.15, torchvision 0.29, lightly 1.6; no seed: weights and views are formulas (network_formulas.py)
command: python tests/golden/make_trajectories.py
"""
import copy
import math

import lightly
import torch
import torchvision
from lightly.loss import NegativeCosineSimilarity, NTXentLoss, SwaVLoss
from lightly.models.utils import deactivate_requires_grad, update_momentum

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


def head(outputs: int, last_norm: bool) -> torch.nn.Sequential:
    layers = [torch.nn.Linear(32, 24, bias=False), torch.nn.BatchNorm1d(24), torch.nn.ReLU(),
              torch.nn.Linear(24, outputs, bias=not last_norm)]
    return torch.nn.Sequential(*layers, *([torch.nn.BatchNorm1d(outputs)] if last_norm else []))


class Net(torch.nn.Module):
    def __init__(self, last_norm: bool, predicts: bool = False, prototypes: int = 0):
        super().__init__()
        self.encoder = Encoder(False, [1, 1, 1], 8, CHANNELS, "small")
        self.head = head(16, last_norm)
        if predicts:
            self.predictor = torch.nn.Sequential(torch.nn.Linear(16, 20, bias=False), torch.nn.BatchNorm1d(20),
                                                 torch.nn.ReLU(), torch.nn.Linear(20, 16))

        if prototypes:
            self.prototypes = torch.nn.Linear(16, prototypes, bias=False)

    def embed(self, x):
        return self.head(self.encoder(x))


class SimCLR:
    """Both views in one pass."""

    def __init__(self, kind):
        self.net = Net(last_norm=True).to(kind)
        fill(segments(self.net))
        self.loss_of = NTXentLoss(temperature=0.2)

    def loss(self, x, step):
        z = self.net.embed(x)
        return self.loss_of(z[:IMAGES], z[IMAGES:])

    def before_step(self, step):
        pass

    def follow(self, step):
        pass

    def state(self):
        return {}


class MoCo(SimCLR):
    """Queries of the first view, keys of the second, a queue of lightly's; the target moves after the step."""
    KEYS, MOMENTUM = 64, 0.9

    def __init__(self, kind):
        super().__init__(kind)
        self.target = copy.deepcopy(self.net)
        deactivate_requires_grad(self.target)
        self.loss_of = NTXentLoss(temperature=0.2, memory_bank_size=(self.KEYS, 16)).to(kind)
        keys = formula(900, self.KEYS * 16).reshape(self.KEYS, 16)
        self.loss_of.memory_bank.bank = torch.nn.functional.normalize(keys, dim=1).to(kind)

    def loss(self, x, step):
        with torch.no_grad():
            keys = self.target.embed(x[IMAGES:])
        return self.loss_of(self.net.embed(x[:IMAGES]), keys)

    def follow(self, step):
        update_momentum(self.net.encoder, self.target.encoder, m=self.MOMENTUM)
        update_momentum(self.net.head, self.target.head, m=self.MOMENTUM)

    def state(self):
        return {"target": torch.stack([project(p) for name, p in segments(self.target)]),
                "target_buffers": torch.stack([project(b) for _, b in buffers(self.target)]),
                "queue": project(self.loss_of.memory_bank.bank)}


class BYOL(SimCLR):
    """Each view in a pass of its own; the momentum goes from 0.9 to 1 along half a cosine."""

    def __init__(self, kind):
        self.net = Net(last_norm=False, predicts=True).to(kind)
        fill(segments(self.net))
        self.target = copy.deepcopy(self.net)
        deactivate_requires_grad(self.target)
        self.loss_of = NegativeCosineSimilarity()

    def loss(self, x, step):
        views = x[:IMAGES], x[IMAGES:]
        predictions = [self.net.predictor(self.net.embed(v)) for v in views]
        with torch.no_grad():
            answers = [self.target.embed(v) for v in views]
        return sum(2 + 2 * self.loss_of(p, t) for p, t in zip(predictions, reversed(answers)))

    def follow(self, step):
        momentum = 1 - 0.1 * (math.cos(math.pi * step / STEPS) + 1) / 2
        update_momentum(self.net.encoder, self.target.encoder, m=momentum)
        update_momentum(self.net.head, self.target.head, m=momentum)

    def state(self):
        own = [(name, p) for name, p in segments(self.target) if not name.startswith("predictor")]
        moved = [(name, b) for name, b in buffers(self.target) if not name.startswith("predictor")]
        return {"target": torch.stack([project(p) for _, p in own]),
                "target_buffers": torch.stack([project(b) for _, b in moved])}


class SwAV(SimCLR):
    """Two large views, and two small ones that are every other pixel of them; prototypes that are frozen for two steps; a
    queue that is full after four. The loss is lightly's; the queue and the prototypes' length are written out."""
    KEYS, FROZEN = 64, 2

    def __init__(self, kind):
        self.net = Net(last_norm=False, prototypes=10).to(kind)
        fill(segments(self.net))
        self.loss_of = SwaVLoss(temperature=0.1, sinkhorn_iterations=3, sinkhorn_epsilon=0.05)
        self.queue = [torch.zeros(0, 16, dtype=kind) for _ in range(2)]
        self.project()

    def project(self):
        with torch.no_grad():
            w = self.net.prototypes.weight
            w.copy_(torch.nn.functional.normalize(w, dim=1))

    def loss(self, x, step):
        features = [self.net.encoder(x), self.net.encoder(x[:, :, ::2, ::2].contiguous())]
        rows = torch.nn.functional.normalize(self.net.head(torch.cat(features)), dim=1)
        scores = self.net.prototypes(rows).split(IMAGES)
        full = len(self.queue[0]) == self.KEYS
        queued = [self.net.prototypes(q) for q in self.queue] if full else None
        self.queue = [torch.cat([q, rows[i * IMAGES:(i + 1) * IMAGES].detach()])[-self.KEYS:] for i, q in enumerate(self.queue)]
        return self.loss_of(list(scores[:2]), list(scores[2:]), queued).squeeze()

    def before_step(self, step):
        if step < self.FROZEN:
            self.net.prototypes.weight.grad = None

    def follow(self, step):
        self.project()

    def state(self):
        # Ours is a ring: the newest rows end at its position.
        place = STEPS * IMAGES % self.KEYS
        return {"queue": torch.stack([project(q.roll(place, 0)) for q in self.queue])}


def train(method, kind, make):
    m = method(kind)
    matrices = [p for _, p in m.net.named_parameters() if p.ndim > 1]
    others = [p for _, p in m.net.named_parameters() if p.ndim == 1]
    optimizer, rate = make([{"params": matrices, "weight_decay": 0.01}, {"params": others, "weight_decay": 0.0}])
    losses = []
    for step in range(STEPS):
        for group in optimizer.param_groups:
            group["lr"] = rate * (1 + math.cos(math.pi * step / STEPS)) / 2
        loss = m.loss(views(step).to(kind), step)
        optimizer.zero_grad()
        loss.backward()
        m.before_step(step)
        optimizer.step()
        m.follow(step)
        losses.append(loss.item())
    return m, torch.tensor(losses, dtype=DOUBLE)


ADAMW = lambda groups: (torch.optim.AdamW(groups, betas=(0.9, 0.999), eps=1e-8), 3e-3)
SLOW = lambda groups: (torch.optim.AdamW(groups, betas=(0.9, 0.999), eps=1e-8), 3e-4)
SGD = lambda groups: (torch.optim.SGD(groups, lr=1.0, momentum=0.9), 0.002)
for name, method, make in [("simclr_adamw", SimCLR, ADAMW), ("simclr_sgd", SimCLR, SGD), ("moco", MoCo, ADAMW), ("byol", BYOL, SLOW),
                           ("swav", SwAV, SLOW)]:
    m, losses = train(method, DOUBLE, make)
    _, single = train(method, torch.float32, make)
    print(name, losses[0].item(), "->", losses[-1].item(), "float differs by", (losses - single).abs().max().item())
    golden_file.write(f"train/{name}.txt",
                      [f"losses of {STEPS} steps, cosine rate, in double and in float; norm and projections of weights, "
                       f"buffers, target and queue afterwards; {VERSIONS}"],
                      {"losses": losses, "float_losses": single,
                       "weights": torch.stack([project(p) for _, p in segments(m.net)]),
                       "buffers": torch.stack([project(b) for _, b in buffers(m.net)])} | m.state())
