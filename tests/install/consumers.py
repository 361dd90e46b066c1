#!/usr/bin/env python3
"""Users' programs compile without a warning, whatever their compiler, flags, and way to name our folder.

    consumers.py EIGEN_INCLUDE [--compilers g++ clang++-16] [--flags NAME...] PROGRAM...

Each program is built with all warnings as errors by each compiler and set of flags, our headers as system headers and not.
A program that uses data sets or images links zlib, libpng and libjpeg.
"""
import argparse
import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WARNINGS = ["-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-Werror"]
FLAGS = {  # the last two as CMake has them
    "O0": ["-O0"],
    "O2": ["-O2"],
    "O3": ["-O3"],
    "Release": ["-O3", "-DNDEBUG"],
    "RelWithDebInfo": ["-O2", "-g", "-DNDEBUG"],
}


def build(compiler: str, flags: str, way: str, program: str, eigen: str, folder: str) -> str:
    """What the compiler says, or nothing."""
    out = f"{folder}/{Path(compiler).name}-{flags}{way}-{Path(program).stem}"
    command = [compiler, "-std=c++20", *FLAGS[flags], *WARNINGS, way, str(ROOT / "include"), "-isystem", eigen, program, "-o", out]
    if re.search(r"#include <selfsame/(data|image)", Path(program).read_text()):
        command += ["-lz", "-lpng", "-ljpeg"]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    return "" if made.returncode == 0 else f"{' '.join(command)}\n{made.stderr[:4000]}"


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("eigen")
    parser.add_argument("programs", nargs="+")
    parser.add_argument("--compilers", nargs="+", default=["g++", "clang++-16"])
    parser.add_argument("--flags", nargs="+", default=list(FLAGS))
    given = parser.parse_args()
    cases = list(product(given.compilers, given.flags, ["-I", "-isystem"], given.programs))
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(int(os.environ.get("JOBS", os.cpu_count() or 1))) as pool:
        faults = [fault for fault in pool.map(lambda case: build(*case, given.eigen, folder), cases) if fault]
    print("\n".join(faults) or f"{len(cases)} builds without a warning")
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
