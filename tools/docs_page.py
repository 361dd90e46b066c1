#!/usr/bin/env python3
"""What doxygen reads instead of a page, by docs/Doxyfile: docs_page.py FILE.

It has a short address (docs/one_loss.md is one_loss.html), its headings have the anchors that git hosts give them, and links to
other files of the repository lead to their pages of the site. No line moves.
"""
import os
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGES = {"README.md": "index", "benchmarks/README.md": "benchmarks", "CONTRIBUTING.md": "contributing", "CHANGELOG.md": "changelog"}
FENCE = re.compile(r"^(```|~~~)")
HEADING = re.compile(r"^(#+) +(.*?)\s*$")
QUOTED = re.compile(r"(?<!`)`([^`]*'[^`]*)`(?!`)")  # where one ` begins code, doxygen ends it at a '
LINK = re.compile(r"(?<!!)\[([^\]]*)\]\(([^()\s]+)\)")


def slug(heading: str) -> str:
    """A heading's anchor, as git hosts make it."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
    return re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")


def page(path: str) -> str:
    return PAGES.get(path, Path(path).stem)


def example(path: str) -> str:
    """Its page: kernels/cv_mat.cpp has kernels_2cv_mat_8cpp-example.html."""
    return path.replace("/", "_2").replace(".", "_8") + "-example.html" if path.endswith(".cpp") else "examples.html"


def target(link: str, here: Path) -> str:
    """Where a link of a page leads in the site."""
    if re.match(r"[a-z]+:", link):
        return link
    name, _, anchor = link.partition("#")
    path = os.path.relpath(here.parent / name, ROOT) if name else str(here.relative_to(ROOT))
    if path.endswith(".md"):
        return f"{page(path)}.html" + (f"#{page(path)}-{anchor}" if anchor else "")
    if path.startswith("include/selfsame/"):
        return f"@ref {path.removeprefix('include/')}"
    if path.startswith("examples/"):
        return example(path.removeprefix("examples/"))
    return link


def filtered(text: str, here: Path) -> str:
    name, lines, fenced, titled = page(str(here.relative_to(ROOT))), [], False, False
    for line in text.splitlines():
        if FENCE.match(line):
            fenced = not fenced
        elif not fenced:
            line = LINK.sub(lambda m: f"[{m[1]}]({target(m[2], here)})", line)
            line = QUOTED.sub(r"``\1``", line)
            if heading := HEADING.match(line):
                label = f"{name}-{slug(heading[2])}" if titled else name
                line += f" {{#{label}}}" if label != "index" else ""
                titled = True
        lines.append(line)
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    file = Path(sys.argv[1]).resolve()
    print(filtered(file.read_text(), file), end="")
