"""What `./dev bench kernels` measures: the rows of its table, their inputs and their floors.

A floor is the least time for the arithmetic of the streamed algorithm at the measured peak of fused multiply-adds, or
for the bytes it must move at the measured rate of copying. A line that is written has to be read first unless it was
read anyway, so a copy of n bytes moves 3 n.
"""
import gzip
import pathlib
from dataclasses import dataclass, field
from typing import Callable

import numpy as np

FASHION = pathlib.Path("/usr/share/datasets/fashion-mnist")
Inputs = dict[str, "np.ndarray | float"]


class Absent(Exception):
    """What a row needs is not on this machine."""


@dataclass
class Row:
    kernel: str  # what is computed: the peers' formulas have this name
    case: str  # which of the kernel's sizes
    shape: str  # for people
    inputs: Callable[[np.random.Generator], Inputs]
    peers: list[str]
    flops: float = 0
    bytes: float = 0
    threads: tuple[int, ...] = (1, 2)
    value_tolerance: float = 1e-4  # relative
    gradient_tolerance: float = 1e-3  # of a result: norm of the difference by the norm
    tolerances: dict[str, float] = field(default_factory=dict)  # of results that have another one
    items: int = 0  # what a call makes or sees,
    unit: str = ""  # and what it is
    memory_bound: bool = field(init=False)

    def __post_init__(self) -> None:
        self.memory_bound = self.bytes > 0

    @property
    def name(self) -> str:
        return f"{self.kernel}_{self.case}" if self.case else self.kernel


def normal(rng: np.random.Generator, *shape: int, scale: float = 1) -> np.ndarray:
    return rng.standard_normal(shape, np.float32) * np.float32(scale)


def unit(x: np.ndarray) -> np.ndarray:
    return x / np.linalg.norm(x, axis=1, keepdims=True)


def labels(rng: np.random.Generator, rows: int, classes: int) -> np.ndarray:
    return rng.integers(0, classes, rows, np.int32)


