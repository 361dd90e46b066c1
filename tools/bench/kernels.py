#!/usr/bin/env python3
"""Every kernel beside its peers: the same inputs, the same threads, the same run. `./dev bench kernels` calls it, and
`./dev bench training` for views, steps of training and evaluation.

    tools/bench/kernels.py build/release/benchmarks/peers/selfsame_peers      all rows on 1 and 2 threads
    tools/bench/kernels.py PROGRAM nt_xent --threads 1 --quick                rows whose name matches, roughly
    tools/bench/kernels.py PROGRAM --consumer                                 also as a program that finds us installed
    tools/bench/kernels.py --table build/bench/kernels.json                   the table as Markdown
    tools/bench/kernels.py --table build/bench/kernels.json --into benchmarks/README.md

Before anything is timed, value and gradient of all who compute the same thing are compared; where they differ, both
numbers are printed and the program ends with 1. A time is the median of three rounds, in each of which everybody runs
for about a second in turn; a peer that takes over twice as long as the fastest is timed by one call.
Runs by the python of the peers' environment (tools/peers); --table needs nothing but python.
"""
import argparse
import json
import os
import pathlib
import platform
import re
import statistics
import subprocess
import sys
import time
from importlib import metadata

from kernel_table import OTHER_TASK, put_between_markers, show, table

ROOT = pathlib.Path(__file__).resolve().parents[2]
OUT = ROOT / "build" / "bench"
COLUMNS = ("name", "shape", "items", "unit", "dtype", "threads", "flags", "ours_ms", "peer", "peer_ms", "ratio", "floor_ms",
           "share_of_floor", "ours_extra_mib", "peer_extra_mib")
VERSIONS = ("torch", "lightly", "pytorch-metric-learning", "faiss-cpu", "POT", "scikit-learn", "torchvision", "timm",
            "albumentations", "kornia", "numpy")


def environment(threads: int) -> dict[str, str]:
    """That of all who are measured. OPENBLAS_CORETYPE would choose older kernels for faiss; it is taken out."""
    e = {k: v for k, v in os.environ.items() if not k.startswith(("OPENBLAS", "OMP_", "MKL_", "GOMP", "KMP_"))}
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        e[name] = str(threads)
    return e | {"TORCHINDUCTOR_CACHE_DIR": str(OUT / "inductor"), "TORCHINDUCTOR_COMPILE_THREADS": "1",
                "SELFSAME_BENCH_INPUTS": str(OUT), "PYTHONDONTWRITEBYTECODE": "1"}


class Ours:
    """Our side: a program of Google Benchmark, once a round."""

    def __init__(self, program: str, threads: int, file: str):
        self.program, self.threads, self.file = program, threads, file  # names its results
        listed = subprocess.run([program, "--benchmark_list_tests"], check=True, capture_output=True, text=True).stdout
        self.names = {line.split("/")[0] for line in listed.splitlines()}
        self.flags = ""

    def run(self, name: str, seconds: float) -> dict:
        """For so long; for no time it computes once more before, and writes what it found."""
        e = environment(self.threads) | ({} if seconds else {"SELFSAME_BENCH_RESULTS": self.file})
        run = subprocess.run([self.program, f"--benchmark_filter=^{name}/{self.threads}/", "--benchmark_format=json",
                              f"--benchmark_min_time={seconds or 1e-9}"], capture_output=True, text=True, env=e)
        if run.returncode != 0:
            return {"error": f"{self.program} ended with {run.returncode}: {run.stderr[-300:]}"}
        answer = json.loads(run.stdout)
        self.flags = answer["context"]["flags"]
        measured = answer["benchmarks"][0]
        if measured.get("error_occurred"):
            return {"error": measured["error_message"]}
        return measured | {"ms": measured["real_time"] / 1e6}  # nanoseconds


class Peer:
    """A process with one library; see kernel_peers.py."""

    def __init__(self, name: str, threads: int):
        (OUT / "log").mkdir(exist_ok=True)
        self.log = OUT / "log" / f"{name.replace(' ', '_')}_{threads}"
        self.process = subprocess.Popen([sys.executable, str(pathlib.Path(__file__).with_name("kernel_peers.py"))],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log.open("w"),
                                        text=True, env=environment(threads))

    def ask(self, **request) -> dict:
        try:
            print(json.dumps(request), file=self.process.stdin, flush=True)
            line = self.process.stdout.readline()
        except BrokenPipeError:
            line = ""
        return json.loads(line) if line else {"error": f"the process ended; see {self.log}"}

    def end(self) -> None:
        self.process.stdin.close()
        self.process.wait()


# --- one row ---

