#!/usr/bin/env python3
"""How long our headers take to compile, and how much memory: `./dev bench compile` calls it.

usage: compile_time.py [COMPILER...]        each of benchmarks/compile/*.cpp, with -O0 and -O2, one after the other
"""
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def measure(command: list[str]) -> tuple[float, float]:
    """Seconds of processor time, and MiB of the largest process."""
    with subprocess.Popen(command) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(process.returncode)
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main() -> int:
    print("| file | compiler | flags | seconds | MiB | object, KiB |")
    print("| --- | --- | --- | ---: | ---: | ---: |")
    with tempfile.TemporaryDirectory() as folder:
        for source in sorted((ROOT / "benchmarks" / "compile").glob("*.cpp")):
            for compiler in sys.argv[1:] or ["g++", "clang++-16"]:
                for level in ("-O0", "-O2"):
                    output = Path(folder) / "out.o"
                    seconds, mib = measure([compiler, "-std=c++20", level, f"-I{ROOT}/include", "-isystem", "/usr/include/eigen3",
                                            "-c", str(source), "-o", str(output)])
                    print(f"| {source.name} | {compiler} | {level} | {seconds:.1f} | {mib:.0f} | {output.stat().st_size // 1024:,} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
