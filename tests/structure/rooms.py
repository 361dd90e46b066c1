#!/usr/bin/env python3
"""Includes go down, never up; rooms on one line do not include each other; each outside library has its rooms."""
import re
import sys

import tree

# From bottom to top. A room may include any room on a lower line.
LINES = [
    ["tensor"],
    ["core"],
    ["interop", "relation"],
    ["kernel", "image", "io", "comm"],
    ["nn", "optimizer", "data"],
    ["sampler", "augmenter", "mask", "encoder", "head", "loss", "positives", "memory", "target", "assigner"],
    ["method"],
    ["train", "eval"],
    ["umbrella"],  # selfsame.hpp, data.hpp, image.hpp, cuda.cuh
    ["testing"],  # the conformance kit: may include anything, nobody includes it
]
HEIGHT = {room: height for height, line in enumerate(LINES) for room in line}

# (header, what it includes): why the rule gives way. Empty is best.
EXCEPTIONS: dict[tuple[str, str], str] = {}

# An outside library may be named in these folders only, so it can be replaced there.
OUTSIDE = {
    "xtensor": ["interop/", "data/", "io/"],
    "range/v3/": ["data/"],
    "zlib.h": ["io/", "data/"],
    "nlohmann/": ["io/"],
    "png.h": ["io/"],
    "jpeglib.h": ["io/"],
    "thrust/": ["kernel/cuda/", "cuda.cuh"],
    "omp.h": ["kernel/cpu/"],
}
STD_ONLY = ("tensor/", "core/", "relation/")  # not even Eigen
# The core component must not reach these, even through other headers: its users have Eigen only.
NEEDED_BY_COMPONENT = {"xtensor": "data", "range/v3/": "data", "zlib.h": "data", "nlohmann/": "data", "png.h": "image",
                       "jpeglib.h": "image", "thrust/": "thrust"}


def steps_up(header: str) -> list[str]:
    faults = []
    mine = tree.room(header)
    if mine not in HEIGHT:
        return [f"the room {mine}/ is not drawn in LINES"]
    for other in tree.own_includes(header):
        theirs = tree.room(other)
        if not (tree.INCLUDE / other).is_file():
            faults.append(f"includes {other}, which does not exist")
        elif "detail" in other.split("/") and theirs != mine:
            faults.append(f"includes {other}: detail/ belongs to its room alone")
        elif theirs != mine and HEIGHT[theirs] >= HEIGHT[mine] and (header, other) not in EXCEPTIONS:
            faults.append(f"includes {other}: {theirs}/ is not below {mine}/")
    return faults


def outside(header: str) -> list[str]:
    faults = []
    for name in tree.includes(header):
        if name == "iostream":
            faults.append("includes <iostream>: it costs every user a static constructor; <ostream> or <cstdio> do")
        if name.startswith(("../", "./")):
            faults.append(f"includes {name}: write <selfsame/...>")
        if name.startswith(("Eigen/", "unsupported/Eigen/")) and header.startswith(STD_ONLY):
            faults.append(f"includes <{name}>: {' and '.join(STD_ONLY)} need the standard library only")
        for library, homes in OUTSIDE.items():
            if name.startswith(library) and not header.startswith(tuple(homes)):
                faults.append(f"includes <{name}>, which belongs to {' '.join(homes)}")
    return faults


def pragmas(header: str) -> list[str]:
    written = re.search(r'^\s*#\s*pragma\s+omp|_Pragma\("omp', tree.text(header), re.MULTILINE)
    if written and header != "kernel/cpu/parallel.hpp":
        return ["has a '#pragma omp': all of them stand in kernel/cpu/parallel.hpp"]
    return []


def eager(header: str) -> list[str]:
    """Eigen's decompositions take seconds to compile: only who calls a function that needs one should pay, not who includes it."""
    plain = re.findall(r"(?<!>\n)^inline [^;{]*\{(?:[^\n]*\}$|.*?^\})", tree.text(header), re.MULTILINE | re.DOTALL)  # no template stands before it
    return [f"compiles {found[0]} in every file that includes it: make '{body.splitlines()[0]}' a template"
            for body in plain if (found := re.search(r"\w*(EigenSolver|SVD|LLT|LDLT|QR|LU)\b(?=<)|std::regex", body))]


def device_code(header: str) -> list[str]:
    """nvcc compiles .cuh files: they see core/, tensor/, the words of kernel/ and each other, no host library."""
    if not header.endswith(".cuh"):
        return []
    return [f"includes {other}: a .cuh includes core/, tensor/ and other device code only"
            for other in tree.own_includes(header)
            if tree.room(other) not in {"core", "tensor"} and not other.endswith(".cuh")
            and not other.startswith("kernel/cuda/")
            and other != "kernel/options.hpp"]


def reach(header: str, seen: set[str]) -> set[str]:
    """The outside headers that `header` includes, directly or through ours."""
    seen.add(header)
    found = set()
    for name in tree.includes(header):
        own = name.removeprefix("selfsame/")
        if own == name:
            found.add(name)
        elif own not in seen and (tree.INCLUDE / own).is_file():
            found |= reach(own, seen)
    return found


def components(header: str) -> list[str]:
    """cmake/components.txt must hold every header that needs a library, and the core none of those."""
    mine = tree.component(header)
    faults = [f"reaches <{name}>, so it belongs to the component {needed} in cmake/components.txt"
              for name in sorted(reach(header, set()))
              for library, needed in NEEDED_BY_COMPONENT.items() if name.startswith(library) and needed not in {mine, *tree.needs(mine)}]
    faults += [f"includes {other} of the component {tree.component(other)}, which may not be installed"
               for other in tree.own_includes(header)
               if tree.component(other) not in {"core", mine, *tree.needs(mine)} and tree.room(header) != "testing"]
    return faults


def main() -> int:
    faults = [f"include/selfsame/{header} {fault}" for header in tree.headers()
              for rule in (steps_up, outside, pragmas, eager, device_code, components) for fault in rule(header)]
    print("\n".join(faults) or f"{len(tree.headers())} headers, no step up")
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
