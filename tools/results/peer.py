#!/usr/bin/env python3
"""The same training in PyTorch: lightly's losses, queue and moving average, kornia's views (of the libraries in
benchmarks/README.md the fastest), an encoder of torchvision's blocks with the shapes and the start of ours. All numbers come from the
recipe.json of the training it is compared with.

usage: peer.py RUN OUT [--steps N] [--threads N]

RUN is the --out of `selfsame pretrain`. OUT gets train.npy, test.npy and their labels, which `selfsame knn --embeddings OUT` evaluates,
and training.json: steps, images a second of each, loss, versions.
"""
import argparse
import copy
import gzip
import json
import math
import os
import sys
import time
from pathlib import Path

given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
given.add_argument("run", type=Path)
given.add_argument("out", type=Path)
given.add_argument("--steps", type=int, default=0, help="stop after so many and write no embeddings; 0: all")
given.add_argument("--threads", type=int, default=1)
given = given.parse_args()
os.environ["OMP_NUM_THREADS"] = str(given.threads)

import kornia  # noqa: E402: after the number of threads
import kornia.augmentation as K  # noqa: E402
import lightly  # noqa: E402
import numpy as np  # noqa: E402
import torch  # noqa: E402
from lightly.loss import NegativeCosineSimilarity, NTXentLoss, SwaVLoss  # noqa: E402
from lightly.models.utils import deactivate_requires_grad, update_momentum  # noqa: E402

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests" / "golden"))
from network_formulas import Encoder  # noqa: E402

torch.set_num_threads(given.threads)
RECIPE = json.loads((given.run / "recipe.json").read_text())


def number(name):
    return RECIPE["recipe." + name]


def of_method(name):
    return RECIPE["recipe.method." + name]


# --- images ---

def idx(path):
    with gzip.open(path) as file:
        data = file.read()
    extents = [int.from_bytes(data[4 + 4 * i:8 + 4 * i], "big") for i in range(data[3])]
    return np.frombuffer(data, np.uint8, offset=4 + 4 * data[3]).reshape(extents)


def load(folder):
    """Of training and test images, (N, C, H, W) of bytes and labels."""
    if (folder / "data_batch_1.bin").exists():
        def cifar(*names):
            rows = np.concatenate([np.frombuffer((folder / n).read_bytes(), np.uint8).reshape(-1, 3073) for n in names])
            return rows[:, 1:].reshape(-1, 3, 32, 32), rows[:, 0]
        return cifar(*(f"data_batch_{i}.bin" for i in range(1, 6))), cifar("test_batch.bin")
    return tuple((idx(folder / f"{part}-images-idx3-ubyte.gz")[:, None], idx(folder / f"{part}-labels-idx1-ubyte.gz"))
                 for part in ("train", "t10k"))


# --- views ---

def views_of(prefix):
    """A module that makes one view of each image of a batch."""
    def its(name):
        return of_method(f"{prefix}.{name}")
    operations = [K.RandomResizedCrop((its("crop.size") or SIDE,) * 2, scale=(its("crop.area.low"), its("crop.area.high")),
                                      ratio=(its("crop.aspect.low"), its("crop.aspect.high")), align_corners=False,
                                      resample=its("crop.interpolation").upper()),
                  K.RandomHorizontalFlip(p=its("flip.probability")),
                  K.ColorJitter(*(its("jitter." + what) for what in ("brightness", "contrast", "saturation", "hue")),
                                p=its("jitter.probability"))]
    if its("greyscale.probability") > 0:
        operations.append(K.RandomGrayscale(p=its("greyscale.probability")))
    return K.AugmentationSequential(*operations, data_keys=["input"])


# --- networks ---

class SplitBatchNorm(torch.nn.BatchNorm2d):
    """Norms of so many images at a time, in training, of any number of dimensions; 0: of all."""
    images = 0

    def forward(self, x):
        groups = len(x) // self.images if self.training and self.images else 1
        flat = x.reshape(len(x), self.num_features, -1)
        if groups == 1:
            return super().forward(flat[..., None]).reshape(x.shape)
        # Image i goes to group i mod groups, as in the notebook of MoCo's authors.
        mean, variance = self.running_mean.repeat(groups), self.running_var.repeat(groups)
        y = torch.nn.functional.batch_norm(flat.reshape(-1, groups * self.num_features, flat.shape[2]), mean, variance,
                                           self.weight.repeat(groups), self.bias.repeat(groups), True, self.momentum, self.eps)
        self.running_mean.copy_(mean.view(groups, -1).mean(0))
        self.running_var.copy_(variance.view(groups, -1).mean(0))
        return y.reshape(x.shape)


