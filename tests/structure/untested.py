#!/usr/bin/env python3
"""Each public header include/selfsame/<path> has its test tests/<path>_test.cpp; untested.txt lists those that wait."""
import sys

import tree


def has_test(header: str) -> bool:
    stem = header.rsplit(".", 1)[0]
    # One test serves the kernels of all devices: tests/kernel/exp_test.cpp for kernel/cpu/exp.hpp and kernel/cuda/exp.cuh.
    stems = {stem, stem.replace("kernel/cpu/", "kernel/").replace("kernel/cuda/", "kernel/")}
    return any((tree.ROOT / "tests" / (name + end)).is_file() for name in stems for end in ("_test.cpp", "_test.cu"))


def main() -> int:
    list_file = tree.ROOT / "tests" / "structure" / "untested.txt"
    allowed = {line.strip() for line in list_file.read_text().splitlines() if line and not line.startswith("#")}
    missing = {header for header in tree.headers() if tree.is_public(header) and not has_test(header)}
    news = sorted(missing - allowed) if "*" not in allowed else []
    stale = sorted(allowed - missing - {"*"})
    for header in sorted(missing):
        print(f"{header} has no tests/{header.rsplit('.', 1)[0]}_test.cpp" + ("" if header in news else " (allowed)"))
    for header in stale:
        print(f"{header} is tested or gone: strike it from tests/structure/untested.txt")
    return int(bool(news or stale))


if __name__ == "__main__":
    sys.exit(main())
