#!/usr/bin/env python3
"""run.py CXX EIGEN_INCLUDE FILE: nothing in the file may compile, and each case must say why.

    // expected-error: two policies play the same role
    namespace two_policies_one_role { ... }

begins a case; cases of a family share a file, so that its headers are parsed once. What is expected is a regular expression, looked
for in the lines that the compiler marks as errors: a note deep in a template's history is not what a user reads. Each
case needs an error line of its own, and the compiler must point into its code.
"""
import os
import re
import subprocess
import sys
from pathlib import Path

INCLUDE = Path(__file__).resolve().parents[2] / "include"
EXPECTED = re.compile(r"// expected-error: (.+)")


def cases(text: str) -> list[tuple[str, range]]:
    """What each case expects, and its lines."""
    lines = text.splitlines()
    begins = [i for i, line in enumerate(lines, 1) if EXPECTED.fullmatch(line)]
    ends = begins[1:] + [len(lines) + 1]
    return [(EXPECTED.fullmatch(lines[i - 1])[1].strip().strip('"'), range(i, end)) for i, end in zip(begins, ends)]


def paired(expected: list[str], errors: list[str]) -> list[int | None]:
    """An error line for each expectation, each line for one at most (augmenting paths)."""
    holder: dict[int, int] = {}

    def place(case: int, seen: set[int]) -> bool:
        for i, error in enumerate(errors):
            if i not in seen and re.search(expected[case], error):
                seen.add(i)
                if i not in holder or place(holder[i], seen):
                    holder[i] = case
                    return True
        return False
    for case in range(len(expected)):
        place(case, set())
    line_of = {case: i for i, case in holder.items()}
    return [line_of.get(case) for case in range(len(expected))]


def complaints(compiler: str, eigen: str, file: str) -> list[str]:
    """What is wrong with the way the file fails."""
    found = cases(Path(file).read_text())
    if not found:
        return ["it has no line '// expected-error: REGEX'"]
    command = [compiler, "-std=c++20", "-fsyntax-only", "-I", str(INCLUDE), "-isystem", eigen, file]
    # LC_ALL: a translated compiler prints another word for "error".
    run = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "LC_ALL": "C"}, check=False)
    if run.returncode == 0:
        return ["it compiles"]
    said = run.stderr.splitlines()
    errors = [line for line in said if "error:" in line]
    pointed = {int(n) for n in re.findall(rf"{re.escape(file)}:(\d+)", run.stderr)}
    faults = []
    for (expected, lines), error in zip(found, paired([e for e, _ in found], errors)):
        if error is None:
            faults.append(f"line {lines.start}: no error says '{expected}'")
        elif not pointed & set(lines):
            faults.append(f"line {lines.start}: the compiler does not point to it, it compiles")
    return faults + (["the errors are", *errors[:20]] if faults else [])


def main() -> int:
    faults = complaints(*sys.argv[1:])
    print("\n  ".join([sys.argv[3] + ":", *faults]) if faults else "", end="\n" if faults else "")
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