class Bench:
    def __init__(self, options: argparse.Namespace, threads: int):
        self.options, self.threads = options, threads
        self.seconds, self.rounds = (0.1, 1) if options.quick else (0.8, 3)
        self.ours = [Ours(program, threads, f"ours_{i}")
                     for i, program in enumerate(options.programs)]
        self.peers: dict[str, Peer] = {}
        self.failures: list[str] = []
        self.measured: list = []
        self.measure_machine()

    def measure_machine(self) -> None:
        """The higher of what several moments of the run show."""
        fma, copy = self.ours[0].run("machine_fma", 0.3), self.ours[0].run("machine_copy", 0.3)
        self.flops = max(getattr(self, "flops", 0), fma["flops"])
        self.bandwidth = max(getattr(self, "bandwidth", 0), copy["bytes"])

    def floor_ms(self, row) -> float:
        return 1e3 * (row.bytes / self.bandwidth if row.memory_bound else row.flops / self.flops)

    def complain(self, row, text: str) -> None:
        self.failures.append(f"{row.name}, {self.threads} threads: {text}")
        print(f"!! {self.failures[-1]}", flush=True)

    def open_peers(self, row, folder: pathlib.Path) -> list[dict]:
        opened = []
        for who in row.peers:
            if self.options.peers and not re.search(self.options.peers, who):
                continue
            peer = self.peers.get(who)
            if peer is None or peer.process.poll() is not None:  # there is none, or it died over another row
                peer = self.peers[who] = Peer(who, self.threads)
            answer = peer.ask(do="open", folder=str(folder), kernel=row.kernel, peer=who)
            if "absent" in answer:
                print(f"-- {row.name}: {who} is left out, {answer['absent']}", flush=True)
            elif "error" in answer:
                self.complain(row, f"{who}: {answer['error']} (see {peer.log})")
            else:
                opened.append(answer | {"who": who, "file": who.replace(" ", "_"), "rounds": [], "peer": peer})
        return opened

    def open_ours(self, row, folder: pathlib.Path) -> list[dict]:
        opened = []
        for ours in self.ours:
            if row.name not in ours.names:
                self.complain(row, f"{ours.program} has no such benchmark")
                continue
            answer = ours.run(row.name, 0)
            if "error" in answer:
                self.complain(row, f"{ours.program}: {answer['error']}")
                continue
            opened.append(answer | {"who": f"ours ({ours.flags})", "file": ours.file, "rounds": [], "ours": ours})
        return opened

    def measure(self, row, inputs, folder: pathlib.Path) -> list[dict]:
        for stale in folder.glob("*.*.f32"):
            stale.unlink()
        peers = self.open_peers(row, folder)
        ours = self.open_ours(row, folder)
        import kernel_check  # numpy: not for --table
        same_task = [p for p in peers if p["who"] not in OTHER_TASK]
        everybody = same_task + ours
        for other in everybody[1:]:
            for text in kernel_check.differences(row, inputs, folder, everybody[0], other):
                self.complain(row, f"{other['who']} has {text}")
                other["wrong"] = True
        limit = 2 * min((p["ms"] for p in same_task), default=0)
        in_turn = [(o, lambda o=o: o["ours"].run(row.name, self.seconds)) for o in ours] + [
            (p, lambda p=p: p["peer"].ask(do="time", seconds=self.seconds)) for p in peers
            if p["ms"] <= limit or row.kernel == "ema"]
        for _ in range(self.rounds if peers else 1):
            for who, measure in in_turn:
                answer = measure()
                if "error" in answer:
                    self.complain(row, f"{who['who']}: {answer['error']}")
                    who["wrong"] = True
                else:
                    who["rounds"].append(answer["ms"])
        for p in peers:
            p["peer"].ask(do="close")
        for everyone in peers + ours:
            everyone["ms"] = statistics.median(everyone["rounds"] or [everyone["ms"]])
        entries = [e for o in ours or [None] for e in self.entries(row, o, peers)]
        self.measured.append((row, entries))
        return entries

    def entries(self, row, ours: "dict | None", peers: list[dict]) -> list[dict]:
        mine = ours["ms"] if ours and "wrong" not in ours else None
        floor = self.floor_ms(row)
        return [dict(zip(COLUMNS, (
            row.name, row.shape, row.items, row.unit, "float", self.threads, ours and ours["ours"].flags, mine, p and p["who"],
            p and p["ms"], p["ms"] / mine if p and mine else None, floor, floor / mine if mine else None,
            ours and ours["extra_mib"], p and p["extra_mib"]), strict=True))
            for p in [p for p in peers if "wrong" not in p] or [None]]

    def end(self) -> None:
        for peer in self.peers.values():
            peer.end()
        for row, entries in self.measured:  # what the machine can do is known better now
            for e in entries:
                e["floor_ms"] = self.floor_ms(row)
                e["share_of_floor"] = e["floor_ms"] / e["ours_ms"] if e["ours_ms"] else None


def version(package: str) -> str:
    try:
        return f"{package} {metadata.version(package)}"
    except metadata.PackageNotFoundError:
        return f"no {package}"


