#!/usr/bin/env python3
"""together.py LINES OUT FILE...: tests that are compiled as one file, up to LINES of them; prints what to compile.

Headers are read, and templates instantiated, once for all of them. Each test stands in a namespace named like its file, behind
the headers of all, so that it finds its own included already and no two tests share a name.
"""
import re
import sys
from pathlib import Path

# A file that says so, has flags of its own, or speaks to the preprocessor or within our namespace.
ALONE = re.compile(r"^(// compiled alone|// compile-options|#define|#if|template <>|namespace selfsame)", re.MULTILINE)


def include(file: Path, line: str) -> str:
    """A line of `file` that means the same elsewhere."""
    name = re.match(r'#include "(.*)"', line)
    beside = file.parent / name[1] if name else None
    return f'#include "{beside}"' if beside and beside.exists() else line


def joined(files: list[Path]) -> str:
    includes = dict.fromkeys(include(f, line) for f in files for line in f.read_text().splitlines() if line.startswith("#include"))
    tests = (f'namespace {f.stem} {{\n#include "{f}"\n}}\n' for f in files)
    return "\n".join(includes) + "\n\n" + "".join(tests)


def main() -> None:
    most, out = int(sys.argv[1]), Path(sys.argv[2])
    groups: list[list[Path]] = []
    room: list[int] = []  # lines that a group may still get
    for file in sorted(map(Path, sys.argv[3:])):
        text = file.read_text()
        count = text.count("\n")
        if ALONE.search(text):
            print(file)
            continue
        k = next((k for k, left in enumerate(room) if count <= left), len(groups))
        if k == len(groups):
            groups.append([])
            room.append(most)
        groups[k].append(file)
        room[k] -= count
    out.mkdir(parents=True, exist_ok=True)
    for k, group in enumerate(groups):
        target, text = out / f"{k}.cpp", joined(group)
        if not target.exists() or target.read_text() != text:  # an equal one is not compiled again
            target.write_text(text)
        print(target)


if __name__ == "__main__":
    main()
