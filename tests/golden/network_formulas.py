"""The formulas of tests/support/golden_network.hpp, and ResNets of torchvision's blocks."""
import numpy
import torch
from torchvision.models.resnet import BasicBlock, Bottleneck, ResNet, conv1x1

DOUBLE = torch.float64
MASK = numpy.uint64(0xFFFFFFFF)


def formula(segment: int, count: int) -> torch.Tensor:
    """Numbers in [-1, 1) that float holds exactly: a hash of 32 bits, so every language gets the same."""
    h = (numpy.arange(count, dtype=numpy.uint64) + segment * 1_000_003) & MASK
    for multiplier, shift in ((0x7FEB352D, 15), (0x846CA68B, 16)):
        h = ((h ^ (h >> numpy.uint64(16))) * numpy.uint64(multiplier)) & MASK
        h ^= h >> numpy.uint64(shift)
    return torch.from_numpy((h >> numpy.uint64(12)).astype(numpy.float64) / 2**19 - 1)


def fill(parameters) -> None:
    """parameters: (name, tensor) in order; a matrix is 1.5 f / sqrt(fan in), a scale 1 + f / 4, a shift f / 4."""
    with torch.no_grad():
        for k, (name, p) in enumerate(parameters):
            f = formula(k, p.numel())
            if p.ndim > 1:
                f = 1.5 * f / (p.numel() / p.shape[0]) ** 0.5
            else:
                f = f / 4 + (1 if name.endswith("weight") else 0)
            p.copy_(f.float().to(DOUBLE).reshape(p.shape))


def images(shape) -> torch.Tensor:
    """Ours are (N, H, W, C)."""
    n, h, w, c = shape
    return formula(100, n * h * w * c).reshape(n, h, w, c).permute(0, 3, 1, 2).contiguous()


def project(x: torch.Tensor) -> torch.Tensor:
    v = x.detach().reshape(-1).to(DOUBLE)
    n = torch.arange(1, v.numel() + 1, dtype=DOUBLE)
    return torch.stack([v.norm(), v @ torch.sin(n), v @ torch.sin(0.1 * n), v @ torch.sin(0.01 * n * n)])


class Encoder(ResNet):
    """torchvision's, of other widths, with the stems and shortcuts of ours, and without its classifier."""

    def __init__(self, bottleneck: bool, blocks: list[int], base: int, channels: int, stem: str, every_stage=False):
        block = Bottleneck if bottleneck else BasicBlock
        super().__init__(block, blocks + [1] * (4 - len(blocks)))
        self.stages = len(blocks)
        self.stem = stem
        self.inplanes = base
        self.conv1 = torch.nn.Conv2d(channels, base, 7 if stem == "imagenet" else 3, 1 if stem == "small" else 2,
                                     3 if stem == "imagenet" else 1, bias=False)
        self.bn1 = torch.nn.BatchNorm2d(base)
        for stage in range(4):
            layer = None
            if stage < self.stages:
                layer = self._make(block, base << stage, blocks[stage], 1 if stage == 0 else 2, every_stage)
            setattr(self, f"layer{stage + 1}", layer)
        self.fc = None

    def _make(self, block, width, count, stride, every_stage):
        # as torchvision's _make_layer, whose Bottleneck has its width as a multiple of 64
        layers = []
        for i in range(count):
            s = stride if i == 0 else 1
            down = None
            if s != 1 or self.inplanes != width * block.expansion or (every_stage and i == 0):
                down = torch.nn.Sequential(conv1x1(self.inplanes, width * block.expansion, s),
                                           torch.nn.BatchNorm2d(width * block.expansion))
            layers.append(block(self.inplanes, width, s, down))
            self.inplanes = width * block.expansion
        return torch.nn.Sequential(*layers)

    def forward(self, x):
        x = self.relu(self.bn1(self.conv1(x)))
        if self.stem == "imagenet":
            x = self.maxpool(x)
        for stage in range(self.stages):
            x = getattr(self, f"layer{stage + 1}")(x)
        return x.mean((2, 3))


def segments(module: torch.nn.Module):
    """Parameters in our order: as torchvision's state_dict has them."""
    own = dict(module.named_parameters())
    return [(name, own[name]) for name in module.state_dict() if name in own]


def buffers(module: torch.nn.Module):
    return [(name, b) for name, b in module.named_buffers() if not name.endswith("num_batches_tracked")]