def machine() -> dict[str, str]:
    cpu = next((line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")),
               platform.machine())
    versions = [version(p) for p in VERSIONS] + ["solo-learn 1.0.2"]
    outside = [f"{k}={v}" for k, v in sorted(os.environ.items()) if k.startswith(("OMP_", "OPENBLAS_CORETYPE", "MKL_"))]
    return {"machine": f"{cpu}, {os.cpu_count()} cores, {platform.system()} {platform.release()}",
            "versions": f"Python {platform.python_version()}, " + ", ".join(versions),
            "environment": f"outside: {' '.join(outside) or 'no OMP_*, MKL_*, OPENBLAS_CORETYPE'}; measured with "
                           "OMP_NUM_THREADS=MKL_NUM_THREADS=OPENBLAS_NUM_THREADS=threads, without OPENBLAS_CORETYPE"}


def build_consumer() -> str:
    """Installs this tree into build/bench/prefix and builds our side as a project that finds it there."""
    prefix, package, consumer = OUT / "prefix", OUT / "package", OUT / "consumer"
    none = [f"-DSELFSAME_{part}=OFF" for part in ("TESTS", "EXAMPLES", "BENCHMARKS")]
    for command in (["cmake", "-S", ROOT, "-B", package, *none],
                    ["cmake", "--install", package, "--prefix", prefix],
                    ["cmake", "-S", ROOT / "benchmarks" / "peers", "-B", consumer, f"-DCMAKE_PREFIX_PATH={prefix}",
                     "-DCMAKE_BUILD_TYPE=", "-DCMAKE_CXX_FLAGS=-O2"],
                    ["cmake", "--build", consumer, "-j", str(os.cpu_count())]):
        print("==", *command, flush=True)
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return str(consumer / "selfsame_peers")


def run(options: argparse.Namespace) -> int:
    import numpy as np

    import kernel_rows
    import raw
    import training_rows
    OUT.mkdir(parents=True, exist_ok=True)
    options.programs = [options.program] + ([build_consumer()] if options.consumer else [])
    about = machine()
    results, failures, start = [], [], time.time()
    source = training_rows if options.training else kernel_rows
    rows = [r for r in source.all_rows(options.embeddings) if re.search(options.filter, r.name)]
    for threads in options.threads:
        bench = Bench(options, threads)
        for row in rows:
            if threads not in row.threads:
                continue
            folder = OUT / row.name
            try:
                inputs = row.inputs(np.random.default_rng(1))
            except kernel_rows.Absent as reason:
                print(f"-- {row.name}: left out, {reason}")
                continue
            raw.write(folder, inputs)
            entries = bench.measure(row, inputs, folder)
            show(entries)
            results += entries
            for file in [*folder.glob("*.f32"), *folder.glob("*.i32")]:  # hundreds of MiB
                file.unlink()
            bench.measure_machine()
        bench.end()
        failures += bench.failures
        about[f"peak on {threads} thread{'s' if threads > 1 else ''}"] = (f"{bench.flops / 1e9:.0f} GFLOP/s of fused multiply-adds, "
                                             f"{bench.bandwidth / 1e9:.1f} GB/s of copying")
        about["ours"] = "; ".join(f"{os.path.relpath(o.program, ROOT)}: {o.flags}" for o in bench.ours)
    written = OUT / ("training.json" if options.training else "kernels.json")
    written.with_suffix(".machine.json").write_text(json.dumps(about, indent=1))
    written.write_text(json.dumps(results, indent=1))
    print(table(written))
    print(f"ratio is peer / ours. {time.time() - start:.0f} s. Written: {written}")
    for text in failures:
        print(f"!! {text}")
    return int(bool(failures))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", nargs="?", help="our benchmarks, beside which the peers run")
    parser.add_argument("filter", nargs="?", default="", help="regular expression over the rows' names")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--embeddings", type=pathlib.Path, default=OUT / "embeddings.npy", metavar="NPY",
                        help="of two views out of a trained network, for the row nt_xent_trained")
    parser.add_argument("--peers", default="", help="regular expression over the peers' names")
    parser.add_argument("--consumer", action="store_true",
                        help="beside PROGRAM, build it as a project that finds this one installed, by plain -O2")
    parser.add_argument("--training", action="store_true", help="views, training and evaluation instead of kernels")
    parser.add_argument("--quick", action="store_true", help="one round of a tenth of a second: does it work?")
    parser.add_argument("--table", type=pathlib.Path, metavar="JSON", help="print the table as Markdown")
    parser.add_argument("--into", type=pathlib.Path, metavar="FILE", help="put the table between FILE's markers")
    options = parser.parse_args()
    if options.table:
        text = table(options.table)
        if options.into:
            put_between_markers(text, options.table.stem, options.into)
        else:
            print(text)
        return 0
    if not options.program:
        parser.error("a program is missing")
    return run(options)


if __name__ == "__main__":
    sys.exit(main())
