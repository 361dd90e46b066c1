#!/usr/bin/env python3
"""Each header compiles alone. Most are the first include of their test, which shows it; the others are compiled by the
compiler that is named, for its syntax only."""
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import tree

FLAGS = ["-std=c++20", "-fopenmp", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Werror", f"-I{tree.ROOT}/include",
         "-isystem", "/usr/include/eigen3", "-x", "c++", "-fsyntax-only", "-Wno-pragma-once-outside-header"]


def shown_by_tests() -> set[str]:
    shown = set()
    for test in (tree.ROOT / "tests").rglob("*_test.cpp"):
        first = next(iter(tree.DIRECTIVE.findall(test.read_text())), "")
        shown.add(first.removeprefix("selfsame/"))
    return shown


def main() -> int:
    others = [header for header in tree.headers() if header not in shown_by_tests()]
    print(f"{len(tree.headers()) - len(others)} headers come first in their tests, {len(others)} are compiled")

    def compiles(header: str) -> bool:
        return subprocess.run([sys.argv[1], *FLAGS, str(tree.INCLUDE / header)], check=False).returncode == 0

    with ThreadPoolExecutor(int(os.environ.get("JOBS", os.cpu_count() or 1))) as pool:
        faults = [header for header, good in zip(others, pool.map(compiles, others)) if not good]
    print("\n".join(f"{header} does not compile alone" for header in faults), end="\n" if faults else "")
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
