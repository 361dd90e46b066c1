#!/usr/bin/env python3
"""The page that `selfsame report` writes, as a browser would parse it.

usage: report_test.py PROGRAM EXCERPT
"""
import json
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from html.parser import HTMLParser
from pathlib import Path

PROGRAM, EXCERPT = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
VOID = {"meta", "br", "img", "line", "path", "circle", "image", "link", "input"}
HOSTILE = 'a<script>b&"c\'d\\e'


class Page(HTMLParser):
    """Elements must close in the order in which they opened."""

    def __init__(self, text):
        super().__init__()
        self.open, self.attributes, self.tags = [], [], []
        self.words = ""
        self.feed(text)
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, *pair) for pair in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open and self.open.pop() == tag, f"</{tag}> closes what did not open last"

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.words += data


def run(*arguments):
    return subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, timeout=300, check=False)


class Report(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        cls.images = cls.folder / HOSTILE
        shutil.copytree(EXCERPT, cls.images)
        cls.whole = cls.folder / "run"
        cls.do("pretrain", "--data", cls.images, "--encoder", "resnet8x0.25", "--batch", "32", "--steps", "12", "--log-every", "2",
               "--set", "loss.temperature=0.25", "--seed", "3", "--out", cls.whole)

    @staticmethod
    def do(*arguments):
        done = run(*arguments)
        assert done.returncode == 0, done.stderr
        return done

    def copy(self, *without):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        shutil.copytree(self.whole, Path(folder.name) / "run", ignore=shutil.ignore_patterns(*without))
        return Path(folder.name) / "run"

    def page(self, folder):
        self.do("report", folder)
        page = Page((folder / "report.html").read_text())
        for _, name, value in page.attributes:
            if name in {"d", "x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "viewbox"}:
                self.assertRegex(value, r"^[MLh0-9. -]+$")  # not nan
        return page

    def test_it_names_every_number_of_the_recipe_and_marks_those_that_differ_from_the_default(self):
        page = self.page(self.copy())
        entries = json.loads((self.whole / "recipe.json").read_text())
        for name, value in entries.items():
            if name.startswith("recipe."):
                self.assertIn(name.removeprefix("recipe.") + str(value), page.words.replace("\u2212", "-"))
        self.assertIn("method.loss.temperature0.25default 0.1", page.words)
        self.assertEqual(sum(value == "changed" for _, _, value in page.attributes), 4)
        self.assertIn("4 differ", page.words)

    def test_it_loads_nothing_and_runs_nothing(self):
        folder = self.copy()
        page = self.page(folder)
        self.assertNotIn("http", (folder / "report.html").read_text())
        self.assertFalse({"script", "link", "iframe", "object"} & set(page.tags))
        for tag, name, value in page.attributes:
            self.assertFalse(name.startswith("on"), name)
            if name in {"href", "src", "srcset", "data", "action", "xlink:href"}:
                self.assertTrue(value.startswith("data:image/png;base64,"), f"{tag} {name}")
        self.assertNotRegex((folder / "report.html").read_text(), r"@import|url\(")

    def test_what_a_picture_shows_is_said_in_words(self):
        page = self.page(self.copy())
        said = [value for tag, name, value in page.attributes if (tag, name) == ("svg", "aria-label")]
        self.assertEqual(len(said), page.tags.count("svg"))
        self.assertTrue(all(said), said)
        self.assertIn("title", page.tags)
        self.assertEqual(page.tags.count("figcaption"), page.tags.count("figure"))
        for what in ["Loss over 12 steps", "Learning rate over", "Speed over", "6 images and 8 views", "1,000 test images"]:
            self.assertTrue(any(what in words for words in said), what)

    def test_the_same_run_gives_the_same_bytes(self):
        folder = self.copy()
        pages = []
        for threads, out in (1, "one.html"), (2, "two.html"):
            self.do("report", folder, "--threads", threads, "--out", folder / out)
            pages.append((folder / out).read_bytes())
        self.assertEqual(*pages)

    def test_text_of_others_stays_text(self):
        folder = self.copy()
        (folder / "starts.jsonl").write_text(json.dumps({"step": 0, "time": HOSTILE, "cpu": "</style>" + HOSTILE}) + "\n")
        (folder / "evaluations.jsonl").write_text(json.dumps({"judge": HOSTILE, "accuracy": 0.5, "k<b>": "<i>"}) + "\n")
        page = self.page(folder)
        self.assertNotIn("script", page.tags)
        self.assertIn(str(self.images), page.words)
        self.assertIn(f"SimCLR on {HOSTILE}", page.words)
        self.assertGreaterEqual(page.words.count(HOSTILE), 5)
        self.assertIn("k<b> <i>", page.words)

    def test_evaluations_of_a_checkpoint_are_kept_once_and_shown(self):
        folder = self.copy()
        for _ in range(2):
            said = self.do("knn", "--checkpoint", folder, "--labels", "10", "--set", "knn.k=7").stdout
        self.do("probe", "--checkpoint", folder, "--labels", "10", "--set", "probe.iterations=5")
        self.do("knn", "--random", "--data", self.images, "--encoder", "resnet8x0.25", "--labels", "10")
        kept = [json.loads(line) for line in (folder / "evaluations.jsonl").read_text().splitlines()]
        self.assertEqual([(e["judge"], e["labels"], e["labels_a_class"], e["step"]) for e in kept],
                         [("k-NN", 100, 10, 12), ("linear probe", 100, 10, 12)])
        self.assertIn(f"k-NN accuracy {kept[0]['accuracy']:.4f}", said)
        self.assertEqual(kept[0]["k"], 7)
        words = self.page(folder).words
        for e in kept:
            self.assertIn(f"{100 * e['accuracy']:.2f} %", words)
            self.assertIn(f"{100 * e['low']:.2f} – {100 * e['high']:.2f}", words)

    def test_what_is_missing_is_a_sentence(self):
        for without, sentence in [(["log.csv"], "There is no log.csv"), (["starts.jsonl"], "There is no starts.jsonl"),
                                  (["checkpoint.selfsame"], "checkpoint.selfsame"), (["evaluations.jsonl"], "not evaluated yet")]:
            with self.subTest(without=without):
                page = self.page(self.copy(*without))
                self.assertIn(sentence, page.words)
                self.assertIn("method.loss.temperature", page.words)
        folder = self.copy()
        recipe = json.loads((folder / "recipe.json").read_text())
        (folder / "recipe.json").write_text(json.dumps(recipe | {"data": "/nowhere/at/all"}))
        words = self.page(folder).words
        self.assertEqual(words.count("were in /nowhere/at/all, which is no folder now; --data DIR says where they are"), 2)
        self.do("report", folder, "--data", self.images)
        self.assertNotIn("nowhere", (folder / "report.html").read_text())

    def test_numbers_that_are_not_finite_are_counted_and_not_drawn(self):
        folder = self.copy()
        lines = (folder / "log.csv").read_text().splitlines()
        lines[2] = re.sub(r"^(\d+,\d+),[^,]*", r"\1,nan", lines[2])
        lines[4] = re.sub(r"^(\d+,\d+),[^,]*", r"\1,inf", lines[4])
        (folder / "log.csv").write_text("\n".join(lines) + "\n5,torn")
        page = self.page(folder)
        self.assertIn("2 values are not finite", page.words)

    def test_the_page_of_a_demo_has_its_table_and_its_curves(self):
        folder = self.copy("log.*", "evaluations.jsonl")
        shutil.copy(self.whole / "log.csv", folder / "loss.csv")
        (folder / "probe.csv").write_text("step,knn_accuracy\n0,0.5\n12,0.75\n")
        (folder / "results.json").write_text('{"columns": ["k-NN all"], "rows": {"raw pixels": [[0.8, 0]], "SimCLR": [[0.912, 0.01]]}}')
        page = self.page(folder)
        self.assertIn("k-NN all", page.words)
        self.assertIn("91.2 ± 1.0", page.words)
        (folder / "probe.csv").write_text("step,knn_accuracy\n")
        self.assertNotIn("k-NN accuracy", self.page(folder).words)
        self.assertTrue(any("k-NN accuracy over 12 steps: first 0.5, last 0.75" in str(value) for *_, value in page.attributes))

    def test_a_folder_that_is_no_run_is_one_line_and_status_2(self):
        for folder in (self.images, self.folder / "nowhere"):
            done = run("report", folder)
            self.assertEqual((done.returncode, done.stderr.count("\n")), (2, 1), done.stderr)
            self.assertIn(f"{folder} holds no training: there is no recipe.json in it", done.stderr)
        self.assertEqual(run("report").returncode, 2)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