def soft(x: np.ndarray) -> np.ndarray:
    e = np.exp(x - x.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


# --- contrast ---

def nt_xent(rows: int) -> Callable[[np.random.Generator], Inputs]:
    return lambda rng: {"embeddings": normal(rng, rows, 128), "temperature": 0.5}


def trained(file: pathlib.Path) -> "Row":
    """Embeddings of two views out of a trained network: (2N, D) in a .npy, the first view of all images, then the second."""
    shape = np.load(file, mmap_mode="r").shape if file.is_file() else (0, 0)

    def inputs(_: np.random.Generator) -> Inputs:
        if shape[0] == 0:
            raise Absent(f"there are no trained embeddings in {file}")
        return {"embeddings": np.ascontiguousarray(np.load(file), np.float32), "temperature": 0.1}
    return Row("nt_xent", "trained", f"2N = {shape[0]:,}, D = {shape[1]}, trained embeddings", inputs, TORCH,
               flops=4.0 * shape[0]**2 * shape[1])


def info_nce(rng: np.random.Generator) -> Inputs:
    queries = unit(normal(rng, 256, 128))
    return {"queries": queries, "keys": unit(queries + normal(rng, 256, 128, scale=0.05)),
            "negatives": unit(normal(rng, 65536, 128)), "temperature": 0.2}


def cpc(rng: np.random.Generator) -> Inputs:
    """128 images of 6 x 6 patches, two rows below: 24 predictions an image."""
    grid, offset, images = 6, 2, 128
    targets = normal(rng, images * grid * grid, 64)
    image, y, x = np.meshgrid(np.arange(images), np.arange(grid - offset), np.arange(grid), indexing="ij")
    own = (image * grid * grid + (y + offset) * grid + x).ravel().astype(np.int32)
    predictions = targets[own] * np.float32(0.5) + normal(rng, own.size, 64)
    return {"predictions": predictions, "targets": targets, "own": own,
            "side": grid, "offset": offset, "scale": 0.1}


def cmc(shared: bool) -> Callable[[np.random.Generator], Inputs]:
    def inputs(rng: np.random.Generator) -> Inputs:
        bank = unit(normal(rng, 50000, 128))
        own = rng.permutation(50000)[:256].astype(np.int32)
        anchors = unit(bank[own] + normal(rng, 256, 128, scale=0.1))
        negatives = rng.integers(0, 50000, 16384 if shared else (256, 16384), np.int32)
        return {"anchors": anchors, "bank": bank, "own": own, "negatives": negatives, "temperature": 0.07}
    return inputs


# --- prototypes ---

def swav(rng: np.random.Generator) -> Inputs:
    return {"embeddings": unit(normal(rng, 8 * 64, 128)), "prototypes": unit(normal(rng, 3000, 128)),
            "views": 8, "assigning": 2, "temperature": 0.1, "epsilon": 0.05, "steps": 3}


def sinkhorn(rows: int) -> Callable[[np.random.Generator], Inputs]:
    def inputs(rng: np.random.Generator) -> Inputs:
        scores = unit(normal(rng, rows, 128)) @ unit(normal(rng, 3000, 128)).T
        return {"scores": scores, "epsilon": 0.05, "steps": 3}
    return inputs


def k_means(points: Callable[[np.random.Generator], np.ndarray]) -> Callable[[np.random.Generator], Inputs]:
    def inputs(rng: np.random.Generator) -> Inputs:
        x = points(rng)
        return {"rows": x, "centroids": x[rng.permutation(len(x))[:1000]], "iterations": 10}
    return inputs


def noise_points(rng: np.random.Generator) -> np.ndarray:
    return normal(rng, 100000, 128)


def fashion(which: str) -> tuple[np.ndarray, np.ndarray]:
    """Images of clothes (N, 28, 28) in [0, 1] and their classes; `which`: train (60,000) or t10k (10,000)."""
    if not FASHION.is_dir():
        raise Absent("the package dataset-fashion-mnist is not installed")
    read = lambda what, offset: np.frombuffer(gzip.decompress((FASHION / f"{which}-{what}-ubyte.gz").read_bytes()), np.uint8,
                                              offset=offset)
    return (read("images-idx3", 16).reshape(-1, 28, 28).astype(np.float32) / 255, read("labels-idx1", 8).astype(np.int32))


def components(images: np.ndarray, *others: np.ndarray) -> list[np.ndarray]:
    """The first 128 principal components of images, and of others along the same axes."""
    pixels = [x.reshape(-1, 784) for x in (images, *others)]
    mean = pixels[0].mean(0)
    _, axes = np.linalg.eigh((pixels[0] - mean).T @ (pixels[0] - mean))
    return [np.ascontiguousarray((x - mean) @ axes[:, :-129:-1]) for x in pixels]


def image_points(_: np.random.Generator) -> np.ndarray:
    """Of 60,000 images of clothes and of the mirror images of 40,000 of them."""
    images, _ = fashion("train")
    return components(np.concatenate([images, images[:40000, :, ::-1]]))[0]


# --- classes ---

def cross_entropy(hard: bool) -> Callable[[np.random.Generator], Inputs]:
    def inputs(rng: np.random.Generator) -> Inputs:
        logits = normal(rng, 4096, 8192)
        targets = labels(rng, 4096, 8192) if hard else soft(normal(rng, 4096, 8192, scale=2))
        return {"logits": logits, "targets": targets}
    return inputs


def linear_cross_entropy(rng: np.random.Generator) -> Inputs:
    return {"rows": normal(rng, 4096, 128), "weight": normal(rng, 8192, 128, scale=0.1),
            "bias": normal(rng, 8192, scale=0.1), "labels": labels(rng, 4096, 8192)}


def byol(rng: np.random.Generator) -> Inputs:
    predictions = normal(rng, 4096, 1000)
    return {"predictions": predictions, "targets": predictions + normal(rng, 4096, 1000)}


def distillation(rng: np.random.Generator) -> Inputs:
    teacher = normal(rng, 4096, 1000, scale=3)
    return {"student": teacher + normal(rng, 4096, 1000), "teacher": teacher, "temperature": 3.0}


def fixmatch(rng: np.random.Generator) -> Inputs:
    """About half of the rows are sure enough."""
    weak = normal(rng, 4096, 1000)
    weak[np.arange(4096), labels(rng, 4096, 1000)] += rng.uniform(7, 14, 4096).astype(np.float32)
    return {"weak": weak, "strong": weak + normal(rng, 4096, 1000), "threshold": 0.95}


def ema(rng: np.random.Generator) -> Inputs:
    return {"online": normal(rng, 25_000_000), "target": normal(rng, 25_000_000), "momentum": 0.99}


TORCH = ["torch eager", "torch compile"]
SHEET = 4096 * 1000 * 4


def nt_xent_row(rows: int, more: list[str], **options) -> Row:
    # Logits by half, since they are symmetric, once for the sums and once for the gradient, which is one product.
    return Row("nt_xent", str(rows), f"2N = {rows:,}, D = 128", nt_xent(rows),
               TORCH + ["lightly", "solo-learn"] + more, flops=4.0 * rows * rows * 128, **options)


def all_rows(embeddings: pathlib.Path) -> list[Row]:
    huge = nt_xent_row(65536, [], threads=(2,))
    huge.peers = []  # they would ask for 16 GiB a matrix
    return [
        nt_xent_row(512, ["pytorch-metric-learning"]),
        nt_xent_row(2048, []),
        nt_xent_row(8192, []),
        trained(embeddings),
        huge,
        # One pass: each logit once, and its share of the gradient under the running normaliser.
        Row("info_nce", "", "256 x (1 + 65,536), D = 128", info_nce, TORCH + ["lightly", "solo-learn"],
            flops=4.0 * 256 * 65537 * 128),
        # Logits once, and two gradients.
        Row("cpc", "", "3,072 x 4,608, D = 64", cpc, TORCH, flops=6.0 * 3072 * 4608 * 64),
        Row("cmc", "shared", "256 x 16,384 shared, bank of 50,000", cmc(True), TORCH, flops=4.0 * 256 * 16384 * 128),
        Row("cmc", "own", "256 x 16,384 each, bank of 50,000", cmc(False), TORCH, bytes=256 * 16384 * 128 * 4.0),
        # Scores, gradient of the embeddings, gradient of the prototypes.
        Row("swav", "", "8 views x 64 x 3,000, D = 128", swav, TORCH + ["lightly"],
            flops=6.0 * 8 * 64 * 3000 * 128),
        # One reading for the first sums, one a step, and the codes are written.
        *(Row("sinkhorn", str(n), f"{n:,} x 3,000, 3 steps", sinkhorn(n), TORCH + ["lightly", "solo-learn", "POT"],
              bytes=n * 3000 * 4 * (1 + 3 + 2.0)) for n in (512, 4096)),
        # Logits are read, their gradient is written; soft targets are read, too.
        Row("cross_entropy", "hard", "4,096 x 8,192", cross_entropy(True), TORCH, bytes=4096 * 8192 * 4 * 3.0),
        Row("cross_entropy", "soft", "4,096 x 8,192", cross_entropy(False), TORCH + ["timm"],
            bytes=4096 * 8192 * 4 * 4.0),
        # Logits once, and two gradients.
        Row("linear_cross_entropy", "", "4,096 x 128 -> 8,192", linear_cross_entropy,
            TORCH + ["torch linear_cross_entropy", "torch linear_cross_entropy in chunks"],
            flops=6.0 * 4096 * 8192 * 128),
        Row("byol", "", "4,096 x 1,000", byol, TORCH + ["lightly", "solo-learn"], bytes=4.0 * SHEET),
        Row("distillation", "", "4,096 x 1,000", distillation, TORCH, bytes=4.0 * SHEET),
        Row("fixmatch", "", "4,096 x 1,000", fixmatch, TORCH, bytes=4.0 * SHEET),
        *(Row("k_means", case, f"100,000 x 128 {case}, k = 1,000, 10 iterations", k_means(points),
              ["faiss", "scikit-learn", "scikit-learn elkan"], flops=10 * 2.0 * 100000 * 1000 * 128,
              value_tolerance=1e-3) for case, points in (("noise", noise_points), ("images", image_points))),
        Row("ema", "", "25,000,000", ema, ["torch lerp_", "torch _foreach_lerp_", "torch copy_"],
            bytes=3 * 4 * 25e6, gradient_tolerance=1e-5),
    ]
