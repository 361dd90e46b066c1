"""Whether all who were given the same inputs found the same value, gradients, codes or centroids."""
import pathlib

import numpy as np


def load(folder: pathlib.Path, who: str):
    return {f.name.removeprefix(f"{who}.").removesuffix(".f32"): np.fromfile(f, np.float32)
            for f in sorted(folder.glob(f"{who}.*.f32"))}


def tangent(gradient, rows):
    """Without the part along the row, which a loss that normalises its rows does not have."""
    g = gradient.reshape(rows.shape)
    return (g - (g * rows).sum(1, keepdims=True) * rows).ravel()


def inertia(rows, centroids) -> float:
    """Mean squared distance to the nearest centroid: what k-means is judged by."""
    c = centroids.reshape(-1, rows.shape[1])
    nearest = ((c * c).sum(1) - 2 * rows @ c.T).min(1)
    return float(np.mean((rows * rows).sum(1) + nearest, dtype=np.float64))


def differences(row, inputs, folder: pathlib.Path, reference: dict, other: dict) -> list[str]:
    """What of `other` is not what the reference found, as sentences with both numbers."""
    a, b = load(folder, reference["file"]), load(folder, other["file"])
    if row.kernel == "k_means":
        pairs = [("mean squared distance", inertia(inputs["rows"], a["centroids"]),
                  inertia(inputs["rows"], b["centroids"]))]
        a = b = {}
    else:
        pairs = [("value", reference["value"], other["value"])]
    found = [f"{what} {y:.9g}, but {reference['who']} has {x:.9g}" for what, x, y in pairs
             if not abs(x - y) <= row.value_tolerance * max(abs(x), 1e-3)]
    if set(a) != set(b):
        return found + [f"results {sorted(b)}, but {reference['who']} has {sorted(a)}"]
    for name in a:
        x, y = a[name], b[name]
        if x.size != y.size:
            found.append(f"{name} has {y.size} numbers, but {reference['who']} has {x.size}")
            continue
        if (row.kernel, other["who"]) == ("info_nce", "lightly"):
            x, y = (tangent(g, inputs[name]) for g in (x, y))
        error = float(np.linalg.norm(x - y) / max(np.linalg.norm(x), 1e-30))
        if not error <= row.gradient_tolerance:
            worst = int(np.argmax(np.abs(x - y)))
            found.append(f"{name} differs by {error:.2e} of its norm; number {worst} is {y[worst]:.9g}, but "
                         f"{reference['who']} has {x[worst]:.9g}")
    return found
