#!/usr/bin/env python3
"""Draws the demo's pictures: tools/plot/demo.py build/demo

Reads loss.csv, probe.csv, embeddings_pca.csv, views.npy, views.json and results.json of that folder; writes
curves.png, scatter.png, views.png and table.png into it.
"""
import csv
import json
import sys
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402
import numpy as np  # noqa: E402

INK, GREY, BLUE, ORANGE = "#222222", "#8a8a8a", "#2f6690", "#d1741f"
# Ten hues of similar weight, neighbours among clothes kept apart: dark and light take turns.
CLASS_COLOURS = ["#4269d0", "#97bbf5", "#3ca951", "#efb118", "#a463f2", "#ff725c", "#6cc5b0", "#9c6b4e", "#ff8ab7",
                 "#6b7079"]

plt.rcParams.update({
    "font.family": "DejaVu Sans", "font.size": 11, "text.color": INK, "axes.labelcolor": INK,
    "axes.edgecolor": GREY, "xtick.color": INK, "ytick.color": INK, "axes.spines.top": False,
    "axes.spines.right": False, "axes.titlesize": 12, "axes.titleweight": "normal", "axes.titlelocation": "left",
    "figure.facecolor": "white", "savefig.dpi": 160, "savefig.bbox": "tight", "savefig.pad_inches": 0.15,
})


def columns(path):
    """The columns of a CSV file by name, as lists of text."""
    with open(path, newline="") as file:
        rows = list(csv.DictReader(file))
    return {name: [row[name] for row in rows] for name in rows[0]}


def numbers(texts):
    return np.array([float(t) for t in texts])


