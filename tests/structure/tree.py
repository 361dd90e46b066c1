"""The headers as the checks in this folder see them: paths below include/selfsame, rooms and includes."""
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
INCLUDE = ROOT / "include" / "selfsame"
DIRECTIVE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.MULTILINE)


def headers() -> list[str]:
    """Every header, as users write it after selfsame/: core/version.hpp."""
    return sorted(str(path.relative_to(INCLUDE)) for path in INCLUDE.rglob("*")
                  if path.suffix in {".hpp", ".cuh"})


def is_public(header: str) -> bool:
    return "detail" not in header.split("/")


def room(header: str) -> str:
    """The folder; headers that stand in include/selfsame itself are the umbrella's."""
    return header.split("/")[0] if "/" in header else "umbrella"


def text(header: str) -> str:
    return (INCLUDE / header).read_text()


def includes(header: str) -> list[str]:
    return DIRECTIVE.findall(text(header))


def own_includes(header: str) -> list[str]:
    return [name.removeprefix("selfsame/") for name in includes(header) if name.startswith("selfsame/")]


def needs(component: str) -> list[str]:
    """The components that one is built on, by cmake/packages.cmake."""
    line = re.search(rf"^set\(selfsame_{component}_components (.*)\)$", (ROOT / "cmake" / "packages.cmake").read_text(),
                     re.MULTILINE)
    return line[1].split() if line else []


def component(header: str) -> str:
    """By cmake/components.txt, as CMake reads it."""
    for line in (ROOT / "cmake" / "components.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            name, pattern = line.split()
            if re.fullmatch(pattern, header):
                return name
    return "core"
