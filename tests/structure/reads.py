#!/usr/bin/env python3
"""reads.py BUILD_FOLDER ROOM...: clang reads all that it does not build in these rooms: parsed, instantiated, warned about, without code.

BUILD_FOLDER has compile_commands.json.
"""
import json
import os
import shlex
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import tree


def command_to_read(command: str) -> list[str]:
    """The compiler's command without a cache, files of dependencies and an object."""
    words = shlex.split(command)
    if Path(words[0]).name == "ccache":
        words = words[1:]
    kept, skip = [], False
    for word in words:
        if skip:
            skip = False
        elif word in ("-o", "-MT", "-MF"):
            skip = True
        elif word not in ("-c", "-MD") and not word.startswith("-fsanitize"):
            kept.append(word)
    return kept + ["-fsyntax-only"]


def main() -> int:
    folder, *built = sys.argv[1:]
    rooms = tuple(str(tree.ROOT / "tests" / room) + "/" for room in built)
    chosen = {}
    for entry in json.loads((Path(folder) / "compile_commands.json").read_text()):
        file = entry["file"]
        if not file.startswith(rooms) and "verify_interface_header_sets" not in file:
            chosen[file] = entry  # the last of several ways
    print(f"clang reads {len(chosen)} files")

    def reads(entry) -> bool:
        return subprocess.run(command_to_read(entry["command"]), cwd=entry["directory"], check=False).returncode == 0

    with ThreadPoolExecutor(int(os.environ.get("JOBS", os.cpu_count() or 1))) as pool:
        faults = [file for file, good in zip(chosen, pool.map(reads, chosen.values())) if not good]
    print("\n".join(f"clang does not take {Path(file).relative_to(tree.ROOT)}" for file in faults), end="\n" if faults else "")
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
