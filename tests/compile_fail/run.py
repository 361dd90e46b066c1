#!/usr/bin/env python3
"""run.py CXX EIGEN_INCLUDE FILE...: each file must fail to compile, with the error its first line announces.

    // expected-error: two policies play the same role

is a regular expression, looked for in the lines that the compiler marks as errors: a note deep in a
template's history is not what a user reads.
"""
import os
import re
import subprocess
import sys
from pathlib import Path

INCLUDE = Path(__file__).resolve().parents[2] / "include"


def complaint(compiler: str, eigen: str, file: str) -> str:
    """What is wrong with the way `file` fails, or nothing."""
    first = Path(file).read_text().split("\n", 1)[0]
    announced = re.fullmatch(r"// expected-error: (.+)", first)
    if not announced:
        return "the first line is not '// expected-error: REGEX'"
    expected = announced[1].strip().strip('"')
    command = [compiler, "-std=c++20", "-fsyntax-only", "-I", INCLUDE, "-isystem", eigen, file]
    # LC_ALL: a translated compiler prints another word for "error".
    run = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "LC_ALL": "C"})
    if run.returncode == 0:
        return "it compiles"
    errors = [line for line in run.stderr.splitlines() if "error:" in line]
    if not any(re.search(expected, line) for line in errors):
        return f"no error says '{expected}'; the errors are\n  " + "\n  ".join(errors[:10])
    return ""


def main() -> int:
    compiler, eigen, *files = sys.argv[1:]
    complaints = [(file, complaint(compiler, eigen, file)) for file in files]
    for file, text in complaints:
        if text:
            print(f"{file}: {text}")
    return int(any(text for _, text in complaints))


if __name__ == "__main__":
    sys.exit(main())
