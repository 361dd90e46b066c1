#!/usr/bin/env python3
"""Runs the fuzz targets on inputs that grow from small sound files; says how many inputs each took, and what failed.

usage: run.py BUILD_FOLDER [--seconds N] [--inputs N] [--seed N] [--jobs N]
"""
import argparse
import concurrent.futures
import gzip
import re
import struct
import subprocess
import sys
from pathlib import Path

GOLDEN = Path(__file__).resolve().parents[1] / "golden"


def seeds() -> dict[str, list[bytes]]:
    """Of each target, files that its reader takes."""
    def idx(kind, extents, data):
        return struct.pack(f">BBBB{len(extents)}I", 0, 0, kind, len(extents), *extents) + data
    labels = idx(8, [3], bytes([0, 1, 2]))
    return {
        "idx": [labels, gzip.compress(labels, mtime=0), idx(8, [2, 2, 2], bytes(8)),
                idx(13, [1, 1, 2, 1], struct.pack(">2f", 0, 1)), idx(13, [2, 1, 1], struct.pack(">2f", 0, 1)),
                idx(14, [2, 1, 1, 1], struct.pack(">2d", 1, 2))],
        "cifar": [bytes(3073), gzip.compress(bytes([9]) + bytes(3072), mtime=0)],
        "gzip": [gzip.compress(b"one", mtime=0) + gzip.compress(b"two" * 100, mtime=0), b"not packed"],
        "npz": [(GOLDEN / "io" / name).read_bytes() for name in ("stored.npz", "deflated.npz")],
        "safetensors": [(GOLDEN / "io" / "tiny.safetensors").read_bytes()],
        "npy": [b"\x93NUMPY\x01\x00\x76\x00" + f"{{'descr': {kind}, 'fortran_order': {turned}, 'shape': {shape}, }}".ljust(117).encode()
                + b"\n" + bytes(6 * size)
                for kind, size, turned, shape in (("'|u1'", 1, False, "(2, 3)"), ("'<f4'", 4, False, "(1, 2, 3)"), ("'<i8'", 8, False, "(6,)"),
                                                  ("'>u2'", 2, True, "(1, 2, 3)"), ("'<U1'", 4, False, "(6,)"),
                                                  ("[('a', '<f4')]", 4, False, "(6,)"))],
        "png": [path.read_bytes() for path in sorted((GOLDEN / "image_files").glob("*.png"))],
        "jpeg": [path.read_bytes() for path in sorted((GOLDEN / "image_files").glob("*.jpg"))],
        "checkpoint": [(GOLDEN / "train" / "checkpoint_v2.selfsame").read_bytes()],
        "flat_json": [b'{"name": "text", "other": -0.5e3, "esc\\"aped": "\\\\"}'],
    }


def fuzz(program: Path, name: str, given) -> tuple[str, str]:
    """How many inputs, and the end of what was said where one failed."""
    folder = program.parent / "corpus" / name
    folder.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(seeds()[name]):
        (folder / f"seed{number}").write_bytes(data)
    done = subprocess.run([program, f"-runs={given.inputs}", f"-max_total_time={given.seconds}", f"-seed={given.seed}",
                           "-max_len=16384", "-timeout=10", "-rss_limit_mb=2048", "-print_final_stats=1",
                           f"-artifact_prefix={program.parent}/{name}-", folder], capture_output=True, text=True,
                          errors="replace", check=False)
    count = re.search(r"number_of_executed_units: (\d+)", done.stderr)
    inputs = f"{int(count[1]):,}" if count else "?"
    return inputs, "" if done.returncode == 0 else "\n".join(done.stderr.splitlines()[-40:])


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--seconds", type=int, default=60, help="of each target; 0: no limit")
    arguments.add_argument("--inputs", type=int, default=-1, help="at most, of each target")
    arguments.add_argument("--seed", type=int, default=0, help="0: another one each time")
    arguments.add_argument("--jobs", type=int, default=2)
    given = arguments.parse_args()
    programs = {p.name.removesuffix("_fuzz"): p for p in sorted((given.folder / "tests" / "fuzz").glob("*_fuzz"))}
    if set(programs) != set(seeds()):
        print(f"targets are {sorted(programs)}, seeds are for {sorted(seeds())}")
        return 1
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(given.jobs) as pool:
        results = {name: pool.submit(fuzz, program, name, given) for name, program in programs.items()}
        for name, result in results.items():
            inputs, fault = result.result()
            failed += bool(fault)
            print(f"{name}: {inputs} inputs, {'FAILED' if fault else 'no fault'}", flush=True)
            if fault:
                print(fault)
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
