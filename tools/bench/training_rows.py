"""What `./dev bench training` measures: views, a step of SimCLR from two views to the new weights, and evaluation.

Weights lie in the order of our segments, each as PyTorch has it. The floor of a network is the arithmetic of its convolutions
and linear layers at the measured peak of fused multiply-adds, in a step forward and for both gradients; products with the zeros
around an image are not counted. The floor of neighbours is one product of all rows. Views and probe have none: what their
operations cost, and how often they are needed, depends on the numbers drawn and on the fit.
"""
import numpy as np

import training_net
from kernel_rows import Inputs, Row, components, fashion

TORCH = ["torch eager", "torch channels-last", "torch compile", "torch compile channels-last"]


# --- views ---

def pictures(rng: np.random.Generator, count: int, side: int, channels: int) -> np.ndarray:
    """Smooth bytes: a sum of four waves a channel. What is done to colours branches on them, so noise would be slower."""
    y, x = np.meshgrid(np.arange(side), np.arange(side), indexing="ij")
    fy, fx, phase = (rng.uniform(low, high, (count, channels, 4, 1, 1)).astype(np.float32)
                     for low, high in ((-0.4, 0.4), (-0.4, 0.4), (0, 6.3)))
    waves = np.sin(fy * y + fx * x + phase).mean(2)
    return np.rint(127.5 + 127.5 * waves).astype(np.int32).transpose(0, 2, 3, 1)


def views(side: int, channels: int, area: float, bicubic: bool, strengths: tuple[float, ...], grey: float) -> Row:
    images = 512

    def inputs(rng: np.random.Generator) -> Inputs:
        jitter = dict(zip(("brightness_strength", "contrast_strength", "saturation_strength", "hue_strength"), strengths))
        return jitter | {
            "images": pictures(rng, images, side, channels).ravel(), "count": images, "side": side, "area": area,
            "bicubic": int(bicubic), "grey": grey,
            # what the single operations are compared by
            "shown": 64, "top": 3, "left": 2, "height": 17, "width": 21, "brightness": 0.7, "contrast": 1.3, "saturation": 1.4,
            "hue": 0.08}
    # Single operations are the same numbers; of views, drawn by everybody for himself, mean and deviation are alike.
    return Row("views", str(side), f"two views of {images} images, {side} x {side} x {channels}", inputs,
               ["torchvision", "lightly", "albumentations", "kornia"], gradient_tolerance=1e-5,
               tolerances={"mean": 0.03, "deviation": 0.03}, items=2 * images, unit="views")


# --- a step ---

def step(net: str, images: int, side: int, peers: list[str]) -> Row:
    def inputs(rng: np.random.Generator) -> Inputs:
        return {"views": rng.random((2 * images, side * side), np.float32) - np.float32(0.5), "side": side,
                "weights": training_net.weights(training_net.build(net), rng),
                "temperature": training_net.NETS[net].temperature}
    return Row(f"train_{net}", str(images), f"two views of {images} images, {side} x {side} x 1", inputs, peers,
               flops=2.0 * images * training_net.training_flops(net, side), value_tolerance=1e-4,
               # Rectifiers fork where an input is within rounding of 0: PyTorch's forms differ by 2.4e-3, and of ResNet-18 at 256
               # its gradient in float is 1.1e-2 of the norm from its own in double, ours 2.6e-3.
               gradient_tolerance=2e-2,
               items=images, unit="images")


# --- evaluation ---

def embed(net: str, images: int) -> Row:
    side = 28

    def inputs(rng: np.random.Generator) -> Inputs:
        encoder = training_net.build(net)[0]
        statistics = [rng.uniform(-0.1, 0.1, b.numel()) + (name.endswith("var")) for name, b in encoder.named_buffers()
                      if not name.endswith("num_batches_tracked")]
        return {"images": rng.random((images, side * side), np.float32) - np.float32(0.5), "side": side,
                "weights": training_net.weights(encoder, rng), "statistics": np.concatenate(statistics).astype(np.float32)}
    return Row(f"embed_{net}", "", f"{images:,} images, {side} x {side} x 1", inputs, TORCH,
               flops=images * sum(training_net.products(net, side)[0]), gradient_tolerance=1e-4, items=images, unit="images")


def clothes() -> Inputs:
    (train, labels), (test, _) = fashion("train"), fashion("t10k")
    rows, queries = components(train, test)
    return {"train": rows, "labels": labels, "test": queries, "classes": 10}


def knn(k: int) -> Row:
    return Row("knn", str(k), f"10,000 against 60,000, D = 128, k = {k}", lambda _: clothes() | {"k": k, "temperature": 0.07},
               ["faiss", "lightly"], flops=2.0 * 10000 * 60000 * 128, value_tolerance=1e-3, items=10000, unit="rows")


def probe() -> Row:
    return Row("probe", "", "60,000 x 128, 10 classes", lambda _: clothes() | {"l2": 10.0, "tolerance": 1e-5},
               ["scikit-learn", "torch LBFGS"], value_tolerance=1e-4)


def all_rows(_) -> list[Row]:
    return [
        views(28, 1, 0.15, False, (0.6, 0.6, 0, 0), 0),
        views(32, 3, 0.08, True, (0.4, 0.4, 0.4, 0.1), 0.2),
        step("resnet18", 32, 28, TORCH), step("resnet18", 256, 28, TORCH[:2]), step("demo", 256, 20, TORCH),
        embed("resnet18", 64), embed("demo", 1024),
        knn(20), knn(200), probe()]
