"""Golden numbers of operations on pixels: resizing, and torchvision's colours.

packages: torchvision (its tensor functions, float32), Pillow (bicubic, mode F); no seed
command: python tests/golden/make_image.py
"""
import math

import numpy
import PIL.Image
import torch
import torchvision
from torchvision.transforms import functional
from torchvision.transforms.functional import InterpolationMode

import golden_file

VERSIONS = f"torchvision {torchvision.__version__}, Pillow {PIL.__version__}; no seed"
HEIGHT, WIDTH = 7, 9
# x(y, x, c) = (1 + sin(1 + 2 y + 3 x + 5 c)) / 2, as in tests/image/golden_test.cpp
image = torch.tensor([[[(1 + math.sin(1 + 2 * y + 3 * x + 5 * c)) / 2 for x in range(WIDTH)] for y in range(HEIGHT)]
                      for c in range(3)])


def bicubic(height: int, width: int) -> numpy.ndarray:
    """Pillow's, enlarging: there its antialiasing does nothing."""
    return numpy.stack([numpy.asarray(PIL.Image.fromarray(plane.numpy(), "F").resize((width, height),
                                                                                      PIL.Image.Resampling.BICUBIC))
                        for plane in image], axis=-1).reshape(-1, 3)


def rows(x: torch.Tensor) -> numpy.ndarray:
    return x.permute(1, 2, 0).reshape(-1, 3).numpy()


# box: top 1, left 2, height 5, width 6
shrink = functional.resized_crop(image, 1, 2, 5, 6, [3, 4], InterpolationMode.BILINEAR, antialias=False)
enlarge = functional.resized_crop(image, 1, 2, 5, 6, [11, 8], InterpolationMode.BILINEAR, antialias=False)
golden_file.write("image/pixels.txt", [f"torchvision's tensor functions in float32, Pillow's bicubic; {VERSIONS}"], {
    "bilinear_smaller": rows(shrink),
    "bilinear_larger": rows(enlarge),
    "bicubic_larger": bicubic(14, 20),
    "contrast_grey": rows(functional.adjust_contrast(image, 0.6)),
    "saturation_blend": rows(functional.adjust_saturation(image, 0.6)),
    "hue": rows(functional.adjust_hue(image, 0.2)),
}, 9)
