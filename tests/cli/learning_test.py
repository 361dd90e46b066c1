#!/usr/bin/env python3
"""Each method of the program learns in seconds what random weights do not know: which garment it is, wherever it lies in the image.

The excerpt's garments at half their size, at random places of black images: a linear classifier of a representation has to find them anywhere.

usage: learning_test.py PROGRAM EXCERPT [METHOD...]
"""
import gzip
import random
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

PROGRAM, EXCERPT = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
SIDE, HALF = 28, 14
ENCODER = ["--encoder", "resnet8x0.5", "--threads", "2", "--seed", "1"]
VIEWS = ["crop.size=16", "crop.area.low=0.3", "jitter.brightness=0.4", "jitter.contrast=0.4"]
# Of each method, what differs from its recipe for long trainings; with labels the place is learned, too.
METHODS = {"simclr": ["optimizer.learning_rate=0.002", *("augmenter." + v for v in VIEWS)],
           "moco": ["optimizer.learning_rate=0.005", *("augmenter." + v for v in VIEWS), "memory.capacity=1024", "target.momentum=0.9"],
           "byol": ["optimizer.learning_rate=0.005", *("augmenter." + v for v in VIEWS), "target.momentum=0.9"],
           "swav": ["optimizer.learning_rate=0.005", *("augmenter.large." + v for v in VIEWS), "augmenter.smalls=2", "augmenter.small.crop.size=10",
                    "augmenter.small.crop.area.low=0.2", "augmenter.small.crop.area.high=0.5", "prototypes.frozen_steps=20",
                    "assigner.epsilon=0.03"],
           "supervised": ["optimizer.learning_rate=0.005"]}


def moved(image: bytes, top: int, left: int) -> bytes:
    """Means of four pixels, at a place."""
    out = bytearray(SIDE * SIDE)
    for y in range(HALF):
        for x in range(HALF):
            k = 2 * SIDE * y + 2 * x
            out[SIDE * (top + y) + left + x] = (image[k] + image[k + 1] + image[k + SIDE] + image[k + SIDE + 1]) // 4
    return bytes(out)


def write_images(folder: Path) -> None:
    place = random.Random(0)
    for part in ("train", "t10k"):
        read = lambda name: gzip.decompress((EXCERPT / f"{part}-{name}.gz").read_bytes())
        images = read("images-idx3-ubyte")
        garments = (images[i:i + SIDE * SIDE] for i in range(16, len(images), SIDE * SIDE))
        at = lambda: place.randrange(SIDE - HALF + 1)
        (folder / f"{part}-images-idx3-ubyte").write_bytes(images[:16] + b"".join(moved(g, at(), at()) for g in garments))
        (folder / f"{part}-labels-idx1-ubyte").write_bytes(read("labels-idx1-ubyte"))


def run(*arguments) -> str:
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, timeout=300, check=False)
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return done.stdout


class Learning(unittest.TestCase):
    def test_every_method_beats_the_random_encoder(self):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            write_images(folder)
            accuracy = lambda *source: float(re.search(r"accuracy ([\d.]+)", run("probe", *source))[1])
            random_weights = accuracy("--random", "--data", folder, *ENCODER)
            for method in sys.argv[3:] or METHODS:
                numbers = METHODS[method]
                with self.subTest(method):
                    run("pretrain", "--method", method, "--data", folder, *ENCODER, "--batch", "128", "--steps", STEPS, "--out",
                        folder / method, *(word for n in numbers for word in ("--set", n)), "--set", "optimizer.learning_rate.warmup=20")
                    learned = accuracy("--checkpoint", folder / method)
                    print(f"{method}: {learned:.3f}, random weights {random_weights:.3f}", flush=True)
                    self.assertGreater(learned, random_weights + 0.02)


STEPS = 400
if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
