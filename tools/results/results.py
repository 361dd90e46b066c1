#!/usr/bin/env python3
"""Trains every method of the program with one encoder on the same images, and says what its representation is worth, beside raw pixels,
random weights, training with labels, and the same training in PyTorch: `./dev results` calls it.

usage: results.py PROGRAM OUT [--data NAME=FOLDER] [--seeds N] [--epochs N] [--jobs N] [--peers PYTHON] [--only WORD] [--table FILE]

What is in OUT already is not done again, so it can be stopped and go on. Accuracies do not depend on --jobs, times do.
"""
import argparse
import concurrent.futures
import json
import re
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
METHODS = ["simclr", "moco", "byol", "swav"]
TITLES = {"simclr": "SimCLR", "moco": "MoCo", "byol": "BYOL", "swav": "SwAV", "supervised": "trained with all labels",
          "few labels": "trained with these labels only", "random": "random weights", "pixels": "raw pixels"}
# What differs from the program's own recipe: half its width; on colour images the encoder and head of the grey ones.
ENCODER = ["encoder.depth=8", "encoder.width=1", "encoder.stem=small_strided", "encoder.shortcut=where_needed", "encoder.last_scale=one",
           "encoder.grid=2"]
HEAD = ["head.hidden=128", "head.outputs=64", "head.normalised=hidden"]
SCHEDULE = ["optimizer.learning_rate=0.002", "optimizer.learning_rate.warmup=50", "optimizer.weight_decay=0.0001"]
TEMPERATURE, CROP = "loss.temperature=0.1", "crop.size=24"
SETS = {"Fashion-MNIST": {name: ENCODER for name in [*METHODS, "supervised"]},
        "Fashion-MNIST-M": {"simclr": [*ENCODER, *HEAD, *SCHEDULE, TEMPERATURE, "augmenter." + CROP],
                            "moco": [*ENCODER, *HEAD, *SCHEDULE, TEMPERATURE, "augmenter." + CROP],
                            "byol": [*ENCODER, *HEAD, "predictor.hidden=128", *SCHEDULE, "augmenter." + CROP],
                            "swav": [*ENCODER, *HEAD, *SCHEDULE, "augmenter.large." + CROP, "augmenter.small.crop.size=14"],
                            "supervised": [*ENCODER, *SCHEDULE]}}
# Contrast and saturation as torchvision and kornia have them, for the comparison with PyTorch; ours are SimCLR's.
COLOURS = ["jitter.contrast_mean=grey", "jitter.saturation_model=blend"]
LIKE_PEERS = {"Fashion-MNIST-M": {"simclr": ["augmenter."], "moco": ["augmenter."], "byol": ["augmenter."],
                                  "swav": ["augmenter.large.", "augmenter.small."]}}
LONGER = {"Fashion-MNIST-M": 4}  # the methods once more, so many times the epochs, one seed, without PyTorch
BATCH = 128
FEW = {"100": ["--steps", "200", "--batch", "100"], "10": ["--steps", "150", "--batch", "50"]}  # trainings with few labels, as the demo's
# Of each column: judge, neighbours, labels a class.
COLUMNS = {"k-NN 20": ("knn", 20, 0), "k-NN 200": ("knn", 200, 0), "linear": ("probe", 0, 0), "k-NN 20, 100": ("knn", 20, 100),
           "linear, 100": ("probe", 0, 100), "k-NN 20, 10": ("knn", 20, 10), "linear, 10": ("probe", 0, 10)}


def run(*command) -> str:
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr[-2000:]}")
    return done.stdout


def settings(numbers: list[str]) -> list[str]:
    return [word for number in numbers for word in ("--set", number)]