class Body(Encoder):
    def __init__(self, channels):
        depth, stem = of_method("encoder.depth"), of_method("encoder.stem")
        blocks = {8: [1, 1, 1], 14: [2, 2, 2], 20: [3, 3, 3], 18: [2, 2, 2, 2]}[depth]
        base = round((64 if depth == 18 else 16) * of_method("encoder.width"))
        super().__init__(False, blocks, base, channels, {"small_strided": "strided"}.get(stem, stem))
        self.grid = of_method("encoder.grid")
        self.width = base * 2**(len(blocks) - 1) * self.grid**2
        norms = [(name, m) for name, m in self.named_modules() if isinstance(m, torch.nn.BatchNorm2d)]
        for name, norm in norms:
            parent = self.get_submodule(name.rpartition(".")[0])
            setattr(parent, name.rpartition(".")[2], SplitBatchNorm(norm.num_features))

    def forward(self, x):
        x = self.relu(self.bn1(self.conv1(x)))
        for stage in range(self.stages):
            x = getattr(self, f"layer{stage + 1}")(x)
        return torch.nn.functional.adaptive_avg_pool2d(x, self.grid).permute(0, 2, 3, 1).flatten(1)


def perceptron(inputs, prefix):
    """Two layers, with a norm after the hidden one."""
    hidden, outputs = of_method(prefix + ".hidden"), of_method(prefix + ".outputs") if prefix == "head" else inputs
    return torch.nn.Sequential(torch.nn.Linear(inputs, hidden, bias=False), SplitBatchNorm(hidden), torch.nn.ReLU(),
                               torch.nn.Linear(hidden, outputs))


def start(module):
    for m in module.modules():
        if isinstance(m, torch.nn.Conv2d):
            torch.nn.init.kaiming_normal_(m.weight, mode="fan_out", nonlinearity="relu")
        elif isinstance(m, torch.nn.Linear):
            deviation = m.in_features**-0.5 / 0.87962566103423978
            torch.nn.init.trunc_normal_(m.weight, std=deviation, a=-2 * deviation, b=2 * deviation)
            if m.bias is not None:
                torch.nn.init.zeros_(m.bias)


# --- methods ---

class SimCLR:
    def __init__(self, channels):
        body = Body(channels)
        self.net = torch.nn.ModuleDict({"encoder": body, "head": perceptron(body.width, "head")})
        self.prepare()
        start(self.net)
        group = number("group")
        for m in self.net.modules():
            if isinstance(m, SplitBatchNorm):
                m.images = group
        self.target = copy.deepcopy(self.net)
        deactivate_requires_grad(self.target)

    def prepare(self):
        self.views = [views_of("augmenter")] * 2
        self.loss_of = NTXentLoss(temperature=of_method("loss.temperature"))

    def embed(self, x, net=None):
        net = net or self.net
        return net["head"](net["encoder"](x))

    def loss(self, views):
        return self.loss_of(*self.embed(torch.cat(views)).chunk(2))

    def begin(self):
        pass

    def before_step(self, step):
        pass

    def follow(self, step, steps):
        pass

    def move(self, momentum):
        for part in ("encoder", "head"):
            update_momentum(self.net[part], self.target[part], m=momentum)


class MoCo(SimCLR):
    def prepare(self):
        self.views = [views_of("augmenter")] * 2
        self.loss_of = NTXentLoss(temperature=of_method("loss.temperature"),
                                  memory_bank_size=(of_method("memory.capacity"), of_method("head.outputs")))

    def loss(self, views):
        with torch.no_grad():
            order = torch.randperm(len(views[1]))
            keys = self.embed(views[1][order], self.target)[order.argsort()]
        return self.loss_of(self.embed(views[0]), keys)

    def follow(self, step, steps):
        self.move(of_method("target.momentum"))


class BYOL(SimCLR):
    def prepare(self):
        self.views = [views_of("augmenter")] * 2
        self.net["predictor"] = perceptron(of_method("head.outputs"), "predictor")
        self.loss_of = NegativeCosineSimilarity()

    def loss(self, views):
        predictions = [self.net["predictor"](self.embed(v)) for v in views]
        with torch.no_grad():
            answers = [self.embed(v, self.target) for v in views]
        return sum(2 + 2 * self.loss_of(p, a) for p, a in zip(predictions, reversed(answers)))

    def follow(self, step, steps):
        first, last = of_method("target.momentum"), of_method("target.momentum.to")
        self.move(last + (first - last) * (1 + math.cos(math.pi * step / steps)) / 2)


