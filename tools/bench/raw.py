"""Inputs of a benchmark as files that C++ reads without a library: raw numbers, and a list of what there is.

    index.txt    one line an input: NAME f32 ROWS COLS, NAME i32 ROWS COLS, or NAME number VALUE
    NAME.f32     ROWS x COLS little-endian floats; NAME.i32 likewise
"""
import pathlib

import numpy as np

Inputs = dict[str, "np.ndarray | float"]
TYPES = {"f32": np.float32, "i32": np.int32}


def write(folder: pathlib.Path, inputs: Inputs) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    lines = []
    for name, value in inputs.items():
        if isinstance(value, np.ndarray):
            kind = next(k for k, t in TYPES.items() if value.dtype == t)
            rows, cols = value.shape if value.ndim == 2 else (1, value.size)
            value.tofile(folder / f"{name}.{kind}")
            lines.append(f"{name} {kind} {rows} {cols}")
        else:
            lines.append(f"{name} number {value!r}")
    (folder / "index.txt").write_text("\n".join(lines) + "\n")


def read(folder: pathlib.Path) -> Inputs:
    inputs: Inputs = {}
    for line in (folder / "index.txt").read_text().splitlines():
        name, kind, *rest = line.split()
        if kind == "number":
            inputs[name] = float(rest[0])
        else:
            rows, cols = int(rest[0]), int(rest[1])
            array = np.fromfile(folder / f"{name}.{kind}", TYPES[kind])
            inputs[name] = array.reshape(rows, cols) if rows > 1 else array
    return inputs
