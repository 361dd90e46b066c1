#!/usr/bin/env python3
"""Fashion-MNIST-M of the excerpt, over the pictures of the documentation.

usage: colour_set_test.py PROGRAM SOURCE
"""
import gzip
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

PROGRAM, SOURCE = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
EXCERPT = SOURCE / "examples" / "data" / "fashion-mnist-excerpt"
RECORD = 1 + 3 * 32 * 32


def idx(name: str, header: int) -> bytes:
    return gzip.decompress((EXCERPT / f"{name}-ubyte.gz").read_bytes())[header:]


class ColourSet(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.sets = []
        for name in ("one", "two"):
            out = Path(cls.folder.name) / name
            subprocess.run([PROGRAM, SOURCE / "docs" / "images", out, EXCERPT], check=True, capture_output=True)
            cls.sets.append({file.name: file.read_bytes() for file in sorted(out.iterdir())})

    def test_it_has_the_same_bytes_each_time(self):
        self.assertEqual(*self.sets)

    def test_it_has_cifars_layout_and_the_labels_of_the_grey_set(self):
        one = self.sets[0]
        self.assertEqual(list(one), ["batches.meta.txt"] + [f"data_batch_{i}.bin" for i in range(1, 6)] + ["test_batch.bin"])
        self.assertEqual(one["batches.meta.txt"].decode().splitlines()[::9], ["T-shirt/top", "Ankle boot"])
        train = b"".join(one[f"data_batch_{i}.bin"] for i in range(1, 6))
        self.assertEqual(train[::RECORD], idx("train-labels-idx1", 8))
        self.assertEqual(one["test_batch.bin"][::RECORD], idx("t10k-labels-idx1", 8))

    def test_the_garment_is_seen_and_colours_differ(self):
        record = self.sets[0]["test_batch.bin"][:RECORD]
        self.assertNotEqual(record[1:1025], record[1025:2049])
        red, grey = record[1:1025], idx("t10k-images-idx3", 16)[:28 * 28]
        covered = [red[(y + 2) * 32 + x + 2] for y in range(28) for x in range(28) if grey[y * 28 + x] > 200]
        bare = [red[y * 32 + x] for y in range(32) for x in (0, 1, 30, 31)]
        self.assertGreater(abs(sum(covered) / len(covered) - sum(bare) / len(bare)), 20)

    def test_what_is_missing_is_one_line_and_status_1(self):
        result = subprocess.run([PROGRAM, EXCERPT, Path(self.folder.name) / "three", EXCERPT], capture_output=True, text=True,
                                check=False)
        self.assertEqual((result.returncode, result.stderr.count("\n")), (1, 1), result.stderr)
        self.assertIn("no file named .png", result.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