class Results:
    """One file a representation: its accuracies, and how it came about."""

    def __init__(self, given):
        self.given = given
        self.folder = given.out
        self.folder.mkdir(parents=True, exist_ok=True)

    def pretrain(self, folder: Path, data: str, name: str, *more) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        run(self.given.program, "pretrain", "--data", self.given.folders[data], "--method", name, "--threads", 1, "--batch", BATCH,
            "--out", folder, *settings(SETS[data][name]), *more)

    def judge(self, embeddings: Path, seed: int, columns) -> dict[str, float]:
        accuracies = {}
        for column in columns:
            judge, neighbours, labels = COLUMNS[column]
            numbers = ["--set", f"knn.k={neighbours}"] if judge == "knn" else []
            said = run(self.given.program, judge, "--embeddings", embeddings, "--labels", labels, "--seed", seed, "--threads", 1, *numbers)
            accuracies[column] = float(re.search(r"accuracy ([\d.]+),", said)[1])
        return accuracies

    def one(self, data: str, row: str, seed: int, make, columns=tuple(COLUMNS)) -> None:
        """make(folder) writes embeddings there, and returns what is to be kept beside the accuracies."""
        file = self.folder / f"{data}, {row}, {seed}.json"
        if file.exists():
            return
        begin = time.perf_counter()
        embeddings = self.folder / f"embeddings of {file.stem}"
        kept = make(embeddings)
        accuracies = self.judge(embeddings, seed, columns)
        shutil.rmtree(embeddings)
        kept |= {"data": data, "row": row, "seed": seed, "accuracies": accuracies, "all_seconds": time.perf_counter() - begin}
        file.write_text(json.dumps(kept) + "\n")
        print(f"{file.stem}: {accuracies}", flush=True)

    def train(self, data: str, name: str, seed: int, out: str, *more) -> Path:
        """A pretraining, or what is there of it."""
        folder = self.folder / "runs" / f"{data}, {out}, {seed}"
        if not (folder / "done").exists():
            self.pretrain(folder, data, name, "--seed", seed, "--epochs", self.given.epochs * self.given.longer.get(data, 1), *more)
            (folder / "done").touch()
        return folder

    def embed(self, folder: Path, embeddings: Path) -> dict:
        run(self.given.program, "embed", "--checkpoint", folder, "--threads", 1, "--out", embeddings)
        last = json.loads((folder / "log.jsonl").read_text().splitlines()[-1])
        begun = json.loads((folder / "starts.jsonl").read_text().splitlines()[0])
        return {"steps": last["step"], "seconds": last["seconds"], "recipe": begun["recipe"], "cpu": begun["cpu"],
                "instructions": begun["instructions"], "version": begun["version"], "compiler": begun["compiler"]}

    def trained(self, data, name, seed):
        self.one(data, name, seed, lambda to: self.embed(self.train(data, name, seed, name), to))

    def few_labels(self, data, labels, seed):
        def make(to):
            return self.embed(self.train(data, "supervised", seed, f"few labels {labels}", "--labels", labels, *FEW[labels]), to)
        self.one(data, f"few labels {labels}", seed, make, [c for c, (_, _, count) in COLUMNS.items() if str(count) == labels])

    def anchor(self, data, name, seed):
        def make(to):
            drawn = ["--seed", seed, *settings(ENCODER)] if name == "random" else []
            run(self.given.program, "embed", "--" + name, "--data", self.given.folders[data], "--threads", 1, "--out", to, *drawn)
            return {}
        self.one(data, name, seed, make)

    def like_peers(self, data: str, name: str) -> tuple[str, list[str]]:
        """The row that PyTorch's is compared with, and its settings beyond those of SETS."""
        prefixes = LIKE_PEERS.get(data, {}).get(name, [])
        return name + (" as PyTorch's" if prefixes else ""), settings([prefix + c for prefix in prefixes for c in COLOURS])

    def compared(self, data, name, seed):
        row, more = self.like_peers(data, name)
        self.one(data, row, seed, lambda to: self.embed(self.train(data, name, seed, row, *more), to))

    def peer(self, data, name, seed):
        def make(to):
            row, more = self.like_peers(data, name)
            run(self.given.peers, ROOT / "tools" / "results" / "peer.py", self.train(data, name, seed, row, *more), to)
            kept = json.loads((to / "training.json").read_text())
            del kept["rates"]  # of each step: for speed()
            return kept
        self.one(data, f"{name} in PyTorch", seed, make)

    def once(self) -> list[str]:
        """The sets without those of LONGER."""
        return [data for data in self.given.folders if data not in self.given.longer]

    def jobs(self) -> list[list]:
        """What there is to do, and after it what needs that, and what needs both."""
        all_of_them, compared, peers = [], [], []
        for data in self.given.longer:
            all_of_them += [(self.trained, data, name, 0) for name in METHODS]
        for data in self.once():
            for seed in range(self.given.seeds):
                all_of_them += [(self.trained, data, name, seed) for name in [*METHODS, "supervised"]]
                all_of_them += [(self.few_labels, data, labels, seed) for labels in FEW]
                all_of_them += [(self.anchor, data, name, seed) for name in ("random", "pixels")]
        if self.given.peers:
            for data in self.once():
                each = [(data, name, seed) for seed in range(self.given.seeds) for name in METHODS]
                compared += [(self.compared, *a) for a in each]
                peers += [(self.peer, *a) for a in each]
        return [[(job, *a) for job, *a in some if self.given.only in ", ".join(map(str, [job.__name__, *a]))]
                for some in (all_of_them, compared, peers)]

    def speed(self, rounds=3, steps=12) -> None:
        """Images a second of both sides, in turns, with nothing else running: the fastest of the rounds."""
        file = self.folder / "speed.json"
        if not self.given.peers or file.exists():
            return
        rates = {}
        for data in self.once():
            for name in METHODS:
                row, more = self.like_peers(data, name)
                run_of_ours = self.train(data, name, 0, row, *more)
                best = {"ours": 0.0, "peer": 0.0}
                for _ in range(rounds):
                    with_steps = self.folder / "timed"
                    self.pretrain(with_steps, data, name, "--steps", steps, "--log-every", 1, *more)
                    lines = [json.loads(line) for line in (with_steps / "log.jsonl").read_text().splitlines()]
                    best["ours"] = max(best["ours"], self.rate([line["images_per_second"] for line in lines]))
                    run(self.given.peers, ROOT / "tools" / "results" / "peer.py", run_of_ours, with_steps, "--steps", steps)
                    best["peer"] = max(best["peer"], self.rate(json.loads((with_steps / "training.json").read_text())["rates"]))
                shutil.rmtree(self.folder / "timed")
                rates[f"{data}, {name}"] = best
                print(f"{data}, {name}: {best['ours']:.0f} images/s, in PyTorch {best['peer']:.0f}", flush=True)
        file.write_text(json.dumps(rates) + "\n")

    @staticmethod
    def rate(rates: list[float]) -> float:
        """Of the steps after the first two, which allocate."""
        return statistics.harmonic_mean(rates[2:])

    # --- the page ---

    def rows(self, data: str, row: str) -> list[dict]:
        return [json.loads(f.read_text()) for f in sorted(self.folder.glob(f"{data}, {row}, [0-9]*.json"))]

    def cell(self, found: list[dict], column: str) -> str:
        values = [r["accuracies"][column] for r in found if column in r["accuracies"]]
        return short(f"{statistics.mean(values):.3f}" + (f" ± {spread(values):.3f}" if len(values) > 1 else "")) if values else ""

    def table(self) -> str:
        page = []
        for data in self.given.folders:
            order = [("pixels", ["pixels"]), ("random", ["random"]), ("few labels", [f"few labels {n}" for n in FEW]),
                     ("supervised", ["supervised"])]
            for name in METHODS:
                order += [(row, [row]) for row in dict.fromkeys([name, self.like_peers(data, name)[0], f"{name} in PyTorch"])]
            page += [f"## {data}", "", "| | " + " | ".join(COLUMNS) + " |", "|---|" + "---|" * len(COLUMNS)]
            for title, names in order:
                found = [r for name in names for r in self.rows(data, name)]
                if found:
                    method, _, like = title.partition(" ")
                    said = TITLES.get(title) or TITLES[method] + {"in PyTorch": ", PyTorch and lightly", "as PyTorch's": ", torchvision's colours"}[like]
                    page.append(f"| {said} | " + " | ".join(self.cell(found, c) for c in COLUMNS) + " |")
            page.append("")
        return "\n".join(page + self.differences() + self.times())

    def differences(self) -> list[str]:
        lines = []
        for data in self.given.folders:
            for name in METHODS:
                ours, peer = self.rows(data, self.like_peers(data, name)[0]), self.rows(data, f"{name} in PyTorch")
                if len(ours) < 2 or len(peer) < 2:
                    continue
                cells = []
                for column in COLUMNS:
                    a, b = ([r["accuracies"][column] for r in rows] for rows in (ours, peer))
                    error = (spread(a)**2 / len(a) + spread(b)**2 / len(b))**0.5
                    gap = statistics.mean(a) - statistics.mean(b)
                    cells.append(short(f"{gap:+.3f} ({abs(gap) / max(error, 1e-9):.1f})"))
                lines.append(f"| {data}, {TITLES[name]} | " + " | ".join(cells) + " |")
        if not lines:
            return []
        return ["## Ours minus PyTorch's", "", "In brackets the distance in standard errors of the difference.", "",
                "| | " + " | ".join(COLUMNS) + " |", "|---|" + "---|" * len(COLUMNS), *lines, ""]

    def times(self) -> list[str]:
        speed = json.loads((self.folder / "speed.json").read_text()) if (self.folder / "speed.json").exists() else {}
        lines = []
        for data in self.once():
            for name in [*METHODS, "supervised"]:
                found = self.rows(data, name)
                if found:
                    best = speed.get(f"{data}, {name}")
                    rates = f"{best['ours']:.0f} | {best['peer']:.0f} | {best['ours'] / best['peer']:.2f}" if best else " | | "
                    lines.append(f"| {data}, {TITLES[name]} | {found[0]['steps']} | {statistics.mean(r['seconds'] for r in found):.0f} | "
                                 f"{rates} | `{found[0]['recipe']}` |")
        commit = run("git", "-C", ROOT, "rev-parse", "--short", "HEAD").strip()
        about = next((r for data in self.given.folders for r in self.rows(data, "simclr")), None)
        machine = f"{about['cpu']}, {about['instructions']}, {about['compiler']}, selfsame {about['version']}, commit {commit}" if about else ""
        peer = next((r for data in self.given.folders for r in self.rows(data, "simclr in PyTorch")), None)
        if peer:
            machine += f"; torch {peer['torch']}, lightly {peer['lightly']}, kornia {peer['kornia']}"
        return ["## Time", "", f"{machine}. Seconds are of one training on one thread while another one ran beside it; images a second "
                "are of both sides in turns on one thread with nothing else running, views included.", "",
                "| | steps | seconds | images/s | PyTorch's | ratio | recipe |", "|---|---|---|---|---|---|---|", *lines, ""]


