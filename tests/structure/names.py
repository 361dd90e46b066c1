#!/usr/bin/env python3
"""Names of tests that ctest takes: no semicolon, which would cut one in two, no dash in front, which begins an option, and brackets that close."""
import re
import sys

import tree

CASE = re.compile(r'\b(?:TEMPLATE_)?TEST_CASE\(\s*((?:"(?:[^"\\]|\\.)*"\s*)+)')


def main() -> int:
    faults, count = [], 0
    for file in sorted(f for end in ("cpp", "cu") for f in (tree.ROOT / "tests").rglob(f"*_test.{end}")):
        for match in CASE.finditer(file.read_text()):
            name = "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', match[1]))
            count += 1
            if ";" in name or name.startswith("-") or name.count("[") != name.count("]"):
                faults.append(f"{file.relative_to(tree.ROOT)}: ctest would not take '{name}'")
    print("\n".join(faults) or f"{count} names of tests are whole")
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
