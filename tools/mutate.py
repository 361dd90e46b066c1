#!/usr/bin/env python3
"""Breaks the library in one place at a time, and sees whether a test notices: ./dev check --mutants.

Each record of mutants.py replaces one text of one header in a copy of the tree, and compiles and runs the tests
named beside it. A mutant is killed when a test fails, crashes or hangs. A mutant that does not compile, and a text
that does not stand exactly once in its header, are mistakes of the list. The last line is "killed N of M".
"""
import argparse
import concurrent.futures
import os
import queue
import shutil
import subprocess
import sys
import time
from pathlib import Path

from mutants import MUTANTS, Mutant

ROOT = Path(__file__).resolve().parents[1]
SCRATCH = ROOT / "build" / "mutants"
HANGS = 180  # seconds

FLAGS = ["-std=c++20", "-O1", "-w", "-fopenmp"]


class Broken(Exception):
    """The list or the tree is at fault, not the tests."""


def output(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def catch_libraries() -> list[str]:
    """Of Debian's Catch2 version 2, or of version 3."""
    for name in (["Catch2WithMain"], ["Catch2Main", "Catch2"]):
        files = [output(["g++", f"-print-file-name=lib{library}.a"]).strip() for library in name]
        if all("/" in file for file in files):
            return files
    raise Broken("no library of Catch2 with a main function")


def eigen() -> list[str]:
    paths = output(["pkg-config", "--cflags-only-I", "eigen3"]).split()
    return [option for path in paths or ["-I/usr/include/eigen3"] for option in ("-isystem", path[2:])]


class Tree:
    """A copy of the headers and tests, to be broken, compiled and mended."""

    def __init__(self, number: int):
        self.path = SCRATCH / str(number)
        shutil.rmtree(self.path, ignore_errors=True)
        for folder in ("include", "tests"):
            shutil.copytree(ROOT / folder, self.path / folder)
        self.compiler = ([shutil.which("ccache")] if shutil.which("ccache") else []) + [os.environ.get("CXX", "g++")]
        self.environment = os.environ | {"CCACHE_BASEDIR": str(self.path), "CCACHE_NOHASHDIR": "1",
                                         "OMP_NUM_THREADS": "2"}

    def compile(self, test: str) -> str:
        """The compiler's complaint, or nothing."""
        one, program = self.path / "test.o", self.path / "test"
        steps = [self.compiler + FLAGS + ["-Iinclude", "-Itests", *eigen(),
                                          f'-DSELFSAME_GOLDEN_DIR="{ROOT}/tests/golden"', "-c", f"tests/{test}",
                                          "-o", str(one)],
                 [self.compiler[-1], "-fopenmp", str(one), *catch_libraries(), "-o", str(program)]]
        for step in steps:
            done = subprocess.run(step, cwd=self.path, env=self.environment, capture_output=True, text=True, check=False)
            if done.returncode:
                errors = [line for line in done.stderr.splitlines() if "error" in line]
                return "\n".join(errors[:3]) or f"{step[0]} failed"
        return ""

    def passes(self, names: str) -> bool:
        """Whether the tests of that name pass, in time; at the first failure it is over."""
        command = [str(self.path / "test"), "--abort", *([names] if names else [])]
        try:
            done = subprocess.run(command, cwd=self.path, env=self.environment, capture_output=True, timeout=HANGS,
                                  check=False)
        except subprocess.TimeoutExpired:
            return False
        if names and b"No test cases matched" in done.stdout + done.stderr:
            raise Broken(f"no test is named '{names}'")
        return done.returncode == 0


def mutated(root: Path, mutant: Mutant) -> str:
    """The header with its fault."""
    file = root / "include" / "selfsame" / mutant.header
    if not file.is_file():
        raise Broken(f"there is no {mutant.header}")
    text = file.read_text()
    if (found := text.count(mutant.old)) != 1:
        raise Broken(f"'{mutant.old}' stands {found} times in {mutant.header}; it must stand there once")
    return text.replace(mutant.old, mutant.new)


def sound(tree: Tree, test: str, names: str) -> None:
    """Unbroken, the tests must pass."""
    if complaint := tree.compile(test):
        raise Broken(f"{test} does not compile:\n{complaint}")
    if not tree.passes(names):
        raise Broken(f"{test} fails before anything is broken")


def is_killed(tree: Tree, mutant: Mutant) -> bool:
    text = mutated(tree.path, mutant)
    file = tree.path / "include" / "selfsame" / mutant.header
    before = file.read_text()
    file.write_text(text)
    try:
        for test in mutant.tests:
            if complaint := tree.compile(test):
                raise Broken(f"the mutant does not compile:\n{complaint}")
            if not tree.passes(mutant.names):
                return True
        return False
    finally:
        file.write_text(before)


def in_parallel(jobs: int, tasks: list, work):
    """work(tree, task) for all tasks, each tree being used by one at a time; (task, result or exception, seconds)."""
    trees: queue.Queue = queue.Queue()
    for number in range(jobs):
        trees.put(Tree(number))

    def one(task):
        tree, start = trees.get(), time.monotonic()
        try:
            return task, work(tree, task), time.monotonic() - start
        except Broken as fault:
            return task, fault, time.monotonic() - start
        finally:
            trees.put(tree)

    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for done in concurrent.futures.as_completed([pool.submit(one, task) for task in tasks]):
            yield done.result()


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("words", nargs="*", help="only mutants whose name, header or tests contain one of these")
    arguments.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1))
    arguments.add_argument("--list", action="store_true", help="checks the list against the headers and stops")
    given = arguments.parse_args()
    chosen = [m for m in MUTANTS
              if not given.words or any(w in " ".join((m.name, m.header, *m.tests)) for w in given.words)]
    faults = 0
    for mutant in chosen:  # a stale text is known before anything is compiled
        try:
            mutated(ROOT, mutant)
        except Broken as fault:
            faults += 1
            print(f"ERROR     {mutant.name}: {fault}")
    if faults or given.list:
        print(f"{len(chosen)} mutants, {faults} mistakes in the list")
        return int(faults > 0)

    programs = sorted({(test, mutant.names) for mutant in chosen for test in mutant.tests})
    for (test, _), fault, _ in in_parallel(given.jobs, programs, lambda tree, program: sound(tree, *program)):
        if isinstance(fault, Broken):
            faults += 1
            print(f"ERROR     {fault}", flush=True)
    if faults:
        print(f"killed 0 of {len(chosen)}")
        return 1

    killed = 0
    for mutant, result, seconds in in_parallel(given.jobs, chosen, is_killed):
        killed += result is True
        verdict = "ERROR   " if isinstance(result, Broken) else "killed  " if result else "SURVIVED"
        print(f"{verdict}  {mutant.name} ({seconds:.0f} s)", flush=True)
        if isinstance(result, Broken):
            print(f"          {result}", flush=True)
    print(f"killed {killed} of {len(chosen)}")
    return int(killed != len(chosen))


if __name__ == "__main__":
    sys.exit(main())
