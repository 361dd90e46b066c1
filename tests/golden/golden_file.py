"""Writes the text files that tests/support/golden.hpp reads."""
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def write(name: str, header: list[str], arrays: dict) -> None:
    """header: packages with versions, seed; arrays: name -> 2-d (or 1-d: one row) of numbers."""
    path = HERE / name
    path.parent.mkdir(exist_ok=True)
    command = "python " + " ".join(["tests/golden/" + Path(sys.argv[0]).name] + sys.argv[1:])
    with open(path, "w") as file:
        for line in header + [f"command: {command}"]:
            file.write(f"# {line}\n")
        for key, value in arrays.items():
            rows = value if value.ndim == 2 else value.reshape(1, -1)
            file.write(f"{key} {rows.shape[0]} {rows.shape[1]}\n")
            for row in rows.tolist():
                file.write(" ".join(repr(float(x)) for x in row) + "\n")
