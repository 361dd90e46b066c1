#!/usr/bin/env python3
"""links.py: every relative link of the pages leads to a file of the repository, and to a heading of it where it says so.
links.py SITE: every relative link of the pages that doxygen made in the folder SITE leads to one of them, and to a place on it."""
import functools
import re
import sys
import urllib.parse
from html.parser import HTMLParser
from pathlib import Path

import tree

sys.path.insert(0, str(tree.ROOT / "tools"))
from docs_page import FENCE, HEADING, slug  # noqa: E402

LINK = re.compile(r"\[[^\]]*\]\(([^()\s]+)\)")


def lines(page: Path) -> list[tuple[int, str]]:
    """Those outside of fences."""
    found, fenced = [], False
    for number, line in enumerate(page.read_text().splitlines(), 1):
        fenced ^= bool(FENCE.match(line))
        if not fenced:
            found.append((number, line))
    return found


@functools.cache
def anchors_of_page(page: Path) -> set[str]:
    headings = (HEADING.match(line) for _, line in lines(page))
    return {slug(heading[2]) for heading in headings if heading}


class Page(HTMLParser):
    def __init__(self, text: str):
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        for name, value in attributes:
            if value and (name == "href" or (tag == "img" and name == "src")):
                self.links.append(value)
            if value and (name == "id" or (tag == "a" and name == "name")):
                self.anchors.add(value)


@functools.cache
def html(path: Path) -> Page:
    return Page(path.read_text(errors="replace"))


def fault(page: Path, link: str, anchors) -> str:
    """What is wrong with a link, or nothing."""
    name, _, anchor = urllib.parse.unquote(link).partition("#")
    target = (page.parent / name).resolve() if name else page
    if not target.exists():
        return f"there is no {link}"
    if anchor and target.suffix in {".md", ".html"} and anchor not in anchors(target):
        return f"{target.name} has no #{anchor}"
    return ""


def main() -> int:
    if len(sys.argv) > 1:
        pages = sorted(Path(sys.argv[1]).resolve().glob("*.html"))
        links = [(page, 0, link) for page in pages for link in html(page).links]
        anchors, root = (lambda page: html(page).anchors), Path(sys.argv[1]).resolve()
    else:
        root = tree.ROOT
        pages = [*sorted(root.glob("*.md")), *sorted(root.glob("docs/*.md")), root / "benchmarks" / "README.md"]
        links = [(page, number, link) for page in pages for number, line in lines(page) for link in LINK.findall(re.sub(r"`[^`]*`(?!\]\()", "", line))]
        anchors = anchors_of_page
    relative = [(page, number, link) for page, number, link in links if not re.match(r"[a-z]+:|//", link)
                and link != "#nested-classes"]  # doxygen 1.9.4 has it also where all of them are private
    faults = [f"{page.relative_to(root)}{f':{number}' if number else ''}: {what}"
              for page, number, link in relative if (what := fault(page, link, anchors))]
    print("\n".join(sorted(set(faults))) or f"{len(relative)} links of {len(pages)} pages lead somewhere")
    return int(bool(faults) or not relative)


if __name__ == "__main__":
    sys.exit(main())
