"""What kernels.json says, for people. Needs nothing but python."""
import json
import pathlib
import sys

OTHER_TASK = {"torch copy_"}  # for comparison only: never the fastest peer


def fastest(entries: list[dict]) -> "dict | None":
    return min((e for e in entries if e["peer"] and e["peer"] not in OTHER_TASK), key=lambda e: e["peer_ms"],
               default=None)


def by_row(entries: list[dict]) -> list[list[dict]]:
    rows: dict[tuple, list[dict]] = {}
    for e in entries:
        rows.setdefault((e["name"], e["threads"], e["flags"]), []).append(e)
    return list(rows.values())


def number(x: "float | None", digits: int = 3) -> str:
    if x is None:
        return "-"
    return f"{x:,.0f}" if x >= 100 else f"{x:.{digits}g}"


def mib(x: "float | None") -> str:
    return "< 0.1" if x is not None and x < 0.1 else number(x)


def rate(e: dict, ms: "float | None") -> str:
    return f" ({number(1e3 * e['items'] / ms)} {e['unit']}/s)" if ms and e["items"] else ""


def show(entries: list[dict]) -> None:
    for of_program in by_row(entries):
        first, best = of_program[0], fastest(of_program)
        share = f"{100 * first['share_of_floor']:.0f} %" if first["share_of_floor"] else "-"
        print(f"{first['name']}, {first['threads']} thread{'s' if first['threads'] > 1 else ''}, {first['flags']}: "
              f"{number(first['ours_ms'])} ms{rate(first, first['ours_ms'])}, {mib(first['ours_extra_mib'])} MiB; "
              f"floor {number(first['floor_ms'] or None)} ms, share {share}")
        for e in of_program:
            if e["peer"]:
                print(f"  {'*' if e is best else ' '} {e['peer']:<28}{number(e['peer_ms']):>8} ms{rate(e, e['peer_ms'])}, "
                      f"{mib(e['peer_extra_mib']):>6} MiB, ratio {number(e['ratio'])}")
    sys.stdout.flush()


def table(file: pathlib.Path) -> str:
    about = json.loads(file.with_suffix(".machine.json").read_text())
    lines = [f"- {key}: {value}" for key, value in about.items()] + [
        "",
        "| kernel | threads | ours, ms | fastest peer, ms | ratio | floor, ms | share of floor | extra MiB: ours / peer "
        "| other peers, ms |",
        "| --- | ---: | ---: | --- | ---: | ---: | ---: | ---: | --- |"]
    for entries in by_row(json.loads(file.read_text())):
        e, best = entries[0], fastest(entries)
        others = ", ".join(f"{x['peer']} {number(x['peer_ms'])}" for x in entries if x["peer"] and x is not best)
        share = f"{100 * e['share_of_floor']:.0f} %" if e["share_of_floor"] else "-"
        fast = f"{best['peer']} {number(best['peer_ms'])}{rate(best, best['peer_ms'])}" if best else "-"
        ratio = f"{best['ratio']:.2f}" if best and best["ratio"] else "-"
        found = " (find_package)" if (e["flags"] or "").startswith("find_package") else ""
        lines.append(f"| {e['name']}{found}: {e['shape']} | {e['threads']} | {number(e['ours_ms'])}{rate(e, e['ours_ms'])} | {fast} | {ratio} | "
                     f"{number(e['floor_ms'] or None)} | {share} | {mib(e['ours_extra_mib'])} / "
                     f"{mib(best['peer_extra_mib'] if best else None)} | {others} |")
    return "\n".join(lines)


def put_between_markers(text: str, name: str, file: pathlib.Path) -> None:
    first, last = f"<!-- {name}: begin -->\n", f"<!-- {name}: end -->"
    before, begin, rest = file.read_text().partition(first)
    _, end, after = rest.partition(last)
    if not begin or not end:
        raise SystemExit(f"{file} has no lines '{first.strip()}' and '{last}'")
    file.write_text(before + begin + text + "\n" + end + after)