def spread(values: list[float]) -> float:
    return statistics.stdev(values) if len(values) > 1 else 0.0


def short(text: str) -> str:
    """Without the zeros before points."""
    return re.sub(r"\b0\.", ".", text)


def put_into(page: Path, table: str) -> None:
    """Between its two marks."""
    text = page.read_text()
    begin, end = text.index("<!-- results -->") + len("<!-- results -->"), text.index("<!-- end -->")
    page.write_text(text[:begin] + "\n\n" + table + "\n" + text[end:])


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("program", type=Path)
    arguments.add_argument("out", type=Path)
    arguments.add_argument("--data", action="append", default=[], help="a set of SETS and the folder it is in")
    arguments.add_argument("--seeds", type=int, default=3)
    arguments.add_argument("--epochs", type=int, default=2)
    arguments.add_argument("--jobs", type=int, default=2)
    arguments.add_argument("--peers", help="a python that has torch, lightly and kornia: tools/peers prints it")
    arguments.add_argument("--only", default="", help="jobs whose words contain this, as 'peer, Fashion-MNIST,'")
    arguments.add_argument("--table", type=Path, help="a page whose part between <!-- results --> and <!-- end --> is replaced")
    given = arguments.parse_args()
    given.program = given.program.resolve()
    given.folders = dict(pair.split("=", 1) for pair in given.data)
    if unknown := set(given.folders) - set(SETS):
        arguments.error(f"--data names {sorted(unknown)}; it must be of {sorted(SETS)}")
    given.longer = {}
    for data in LONGER.keys() & given.folders:
        name = f"{data}, {LONGER[data] * given.epochs} epochs"
        given.longer[name], given.folders[name], SETS[name] = LONGER[data], given.folders[data], SETS[data]
    results = Results(given)
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(given.jobs) as pool:
        for jobs in results.jobs():
            for done in [pool.submit(job, *a) for job, *a in jobs]:
                try:
                    done.result()
                except RuntimeError as e:
                    failed += 1
                    print(e, flush=True)
    if not failed and not given.only:
        results.speed()
    table = results.table()
    print(table)
    if given.table and not failed:
        put_into(given.table, table)
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
