#!/usr/bin/env python3
"""What `selfsame export` writes as ONNX, run by onnxruntime on the images that `selfsame embed` saw.

usage: onnx_test.py PROGRAM EXCERPT
"""
import gzip
import json
import subprocess
import sys
import tempfile
from pathlib import Path

try:
    import numpy as np
    import onnxruntime
except ImportError as absent:
    print(f"skipped: {absent}")
    sys.exit(77)

PROGRAM, EXCERPT = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()


def run(*arguments):
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, timeout=300, check=False)
    if done.returncode:
        sys.exit(done.stderr)


def main() -> int:
    packed = gzip.decompress((EXCERPT / "t10k-images-idx3-ubyte.gz").read_bytes())
    images = np.frombuffer(packed, np.uint8, offset=16).reshape(-1, 1, 28, 28).astype(np.float32) / 255
    worst = 0.0
    for encoder, more in [("resnet8x0.25", []), ("resnet18x0.0625", ["--set", "encoder.stem=imagenet", "--set", "encoder.grid=1"]),
                          ("resnet26x0.0625", [])]:
        with tempfile.TemporaryDirectory() as name:
            out = Path(name)
            run("pretrain", "--data", EXCERPT, "--encoder", encoder, "--batch", "32", "--steps", "5", "--out", out / "run",
                *more)
            run("embed", "--checkpoint", out / "run", "--data", EXCERPT, "--out", out)
            run("export", "--checkpoint", out / "run", "--out", out / "encoder.onnx")
            numbers = json.loads((out / "run" / "recipe.json").read_text())
            at = "recipe.method.augmenter.normalise."
            x = (images - numbers[at + "mean.first"]) / numbers[at + "deviation.first"]
            session = onnxruntime.InferenceSession(out / "encoder.onnx", providers=["CPUExecutionProvider"])
            theirs = session.run(["features"], {"images": x.astype(np.float32)})[0]
            ours = np.load(out / "test.npy")
            error = np.abs(ours - theirs).max() / np.abs(ours).max()
            print(f"{encoder}: {ours.shape}, largest difference {error:.1e} of the largest number")
            worst = max(worst, error)
    return int(not worst < 1e-5)


if __name__ == "__main__":
    sys.exit(main())
