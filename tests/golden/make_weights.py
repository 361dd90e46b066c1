"""Features of torchvision's ResNets with weights and running statistics given by formulas, and a file of safetensors.

packages: torch 2.15, torchvision 0.29, safetensors 0.8, numpy 2.4; no seed: numbers are formulas (network_formulas.py); in double
command: python tests/golden/make_weights.py
"""
import json
from pathlib import Path

import safetensors
import safetensors.torch
import torch
import torchvision

import golden_file
from network_formulas import DOUBLE, fill, formula, images

VERSIONS = f"torch {torch.__version__}, torchvision {torchvision.__version__}; no seed"
torch.set_num_threads(1)

SHAPE = (2, 64, 64, 3)
for depth in (18, 50):
    net = getattr(torchvision.models, f"resnet{depth}")().to(DOUBLE)
    net.fc = torch.nn.Identity()
    fill(net.named_parameters())
    with torch.no_grad():
        kept = [(name, b) for name, b in net.named_buffers() if not name.endswith("num_batches_tracked")]
        for k, (name, b) in enumerate(kept):
            f = formula(1000 + k, b.numel()) / 4 + (1 if name.endswith("running_var") else 0)
            b.copy_(f.float())
    net.eval()
    with torch.no_grad():
        features = {"colour": net(images(SHAPE))}
        grey = images((2, 64, 64, 1))
        features["grey"] = net(grey.expand(-1, 3, -1, -1))
    golden_file.write(f"train/torchvision_features{depth}.txt",
                      [f"features of torchvision.models.resnet{depth} in evaluation mode, of colour images and of grey "
                       f"ones in three equal channels; {VERSIONS}"],
                      {"shape": torch.tensor(SHAPE)} | features)

TINY = {
    "weight": torch.arange(6, dtype=torch.float32).reshape(2, 3) / 4,
    "twice": torch.tensor([-1.5, 2.0**-40], dtype=torch.float64),
    "half": torch.tensor([1.0, -2.5, 6e-8, 65504.0, float("inf")], dtype=torch.float16),
    "brain": torch.tensor([1.0, -3.0e38], dtype=torch.bfloat16),
    "num_batches_tracked": torch.tensor(7, dtype=torch.int64),
    "labels": torch.tensor([[-3], [4]], dtype=torch.int32),
    "short": torch.tensor([-300], dtype=torch.int16),
    "small": torch.tensor([-3, 4], dtype=torch.int8),
    "pixels": torch.tensor([200, 255], dtype=torch.uint8),
    "mask": torch.tensor([True, False]),
    "empty": torch.zeros(0, 4),
}
PATH = Path(__file__).resolve().parent / "io" / "tiny.safetensors"
PATH.parent.mkdir(exist_ok=True)
safetensors.torch.save_file(TINY, PATH, metadata={"made by": f"safetensors {safetensors.__version__}, make_weights.py"})
print(json.dumps({name: list(t.shape) for name, t in TINY.items()}))

import numpy  # noqa: E402: only what follows needs it

ARRAYS = {
    "layer.weight": numpy.arange(6, dtype="<f4").reshape(2, 3) / 4,
    "twice": numpy.array([-1.5, 2.0**-40]),
    "half": numpy.array([1, -2.5], dtype="<f2"),
    "counter": numpy.array(7, dtype="<i8"),
    "labels": numpy.array([[-3], [4]], dtype="<i4"),
    "short": numpy.array([-300], dtype="<i2"),
    "small": numpy.array([-3], dtype="i1"),
    "pixels": numpy.array([200] * 1000, dtype="u1"),
    "mask": numpy.array([True, False]),
    "empty": numpy.zeros((0, 4), "<f4"),
}
numpy.savez(PATH.parent / "stored.npz", **ARRAYS)
numpy.savez_compressed(PATH.parent / "deflated.npz", **ARRAYS)
