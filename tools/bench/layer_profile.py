#!/usr/bin/env python3
"""Where a training step goes, by layer and pass, each beside its floor, and a view, by operation. `./dev bench training
--profile` calls it.

    tools/bench/layer_profile.py build/release/benchmarks/peers/selfsame_peers [demo|resnet18|views] [--threads 1 2]

The floor of a product is its arithmetic at the measured peak of fused multiply-adds, the floor of a pass over memory its
bytes at the measured bandwidth of a copy (a pass within the caches can be faster). Every pass runs alone, on numbers that
it has just seen; in a step they come from further away. An operation of a view runs alone, too, on a smooth picture, with the
numbers of one view after another: what it costs on average, as it is applied now and then.
"""
import argparse
import json
import re
import subprocess
import sys

from kernels import environment

PASSES = ["convolve", "normalise", "sums", "norm back", "to weight", "to input"]


def measured(program: str, name: str, threads: int, seconds: float) -> list[dict]:
    run = subprocess.run([program, f"--benchmark_filter={name}.*/{threads}/real_time$", "--benchmark_format=json",
                          f"--benchmark_min_time={seconds}"], check=True, capture_output=True, text=True,
                         env=environment(threads))
    return json.loads(run.stdout)["benchmarks"]


def machine(program: str, threads: int) -> tuple[float, float]:
    fma, copy = (measured(program, f"^machine_{what}", threads, 0.3)[0] for what in ("fma", "copy"))
    return fma["flops"], copy["bytes"]


def table(program: str, net: str, threads: int, seconds: float) -> None:
    flops, bandwidth = machine(program, threads)
    layers: dict[str, dict[str, tuple[float, float]]] = {}
    for b in measured(program, f"^profile_{net}", threads, seconds):
        name, layer, which = b["name"].split("/")[:3]
        floor = max(b["flops"] / flops, b["bytes"] / bandwidth)
        layers.setdefault(layer, {})[which] = (b["real_time"] / 1e6, 1e3 * floor)
    print(f"{name}, {threads} thread{'s' if threads > 1 else ''}: ms, and the share of the floor "
          f"({flops / 1e9:.0f} GFLOP/s, {bandwidth / 1e9:.0f} GB/s)")
    print(f"{'':<24}" + "".join(f"{p:>17}" for p in PASSES) + f"{'all':>17}")

    def line(title: str, cells: dict[str, tuple[float, float]]) -> None:
        every = tuple(sum(c[i] for c in cells.values()) for i in (0, 1))
        shown = [cells.get(p) for p in PASSES] + [every]
        print(f"{title:<24}" + "".join(f"{ms:>10.2f}{100 * floor / ms:>5.0f} %" if ms else f"{'-':>17}"
                                       for ms, floor in [c or (0, 0) for c in shown]))
    for layer, cells in layers.items():
        line(layer, cells)
    line("all", {p: tuple(sum(c[p][i] for c in layers.values() if p in c) for i in (0, 1)) for p in PASSES})


def operations(program: str, views: str, seconds: float) -> None:
    us = {b["name"].split("/")[1]: b["real_time"] / 1e3 for b in measured(program, f"^{views}/", 1, seconds)}
    whole, copy = us.pop("all"), us.pop("copy")
    us = {name: t if name == "crop" else t - copy for name, t in us.items()}  # in place, on a copy each time
    print(f"{views}, 1 thread: a view takes {whole:.2f} us ({1e6 / whole:,.0f} views/s); its operations, one at a time:")
    for name, t in (us | {"sum": sum(us.values())}).items():
        print(f"{name:<24}{t:>10.2f} us{100 * t / whole:>5.0f} %")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", help="our benchmarks")
    parser.add_argument("net", nargs="?", default="", help="demo, resnet18 or views; all by default")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--seconds", type=float, default=0.1, help="a pass or operation (%(default)s)")
    options = parser.parse_args()
    for net in [options.net] if options.net else ["demo", "resnet18", "views"]:
        if net == "views":
            for side in (28, 32):
                operations(options.program, f"profile_views_{side}", options.seconds)
        else:
            for threads in options.threads:
                table(options.program, re.escape(net), threads, options.seconds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
