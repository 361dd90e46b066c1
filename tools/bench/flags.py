#!/usr/bin/env python3
"""How much of the product's speed with -march=native a program compiled by plain -O2 reaches.

    tools/bench/flags.py build/release/benchmarks

Runs both programs in turn and prints the median of each product and the ratio.
"""
import json
import os
import platform
import subprocess
import sys

FILTER = "^(product_cpu/M|tile_cpu)"


def rates(program: str) -> dict[str, float]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("OPENBLAS")}
    text = subprocess.run([program, f"--benchmark_filter={FILTER}", "--benchmark_repetitions=5",
                           "--benchmark_report_aggregates_only=true", "--benchmark_format=json"],
                          check=True, capture_output=True, text=True, env=environment).stdout
    return {run["run_name"]: run["flops"] / 1e9 for run in json.loads(text)["benchmarks"]
            if run["aggregate_name"] == "median"}


def main() -> None:
    folder = sys.argv[1]
    plain, native = rates(f"{folder}/selfsame_benchmarks"), rates(f"{folder}/selfsame_benchmarks_native")
    print(f"{platform.machine()}, one thread, GFLOP/s (CPU time), median of 5")
    for name, value in plain.items():
        print(f"{name:<44} -O2 {value:6.1f}   -O2 -march=native {native[name]:6.1f}   ratio {value / native[name]:.2f}")


if __name__ == "__main__":
    main()
