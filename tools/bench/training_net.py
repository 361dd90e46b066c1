"""The networks of benchmarks/peers/training.cpp in PyTorch's words."""
import functools
import pathlib
import sys
from dataclasses import dataclass

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tests" / "golden"))


@dataclass
class Net:
    blocks: list[int]
    base: int
    stem: str  # "small": 3 x 3 of stride 1; "small_strided": of stride 2
    grid: int  # positions of the last average, along an axis
    hidden: int
    outputs: int
    last_normalised: bool
    temperature: float


NETS = {"resnet18": Net([2, 2, 2, 2], 64, "small", 1, 512, 128, True, 0.5),
        "demo": Net([1, 1, 1], 32, "small_strided", 2, 128, 64, False, 0.1)}


def build(name: str):
    """A module from images (N, C, H, W) to embeddings, whose parameters come in the order of our segments."""
    import torch
    from network_formulas import Encoder
    net = NETS[name]

    class Body(Encoder):
        def forward(self, x):
            x = self.relu(self.bn1(self.conv1(x)))
            for stage in range(self.stages):
                x = getattr(self, f"layer{stage + 1}")(x)
            if net.grid == 1:
                return x.mean((2, 3))
            return torch.nn.functional.adaptive_avg_pool2d(x, net.grid).permute(0, 2, 3, 1).flatten(1)
    features = net.base * 2**(len(net.blocks) - 1) * net.grid**2
    head = [torch.nn.Linear(features, net.hidden, bias=False), torch.nn.BatchNorm1d(net.hidden), torch.nn.ReLU(),
            torch.nn.Linear(net.hidden, net.outputs, bias=not net.last_normalised)]
    if net.last_normalised:
        head.append(torch.nn.BatchNorm1d(net.outputs))
    body = Body(False, net.blocks, net.base, 1, "small" if net.stem == "small" else "strided")
    return torch.nn.Sequential(body, torch.nn.Sequential(*head))


def weights(module, rng: np.random.Generator) -> np.ndarray:
    """Matrices like He's, scales near 1, shifts near 0."""
    made = []
    for name, p in module.named_parameters():
        numbers = rng.standard_normal(tuple(p.shape), np.float32)
        if p.ndim > 1:
            made.append(numbers * np.float32((2 * p.shape[0] / p.numel())**0.5))
        else:
            made.append(numbers * np.float32(0.05) + np.float32(name.endswith("weight")))
    return np.concatenate([x.ravel() for x in made])


def statistics(module) -> list:
    """The running means and variances of a module's norms, in the order of our buffers."""
    return [b for name, b in module.named_buffers() if not name.endswith("num_batches_tracked")]


def fill(tensors, numbers: np.ndarray) -> None:
    """With one number after another."""
    import torch
    first = 0
    for p in tensors:
        p.data.copy_(torch.from_numpy(numbers[first:first + p.numel()]).view(p.shape))
        first += p.numel()


@functools.cache
def products(name: str, side: int) -> tuple[list[float], list[float]]:
    """Of one image, the operations of each layer of encoder and head: 2 a multiply-add that the border's zeros do not spare."""
    import torch
    module, counted = build(name).eval(), []

    def count(layer, inputs, output):
        if isinstance(layer, torch.nn.Conv2d):
            seen = torch.nn.functional.conv2d(torch.ones(1, 1, *inputs[0].shape[2:]), torch.ones(1, 1, *layer.kernel_size),
                                              stride=layer.stride, padding=layer.padding).sum().item()
            counted.append(2.0 * seen * layer.in_channels * layer.out_channels)
        elif isinstance(layer, torch.nn.Linear):
            counted.append(2.0 * layer.weight.numel())
    for layer in module.modules():
        layer.register_forward_hook(count)
    with torch.no_grad():
        body = module[0](torch.zeros(1, 1, side, side))
        convolutions = len(counted)
        module[1](body)
    return counted[:convolutions], counted[convolutions:]


def training_flops(name: str, side: int) -> float:
    """Of one view: three products a layer, two in the first, whose images have no gradient."""
    encoder, head = products(name, side)
    return 3 * sum(encoder + head) - encoder[0]
