#!/usr/bin/env python3
"""What each file costs to compile, and whether that is bearable.

    compile_cost.py COMPILER ARGUMENT...      compiles, and adds a line to the file $SELFSAME_COMPILE_COSTS
    compile_cost.py --report FILE EIGEN       prints the ten heaviest; 1 where one is over a limit

A line is: CPU seconds, MiB at the peak, the preset's folder and the object in it. Machines differ, so the limit of time is in units of one
reference file, which the report compiles itself, as many at once as there are cores. Files that come out of the compiler
cache have no line: ccache calls the first form (CCACHE_PREFIX) only where it has to compile.
"""
import os
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

TIMES_THE_REFERENCE = 10
MIB = 1024
TIMES_EIGEN, MIB_TO_INCLUDE = 4, 400  # of the header with all of the library
REFERENCE = """#include <Eigen/Dense>
#include <map>
#include <regex>
#include <string>
std::map<std::string, bool> f(const std::string& s) { return {{s, std::regex_match(s, std::regex("[a-z]+"))}}; }
"""


def run(command: list[str]) -> tuple[int, float, int]:
    """Exit status, CPU seconds and MiB at the peak of a command and all that it starts."""
    child = os.fork()
    if child == 0:
        try:
            os.execvp(command[0], command)
        except OSError as error:
            print(f"{command[0]}: {error.strerror}", file=sys.stderr)
            os._exit(127)
    _, status, used = os.wait4(child, 0)
    return os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime, used.ru_maxrss // 1024


def compile_and_note(command: list[str]) -> int:
    status, seconds, mib = run(command)
    notes = os.environ.get("SELFSAME_COMPILE_COSTS")
    if notes and "-c" in command and "-o" in command:
        line = f"{seconds:.2f} {mib} {Path.cwd().name}/{command[command.index('-o') + 1]}\n"
        with open(notes, "ab", buffering=0) as file:  # one write: lines of compilers that run at once stay whole
            file.write(line.encode())
    return status


def costs_of(source: str, options: list[str]) -> tuple[float, int]:
    """CPU seconds and MiB of a source: the medians of a few, with all cores busy."""
    jobs = os.cpu_count() or 1
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "source.cpp"
        file.write_text(source)

        def one(k: int) -> tuple[float, int]:
            status, seconds, mib = run(["g++", "-std=c++20", *options, "-c", str(file), "-o", f"{folder}/{k}.o"])
            if status != 0:
                raise SystemExit("the reference file does not compile")
            return seconds, mib
        with ThreadPoolExecutor(jobs) as pool:
            all_of_them = list(pool.map(one, range(2 * jobs + 1)))
    return tuple(sorted(column)[len(column) // 2] for column in zip(*all_of_them))


def including(eigen: str) -> str:
    """What to include all of the library costs beside Eigen, in words; raises the status where it is too much."""
    options = ["-O2", "-isystem", eigen, "-I", str(Path(__file__).resolve().parents[1] / "include")]
    (own, mib), (base, _) = (costs_of(f"#include <{header}>\n", options) for header in ("selfsame/selfsame.hpp", "Eigen/Dense"))
    text = f"selfsame.hpp takes {own:.1f} s and {mib} MiB, {own / base:.1f} times Eigen/Dense"
    if own > TIMES_EIGEN * base or mib > MIB_TO_INCLUDE:
        raise SystemExit(f"{text}; at most {TIMES_EIGEN} and {MIB_TO_INCLUDE} are allowed")
    return text


def report(file: str, eigen: str) -> int:
    print(including(eigen))
    costs = []
    for line in Path(file).read_text().splitlines() if Path(file).exists() else []:
        seconds, mib, name = line.split(" ", 2)
        costs.append((float(seconds), int(mib), name))
    if not costs:
        print("every file came out of the compiler cache")
        return 0
    unit, _ = costs_of(REFERENCE, ["-O2", "-isystem", eigen])
    costs.sort(reverse=True)
    total = sum(seconds for seconds, _, _ in costs)
    print(f"{len(costs)} files were compiled in {total:.0f} CPU seconds; the reference file takes {unit:.2f}. The heaviest:")
    for seconds, mib, name in costs[:10]:
        print(f"  {seconds:6.1f} s {seconds / unit:5.1f} x {mib:5d} MiB  {name}")
    over = [(s, m, name) for s, m, name in costs if s > TIMES_THE_REFERENCE * unit or m > MIB]
    for seconds, mib, name in over:
        print(f"{name} takes {seconds / unit:.1f} times the reference and {mib} MiB; at most {TIMES_THE_REFERENCE} and {MIB} are allowed")
    return int(bool(over))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--report"]:
        sys.exit(report(*sys.argv[2:]))
    sys.exit(compile_and_note(sys.argv[1:]))
