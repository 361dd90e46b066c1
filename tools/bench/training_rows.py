"""What `./dev bench training` measures: a step of SimCLR, from two views to the new weights.

Weights lie in the order of our segments, each as PyTorch has it. A floor is the arithmetic of convolutions and linear layers,
forward and for both gradients, at the measured peak of fused multiply-adds; products with the zeros around an image are
not counted.
"""
import numpy as np

import training_net
from kernel_rows import Inputs, Row

TORCH = ["torch eager", "torch channels-last", "torch compile", "torch compile channels-last"]


def step(net: str, images: int, side: int):
    def inputs(rng: np.random.Generator) -> Inputs:
        return {"views": rng.random((2 * images, side * side), np.float32) - np.float32(0.5), "side": side,
                "weights": training_net.weights(net, rng), "temperature": training_net.NETS[net].temperature}
    return inputs


def row(net: str, images: int, side: int, peers: list[str]) -> Row:
    return Row(f"train_{net}", str(images), f"two views of {images} images, {side} x {side} x 1",
               step(net, images, side), peers, flops=2.0 * images * training_net.flops(net, side), value_tolerance=1e-4,
               gradient_tolerance=1e-2)  # rectifiers fork where an input is within rounding of 0: PyTorch's forms differ by 2.4e-3


def all_rows(_) -> list[Row]:
    return [row("resnet18", 32, 28, TORCH), row("resnet18", 256, 28, TORCH[:2]), row("demo", 256, 20, TORCH)]
