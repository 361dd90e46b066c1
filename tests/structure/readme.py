#!/usr/bin/env python3
"""The first C++ block of README.md is examples/nt_xent/main.cpp, which the tests build and run."""
import difflib
import re
import sys

import tree

SKIPPED = 77


def main() -> int:
    readme = tree.ROOT / "README.md"
    if not readme.is_file():
        print("there is no README.md yet")
        return SKIPPED
    block = re.search(r"^```cpp\n(.*?)^```", readme.read_text(), re.DOTALL | re.MULTILINE)
    shown = block[1] if block else ""
    program = (tree.ROOT / "examples" / "nt_xent" / "main.cpp").read_text()
    difference = difflib.unified_diff(shown.splitlines(), program.splitlines(), "README.md",
                                      "examples/nt_xent/main.cpp", lineterm="")
    print("\n".join(difference))
    return int(shown != program)


if __name__ == "__main__":
    sys.exit(main())
