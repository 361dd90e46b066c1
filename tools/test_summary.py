#!/usr/bin/env python3
"""test_summary.py JUNIT_FILE: how many assertions ran in ctest's tests, and, as the last line, 'N passed, N failed'."""
import re
import sys
import xml.etree.ElementTree as xml
from collections import Counter
from pathlib import Path

ASSERTIONS = re.compile(r"^All tests passed \((\d+) assertions?|^assertions:\s+(\d+)", re.MULTILINE)  # as Catch2 ends


def verdict(case: xml.Element) -> str:
    """A test that ctest could not start, or ended, has failed; one that left itself out is skipped."""
    if case.get("status") == "run":
        return "passed"
    skipped = case.find("skipped")
    return "skipped" if skipped is not None and skipped.get("message", "").startswith("SKIP_") else "failed"


def summary(junit: str) -> str:
    cases = list(xml.fromstring(junit).iter("testcase"))
    count = Counter(verdict(case) for case in cases)
    ran = sum(int(passed or failed) for case in cases for passed, failed in ASSERTIONS.findall(case.findtext("system-out") or ""))
    skipped = f", {count['skipped']} skipped" if count["skipped"] else ""
    return f"{ran:,} assertions ran\n{count['passed']} passed, {count['failed']} failed{skipped}"


if __name__ == "__main__":
    file = Path(sys.argv[1])
    print(summary(file.read_text()) if file.exists() else "0 passed, 0 failed")