class SwAV(SimCLR):
    def prepare(self):
        self.net["prototypes"] = torch.nn.Linear(of_method("head.outputs"), of_method("prototypes.count"), bias=False)
        self.loss_of = SwaVLoss(temperature=of_method("loss.temperature"), sinkhorn_iterations=of_method("assigner.iterations"),
                                sinkhorn_epsilon=of_method("assigner.epsilon"))
        self.views = [views_of("augmenter.large")] * of_method("augmenter.larges") + \
            [views_of("augmenter.small")] * of_method("augmenter.smalls")

    def loss(self, views):
        larges = of_method("augmenter.larges")
        features = [self.net["encoder"](torch.cat(v)) for v in (views[:larges], views[larges:])]
        rows = torch.nn.functional.normalize(self.net["head"](torch.cat(features)), dim=1)
        scores = self.net["prototypes"](rows).chunk(len(views))
        return self.loss_of(list(scores[:larges]), list(scores[larges:])).squeeze()

    def before_step(self, step):
        if step < of_method("prototypes.frozen_steps"):
            self.net["prototypes"].weight.grad = None

    def begin(self):
        self.follow(0, 1)

    def follow(self, step, steps):
        with torch.no_grad():
            w = self.net["prototypes"].weight
            w.copy_(torch.nn.functional.normalize(w, dim=1))


# --- training ---

def rate_at(step, steps):
    rate, warmup = number("optimizer.learning_rate"), number("optimizer.learning_rate.warmup")
    if step < warmup:
        return rate * step / warmup
    return rate * (1 + math.cos(math.pi * (step - warmup) / (steps - warmup))) / 2


def embed_all(encoder, images):
    encoder.eval()
    with torch.no_grad():
        return torch.cat([encoder(torch.from_numpy(images[i:i + 256]).float() / 255) for i in range(0, len(images), 256)]).numpy()


(train, train_labels), (test, test_labels) = load(Path(RECIPE["data"]))
SIDE = train.shape[2]
torch.manual_seed(int(RECIPE["setup.seed"]))
kind = (SwAV if "recipe.method.prototypes.count" in RECIPE else MoCo if "recipe.method.memory.capacity" in RECIPE
        else BYOL if "recipe.method.predictor.hidden" in RECIPE else SimCLR)
method = kind(train.shape[1])
net = method.net.train()
method.begin()
decaying = [p for p in net.parameters() if p.ndim > 1]
others = [p for p in net.parameters() if p.ndim == 1]
optimizer = torch.optim.AdamW([{"params": decaying, "weight_decay": number("optimizer.weight_decay")},
                               {"params": others, "weight_decay": 0.0}],
                              betas=(number("optimizer.beta1"), number("optimizer.beta2")), eps=number("optimizer.epsilon"))
batch, each = number("batch"), len(train) // number("batch")
steps = number("steps") or each * number("epochs")
losses, times = [], []
for step in range(min(given.steps or steps, steps)):
    begin = time.perf_counter()
    if step % each == 0:
        order = torch.randperm(len(train)).numpy()
    chosen = order[step % each * batch:][:batch]
    images = torch.from_numpy(train[chosen]).float() / 255
    with torch.no_grad():
        views = [view(images) for view in method.views]
    for group in optimizer.param_groups:
        group["lr"] = rate_at(step, steps)
    loss = method.loss(views)
    optimizer.zero_grad()
    loss.backward()
    method.before_step(step)
    optimizer.step()
    method.follow(step, steps)
    losses.append(loss.item())
    times.append(time.perf_counter() - begin)
given.out.mkdir(parents=True, exist_ok=True)
if not given.steps:
    for part, images, labels in (("train", train, train_labels), ("test", test, test_labels)):
        np.save(given.out / f"{part}.npy", embed_all(net["encoder"], images))
        np.save(given.out / f"{part}_labels.npy", labels.astype(np.int64))
(given.out / "training.json").write_text(json.dumps({
    "steps": len(losses), "seconds": sum(times), "rates": [batch / t for t in times], "loss": float(np.mean(losses[-20:])),
    "threads": given.threads, "torch": torch.__version__, "lightly": lightly.__version__, "kornia": kornia.__version__}) + "\n")
