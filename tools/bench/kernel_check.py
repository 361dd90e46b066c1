"""Whether all who were given the same inputs found the same.

Values and arrays are compared as they are, or, where several answers are right, by what they are good for (JUDGES).
"""
import pathlib
from typing import Callable

import numpy as np


def load(folder: pathlib.Path, who: str):
    return {f.name.removeprefix(f"{who}.").removesuffix(".f32"): np.fromfile(f, np.float32)
            for f in sorted(folder.glob(f"{who}.*.f32"))}


def tangent(gradient, rows):
    """Without the part along the row, which a loss that normalises its rows does not have."""
    g = gradient.reshape(rows.shape)
    return (g - (g * rows).sum(1, keepdims=True) * rows).ravel()


# --- what answers are good for: pairs (what, of the reference, of the other) in double ---

def k_means(inputs, a, b):
    def inertia(centroids) -> float:
        rows, c = inputs["rows"], centroids.reshape(-1, inputs["rows"].shape[1])
        nearest = ((c * c).sum(1) - 2 * rows @ c.T).min(1)
        return float(np.mean((rows * rows).sum(1) + nearest, dtype=np.float64))
    return [("mean squared distance", inertia(a["centroids"]), inertia(b["centroids"]))]


def knn(inputs, a, b):
    """Where predictions differ, the two classes must have the same votes, up to the rounding of cosines."""
    unit = lambda x: x.astype(np.float64) / np.linalg.norm(x.astype(np.float64), axis=1, keepdims=True)
    differ = np.flatnonzero(a["predictions"] != b["predictions"])
    if differ.size > a["predictions"].size // 100:
        return [("predictions that are the reference's", a["predictions"].size, a["predictions"].size - differ.size)]
    train, pairs = unit(inputs["train"]), []
    for row, x in zip(differ, unit(inputs["test"][differ])):
        cosines = train @ x
        nearest = np.argsort(-cosines, kind="stable")[:int(inputs["k"])]
        votes = np.bincount(inputs["labels"][nearest], np.exp((cosines[nearest] - cosines.max()) / inputs["temperature"]),
                            int(inputs["classes"]))
        pairs.append((f"votes for its class of row {row}", *(float(votes[int(w["predictions"][row])]) for w in (a, b))))
    return pairs


def probe(inputs, a, b):
    rows, labels = inputs["train"].astype(np.float64), inputs["labels"]
    deviation, every = rows.std(0), np.arange(len(rows))

    def judged(found) -> tuple[float, float]:
        weights = found["weights"].reshape(-1, rows.shape[1]).astype(np.float64)
        logits = rows @ weights.T + found["bias"]
        top = logits.max(1)
        losses = np.log(np.exp(logits - top[:, None]).sum(1)) + top - logits[every, labels]
        penalty = inputs["l2"] / (2 * len(rows)) * np.square(weights * deviation).sum()
        return float(losses.mean() + penalty), float((logits.argmax(1) == labels).mean())
    return [(what, *pair) for what, *pair in zip(("objective", "share of rows in their class"), judged(a), judged(b))]


JUDGES: dict[str, Callable] = {"k_means": k_means, "knn": knn, "probe": probe}


def differences(row, inputs, folder: pathlib.Path, reference: dict, other: dict) -> list[str]:
    """What of `other` is not what the reference found, as sentences with both numbers. A library may have fewer results."""
    a, b = load(folder, reference["file"]), load(folder, other["file"])
    both = sorted(set(a) & set(b))
    if not both:
        return [f"results {sorted(b)}, but {reference['who']} has {sorted(a)}"]
    if row.kernel in JUDGES:
        pairs, both = JUDGES[row.kernel](inputs, a, b), []
    else:
        pairs = [("value", reference["value"], other["value"])]
    found = [f"{what} {y:.9g}, but {reference['who']} has {x:.9g}" for what, x, y in pairs
             if not abs(x - y) <= row.value_tolerance * max(abs(x), 1e-3)]
    for name in both:
        x, y = a[name], b[name]
        if x.size != y.size:
            found.append(f"{name} has {y.size} numbers, but {reference['who']} has {x.size}")
            continue
        if (row.kernel, other["who"]) == ("info_nce", "lightly"):
            x, y = (tangent(g, inputs[name]) for g in (x, y))
        error = float(np.linalg.norm(x - y) / max(np.linalg.norm(x), 1e-30))
        if not error <= row.tolerances.get(name, row.gradient_tolerance):
            worst = int(np.argmax(np.abs(x - y)))
            found.append(f"{name} differs by {error:.2e} of its norm; number {worst} is {y[worst]:.9g}, but "
                         f"{reference['who']} has {x[worst]:.9g}")
    return found
