#!/usr/bin/env python3
"""snippets.py OUT PAGE...: the C++ of Markdown pages as files in OUT, which the tests compile. Prints a line each: page or program, file.

A fence ```cpp that has `int main(` is a program. All others of a page are one file, in order: includes first, then what begins
with struct, class, template, using, namespace, constexpr or inline stands at namespace scope, and the rest in one function, where a
later one sees what an earlier one declared. `<!-- snippet: CODE -->` is such a piece that readers do not see. Compilers name page and line.
"""
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PIECE = re.compile(r"^```cpp\n(.*?)^```$|<!-- snippet:(.*?)-->", re.DOTALL | re.MULTILINE)
DECLARES = re.compile(r"\s*(?://[^\n]*\n\s*)*(?:struct|class|template|using|namespace|constexpr|inline)\b")


def pieces(page: Path) -> list[tuple[int, str]]:
    """The line where each begins, and its code."""
    text = page.read_text()
    found = []
    for match in PIECE.finditer(text):
        group = 1 if match[1] is not None else 2
        found.append((text.count("\n", 0, match.start(group)) + 1, match[group]))
    return found


def placed(line: int, name: str, code: str) -> str:
    return f'#line {line} "{name}"\n{code.rstrip()}\n'


def sources(page: Path) -> dict[str, str]:
    """File name to text."""
    name = str(page.relative_to(ROOT))
    stem = re.sub(r"\W", "_", name.removesuffix(".md"))
    includes, outside, inside = "", "", ""
    files: dict[str, str] = {}
    for line, code in pieces(page):
        if "int main(" in code:
            files[f"{stem}_program{len(files) + 1 if files else ''}.cpp"] = placed(line, name, code)
            continue
        rest = []
        for number, text in enumerate(code.splitlines(), line):
            if text.startswith("#include"):
                includes += placed(number, name, text)
            rest.append("" if text.startswith("#include") else text)
        if DECLARES.match("\n".join(rest)):
            outside += placed(line, name, "\n".join(rest))
        elif any(rest):
            inside += placed(line, name, "\n".join(rest))
    if includes or outside or inside:
        files[f"{stem}.cpp"] = f"{includes}using namespace selfsame;\n{outside}void page_{stem}() {{\n{inside}}}\n"
    return files


def main() -> int:
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    for page in sys.argv[2:]:
        for file, text in sources(ROOT / page).items():
            if not (out / file).is_file() or (out / file).read_text() != text:  # what stays the same is not compiled again
                (out / file).write_text(text)
            print(f"{'program' if '_program' in file else 'page'} {out / file}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
