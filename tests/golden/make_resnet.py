"""Golden numbers of ResNets: names and shapes of torchvision's, and forward, running statistics and gradients.

packages: torch 2.15, torchvision 0.29; no seed: weights and images are formulas (network_formulas.py); in double
command: python tests/golden/make_resnet.py
"""
import torch
import torchvision

import golden_file
from network_formulas import DOUBLE, Encoder, buffers, fill, formula, images, project, segments

VERSIONS = f"torch {torch.__version__}, torchvision {torchvision.__version__}; no seed"
torch.set_num_threads(1)

for depth in (18, 50):
    state = getattr(torchvision.models, f"resnet{depth}")().state_dict()
    kept = {name: v for name, v in state.items() if not name.startswith("fc.") and not name.endswith("num_batches_tracked")}
    arrays = {"entries": torch.tensor([len(kept)])}
    arrays |= {f"extents.{name}": torch.tensor(v.shape) for name, v in kept.items()}
    golden_file.write(f"encoder/torchvision_resnet{depth}.txt",
                      [f"the extents of torchvision.models.resnet{depth} without its classifier; {VERSIONS}"], arrays)

CASES = {  # bottleneck, blocks, base, stem, projections in every stage, image
    "resnet8": (False, [1, 1, 1], 8, "small", False, (5, 12, 11, 3)),
    "resnet18": (False, [2, 2, 2, 2], 8, "imagenet", False, (8, 72, 72, 3)),
    "resnet26": (True, [2, 2, 2, 2], 4, "small", False, (8, 24, 24, 3)),
    "resnet18_simclr": (False, [2, 2, 2, 2], 8, "small", True, (4, 16, 16, 3)),
}
for name, (bottleneck, blocks, base, stem, every_stage, shape) in CASES.items():
    net = Encoder(bottleneck, blocks, base, shape[3], stem, every_stage).to(DOUBLE)
    fill(segments(net))
    x = images(shape).requires_grad_()
    net.train()
    rows = net(x)
    rows.backward(formula(200, rows.numel()).reshape(rows.shape))
    arrays = {
        "shape": torch.tensor(shape),
        "train": rows.detach(),
        "input": project(x.grad.permute(0, 2, 3, 1)),
        "gradients": torch.stack([project(p.grad) for _, p in segments(net)]),
        "buffers": torch.cat([b.reshape(-1) for _, b in buffers(net)]),
    }
    net.eval()
    arrays["evaluate"] = net(x).detach()
    golden_file.write(f"encoder/{name}.txt",
                      [f"{name} of base width {base}, stem {stem}: rows in train and evaluation mode (with the buffers "
                       "after one step), norm and three projections of each gradient, buffers with unbiased variances; "
                       f"{VERSIONS}"], arrays)
