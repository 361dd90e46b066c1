#!/usr/bin/env python3
"""commands.py SELFSAME: every `./dev COMMAND` and `selfsame COMMAND --option` in the pages exists, by what both print of themselves."""
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "benchmarks" / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
CODE = re.compile(r"^```sh\n(.*?)^```|`([^`\n]+)`", re.DOTALL | re.MULTILINE)  # a shell fence, or a word of code
CALL = re.compile(r"(?:^|[\s/])(dev|selfsame) +([a-z][a-z|]*)([^\n#;&]*)")


def commands(text: str) -> list[tuple[int, str, str, list[str]]]:
    """Line, program, command and long options of each call; `a|b` are two commands."""
    found = []
    for code in CODE.finditer(text):
        begin = code.start(1) if code[1] else code.start(2)
        for call in CALL.finditer((code[1] or code[2]).replace("\\\n", "  ")):
            line = text.count("\n", 0, begin + call.start(1)) + 1
            options = re.findall(r"(?<![\w-])--[a-z][a-z-]*", call[3])
            found += [(line, call[1], command, options) for command in call[2].split("|")]
    return found


def printed(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def main() -> int:
    program = sys.argv[1]
    known = {"dev": list(dict.fromkeys(re.findall(r"^\./dev (\w+)", printed(str(ROOT / "dev"), "help"), re.MULTILINE))),
             "selfsame": re.findall(r"^  (\w+)  ", printed(program, "--help"), re.MULTILINE)}
    options = {command: set(re.findall(r"--[a-z][a-z-]*", printed(program, command, "--help"))) for command in known["selfsame"]}
    faults, count = [], 0
    for page in PAGES:
        for line, which, command, asked in commands(page.read_text()):
            count += 1
            where = f"{page.relative_to(ROOT)}:{line}: {which} {command}"
            if command not in known[which]:
                faults.append(f"{where} is none of {', '.join(known[which])}")
            elif which == "selfsame":  # ./dev hands its options on
                faults += [f"{where} has no {option}" for option in asked if option not in options[command]]
    print("\n".join(faults) or f"{count} commands exist")
    return int(bool(faults) or count == 0)


if __name__ == "__main__":
    sys.exit(main())
