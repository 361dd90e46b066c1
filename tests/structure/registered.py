#!/usr/bin/env python3
"""Every public loss and assigner is named in a conformance test of its room, where the laws of testing/ are checked."""
import re
import sys

import tree

KINDS = {"loss": "Loss", "assigner": "Assigner"}  # the room, and the role that its policies play
SCOPE = re.compile(r"\b(?:struct|class)\s+(\w+)[^;{}()]*{|{|}|using\s+plays\s*=\s*role::(\w+)\s*;")


def without_comments(text: str) -> str:
    """Nor the lists of template parameters, which name classes, too."""
    return re.sub(r"//.*|/\*.*?\*/|template\s*<[^<>]*>", "", text)


def policies(text: str, role: str) -> list[str]:
    """Structs whose own scope says `using plays = role::<role>`."""
    scopes: list[str] = []
    found = []
    for match in SCOPE.finditer(without_comments(text)):
        if match[2] is not None:
            if match[2] == role:
                found.append(scopes[-1])
        elif match[0] == "}":
            scopes.pop()
        else:
            scopes.append(match[1] or "")
    return found


def checked(room: str) -> set[str]:
    text = "".join(without_comments(file.read_text())
                   for file in sorted((tree.ROOT / "tests" / room).glob("*conformance_test.cpp")))
    return set(re.findall(rf"\bcheck_{room}[<(]\s*(?:\w+::)*(\w+)", text))


def main() -> int:
    faults, count = [], 0
    for room, role in KINDS.items():
        named = checked(room)
        for header in tree.headers():
            if tree.room(header) != room or not tree.is_public(header):
                continue
            for policy in policies(tree.text(header), role):
                count += 1
                if policy not in named:
                    faults.append(f"{header} has {policy}: a test tests/{room}/*conformance_test.cpp must say "
                                  f"check_{room}<{policy}>()")
    print("\n".join(faults) or f"{count} losses and assigners keep the laws")
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