def smooth(values, width):
    """A centred running mean that narrows at the ends."""
    total = np.concatenate([[0], np.cumsum(values)])
    i = np.arange(len(values))
    reach = np.minimum.reduce([np.full(len(values), width // 2), i, len(values) - 1 - i])
    return (total[i + reach + 1] - total[i - reach]) / (2 * reach + 1)


def curves(folder):
    loss, probe = columns(folder / "loss.csv"), columns(folder / "probe.csv")
    step, value = numbers(loss["step"]), numbers(loss["loss"])
    figure, (left, right) = plt.subplots(1, 2, figsize=(9.6, 3.5), constrained_layout=True)
    left.plot(step, value, color=BLUE, alpha=0.3, linewidth=1)
    left.plot(step, smooth(value, 15), color=BLUE, linewidth=2)
    left.set_title("NT-Xent loss (nats)")
    left.set_ylim(top=np.quantile(value, 0.99))  # the first steps would flatten the rest
    x, y = numbers(probe["step"]), 100 * numbers(probe["knn_accuracy"])
    right.plot(x, y, color=ORANGE, linewidth=2, marker="o", markersize=4.5)
    for at, offset, side in ((0, (9, -4), "left"), (len(x) - 1, (0, 8), "center")):
        right.annotate(f"{y[at]:.1f}", (x[at], y[at]), textcoords="offset points", xytext=offset, ha=side)
    right.margins(y=0.15)
    right.set_title("k-NN accuracy of the representation (%)")
    for axes in (left, right):
        axes.set_xlabel("step")
        axes.set_xlim(left=0)
        axes.grid(axis="y", color="#e6e6e6", linewidth=0.8)
        axes.set_axisbelow(True)
    figure.savefig(folder / "curves.png")


def scatter(folder):
    points = columns(folder / "embeddings_pca.csv")
    x, y, label = numbers(points["x"]), numbers(points["y"]), numbers(points["label"]).astype(int)
    names = {int(l): n for l, n in zip(points["label"], points["class"])}
    figure, axes = plt.subplots(figsize=(7.6, 6.4))
    order = np.random.default_rng(0).permutation(len(x))  # no class is drawn over all others
    colours = np.array([CLASS_COLOURS[k % 10] for k in range(max(names) + 1)])
    axes.scatter(x[order], y[order], s=5, c=colours[label[order]], alpha=0.55, linewidths=0)
    spread = (max(np.ptp(x), np.ptp(y)))
    placed = []
    for k in sorted(names, key=lambda k: np.median(y[label == k])):
        cx, cy = np.median(x[label == k]), np.median(y[label == k])
        while any(abs(cx - px) < 0.17 * spread and abs(cy - py) < 0.054 * spread for px, py in placed):
            cy += 0.01 * spread  # names stay apart
        placed.append((cx, cy))
        axes.text(cx, cy, names[k], ha="center", va="center", fontsize=10.5, color=INK,
                  bbox={"boxstyle": "round,pad=0.25", "facecolor": "white", "edgecolor": colours[k], "linewidth": 1.6,
                        "alpha": 0.92})
    axes.set_aspect("equal", adjustable="datalim")
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_xlabel("first principal component")
    axes.set_ylabel("second principal component")
    axes.set_title(f"Representations of {len(x):,} test images, learned without labels")
    figure.savefig(folder / "scatter.png")


def views(folder):
    sheet, about = np.load(folder / "views.npy"), json.loads((folder / "views.json").read_text())
    height, width, channels, across = about["height"], about["width"], about["channels"], about["columns"]
    rows = len(about["rows"])
    tiles = np.clip(sheet, 0, 1).reshape(rows, height, across, width, channels).transpose(0, 2, 1, 3, 4)
    figure, grid = plt.subplots(rows, across + 1, figsize=(0.82 * (across + 0.25), 0.82 * rows),
                                gridspec_kw={"width_ratios": [1, 0.25] + [1] * (across - 1), "wspace": 0.06,
                                             "hspace": 0.06}, squeeze=False)
    for r in range(rows):
        grid[r, 1].axis("off")
        for c in range(across):
            axes = grid[r, c if c == 0 else c + 1]
            picture = tiles[r, c]
            axes.imshow(picture[..., 0] if channels == 1 else picture, cmap="gray", vmin=0, vmax=1,
                        interpolation="nearest")
            axes.set_xticks([])
            axes.set_yticks([])
            for spine in axes.spines.values():
                spine.set_visible(False)
        grid[r, 0].set_ylabel(about["rows"][r], rotation=0, ha="right", va="center", labelpad=8, fontsize=10.5)
    grid[0, 0].set_title("image", fontsize=10.5, loc="center")
    grid[0, 2].set_title("views that training sees", fontsize=10.5, loc="left")
    figure.savefig(folder / "views.png")


def table(folder):
    results = json.loads((folder / "results.json").read_text())
    names, rows = results["columns"], results["rows"]
    figure, axes = plt.subplots(figsize=(9.6, 0.45 * (len(rows) + 2)))
    axes.axis("off")
    axes.set_xlim(0, len(names) + 1.3)
    axes.set_ylim(len(rows) + 0.6, -1)
    right = [c + 2.2 for c in range(len(names))]
    for c, name in enumerate(names):
        axes.text(right[c], 0, name, ha="right", va="center", color=GREY)
    axes.plot([0, right[-1]], [0.5, 0.5], color=GREY, linewidth=0.8)
    best = [max(row[c][0] for row in rows.values()) for c in range(len(names))]
    for r, (name, row) in enumerate(rows.items(), start=1):
        axes.text(0, r, name, ha="left", va="center")
        for c, (mean, deviation) in enumerate(row):
            text = f"{100 * mean:.1f}" + (f" ± {100 * deviation:.1f}" if deviation > 0 else "")
            axes.text(right[c], r, text, ha="right", va="center",
                      fontweight="bold" if mean == best[c] else "normal")
    axes.text(0, -0.9, "Accuracy in %, with all labels, 100 and 10 a class (± standard deviation over draws)",
              ha="left", va="center", fontsize=12)
    figure.savefig(folder / "table.png")


def main():
    if len(sys.argv) != 2 or not Path(sys.argv[1], "results.json").exists():
        sys.exit("usage: demo.py DIR, where selfsame demo has written results.json")
    folder = Path(sys.argv[1])
    for picture in (curves, scatter, views, table):
        picture(folder)
        plt.close("all")
        print(folder / f"{picture.__name__}.png")


if __name__ == "__main__":
    main()
