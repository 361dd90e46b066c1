#!/usr/bin/env python3
"""selfsame.hpp includes all that needs Eigen only. --write brings it up to date; without it, says what differs."""
import sys

import tree

HEAD = """/// @file
/// Everything that needs Eigen only and nothing to link. Include the narrow header where compile time matters.
/// The list is kept by tests/structure/umbrella.py --write.
#pragma once
"""


def content() -> str:
    names = [header for header in tree.headers()
             if tree.is_public(header) and tree.component(header) == "core"
             and tree.room(header) not in {"umbrella", "testing"}]
    return HEAD + "".join(f"#include <selfsame/{name}>\n" for name in names)


def main() -> int:
    file = tree.INCLUDE / "selfsame.hpp"
    if file.is_file() and file.read_text() == content():
        return 0
    if "--write" in sys.argv:
        file.write_text(content())
        return 0
    print("include/selfsame/selfsame.hpp is out of date: ./dev format writes it")
    return 1


if __name__ == "__main__":
    sys.exit(main())
