#!/usr/bin/env python3
"""One file out of our headers, for Compiler Explorer or a colleague: prints them in the order of their includes.

usage: tools/single_file.py [HEADER...] >selfsame.hpp        HEADER is loss/nt_xent.hpp, say; without one, selfsame.hpp
"""
import re
import sys
from pathlib import Path

INCLUDE = Path(__file__).resolve().parents[1] / "include"
OURS = re.compile(r"\s*#\s*include\s*<(selfsame/[^>]+)>")


def expanded(header: str, seen: set[str]) -> list[str]:
    """The lines of a header with those of its own includes in their place; nothing if it was there before."""
    if header in seen:
        return []
    seen.add(header)
    lines = []
    for line in (INCLUDE / header).read_text().splitlines():
        if ours := OURS.match(line):
            lines += expanded(ours[1], seen)
        elif line.strip() != "#pragma once":
            lines.append(line)
    return lines


def main() -> int:
    headers = ["selfsame/" + h.removeprefix("selfsame/") for h in sys.argv[1:] or ["selfsame.hpp"]]
    unknown = [h for h in headers if not (INCLUDE / h).is_file()]
    if unknown:
        print(f"there is no {', '.join(unknown)} in {INCLUDE}", file=sys.stderr)
        return 2
    seen: set[str] = set()
    lines = [line for header in headers for line in expanded(header, seen)]
    print("// selfsame in one file: " + " ".join(headers))
    print("#pragma once")
    print("\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
