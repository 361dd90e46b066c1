#!/usr/bin/env python3
"""What one command of the program writes, every other reads, whatever the images, their labels and their folder's name.

usage: matrix_test.py PROGRAM EXCERPT
"""
import json
import os
import random
import shlex
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import unittest
import zlib
from pathlib import Path

PROGRAM = Path(sys.argv[1]).resolve()
SIDE = 16  # of images
TINY = ["--encoder", "resnet8x0.25", "--batch", "8", "--threads", "1", "--log-every", "1"]
CLASS = "it's \"one\" $(two) \\ <i>&amp; \u00e9".encode()  # the name of a class is UTF-8
HOSTILE = b"it's \"one\" $(two) \\ <i>&amp; \xc3\xa9\xef\xbe\x80 \xe9\xff \xee\xbe\x80"  # UTF-8, Latin-1, and what the program writes for that


def npy(kind, shape, data):
    header = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00\x76\x00" + header.encode() + data


def png(side, grey):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(b"\0" + bytes((grey + 9 * x + 5 * y) % 256 for x in range(side)) for y in range(side))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def read_npy(path):
    """Extents and the numbers of an array of floats or of 64-bit integers."""
    data = path.read_bytes()
    length = struct.unpack_from("<H", data, 8)[0]
    header = eval(data[10:10 + length])  # as NumPy's own reader does
    kind = {"<f4": "f", "<i8": "q"}[header["descr"]]
    body = data[10 + length:]
    return header["shape"], struct.unpack(f"<{len(body) // struct.calcsize(kind)}{kind}", body)


def packed(folder, labels, test_labels, names=(), floats=False, channels=1):
    """A folder as pack writes it: images whose brightness tells their class. Labels None: no file of labels."""
    noise = random.Random(7)
    for part, of_part in (("train", labels), ("test", test_labels)):
        if of_part is None:
            continue
        (folder / part).mkdir(parents=True)
        known = sorted({label for label in of_part if label is not None})
        shades = [known.index(label) * 37 if known else 0 for label in of_part]
        pixels = [(shade + noise.randrange(60)) % 256 for shade in shades for _ in range(SIDE * SIDE * channels)]
        data = struct.pack(f"<{len(pixels)}f", *(p / 255 for p in pixels)) if floats else bytes(pixels)
        shape = (len(of_part), SIDE, SIDE, channels)
        (folder / part / "images.npy").write_bytes(npy("<f4" if floats else "|u1", shape, data))
        if known:
            (folder / part / "labels.npy").write_bytes(npy("<i8", (len(of_part),), struct.pack(f"<{len(of_part)}q", *of_part)))
        if names:
            (folder / part / "names.txt").write_bytes(b"".join(name + b"\n" for name in names))
    return folder


class Matrix(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def run_program(self, *arguments, status=0, says=(), after="", program=PROGRAM):
        """Runs the program; a failure is one line on stderr, after lines that say these words, and has all of `says`."""
        command = [os.fsencode(a if isinstance(a, (bytes, Path)) else str(a)) for a in (program, *arguments)]
        done = subprocess.run(command, capture_output=True, timeout=60, check=False)
        said = os.fsdecode(done.stderr)
        self.assertEqual(done.returncode, status, f"{command}: {said}")
        if status != 0:
            self.assertTrue(said.endswith("\n"))
            *earlier, said = said.splitlines()
            self.assertTrue(all(after in line for line in earlier) if after else not earlier, f"{command}: {earlier}")
            self.assertTrue(said.startswith("selfsame: "), f"{command}: {said}")
            self.assertEqual(done.stdout, b"")
        for words in [says] if isinstance(says, str) else says:
            self.assertIn(words, said)
        return done

    def pretrain(self, data, out, *more):
        return self.run_program("pretrain", "--data", data, *TINY, "--steps", "2", "--out", out, *more)

    def json(self, path):
        """A file of the program is JSON and UTF-8, whatever it says."""
        return json.loads(path.read_bytes().decode("utf-8"))

    def every_reader(self, run, data, judged=True, few=2):
        """All commands on what a pretraining wrote. Returns the lines of knn of the checkpoint and of the embeddings."""
        vectors, weights = run / "vectors", run / "w.npz"
        self.run_program("embed", "--checkpoint", run, "--out", vectors)
        for name in ("w.npz", "w.safetensors", "w.onnx"):
            self.run_program("export", "--checkpoint", run, "--out", run / name)
        self.run_program("views", "--checkpoint", run, "--out", run / "views")
        self.json(run / "views" / "views.json")
        self.run_program("pretrain", "--resume", run)
        said = []
        wrong = {} if judged else {"status": 2, "says": "accuracy needs both"}
        for source in (["--checkpoint", run], ["--embeddings", vectors],
                       ["--init", weights, "--encoder", "resnet8x0.25", "--data", data]):
            for command in (["knn"], ["probe", "--labels", few, "--set", "probe.iterations=5"]):
                done = self.run_program(*command, *source, **wrong)
                said.append(done.stdout.split(b" (")[0])
        self.assertEqual(said[:2], said[2:4])  # the checkpoint, and what embed wrote of it
        self.run_program("report", run)
        (run / "report.html").read_bytes().decode("utf-8")
        if judged:
            self.assertEqual(len((run / "evaluations.jsonl").read_bytes().decode("utf-8").splitlines()), 2)
        return said

    def test_labels_with_gaps_or_missing_or_huge_are_read_by_every_command(self):
        three = [0, 1, 2]
        for name, classes in {"plain": three, "from 1 with gaps": [1, 4, 7], "some unlabelled": [0, 1, -1]}.items():
            with self.subTest(name):
                data = packed(self.folder / name / "data", classes * 8, classes * 4)
                for method in ("simclr", "supervised"):
                    run = self.folder / name / method
                    self.pretrain(data, run, "--method", method)
                    said = self.every_reader(run, data)
                _, labels = read_npy(run / "vectors" / "train_labels.npy")
                self.assertEqual(list(labels), classes * 8)
        for name, (labels, test) in {"unlabelled": ([None] * 24, [None] * 12), "no test": (three * 8, None)}.items():
            with self.subTest(name):
                data, run = packed(self.folder / name / "data", labels, test), self.folder / name / "run"
                self.pretrain(data, run)
                if test is not None:
                    self.every_reader(run, data, judged=False)
        self.run_program("knn", "--checkpoint", self.folder / "no test" / "run", status=2, says="24 labelled images to train with and 0")
        self.run_program("pretrain", "--data", self.folder / "unlabelled" / "data", *TINY, "--method", "supervised", "--out",
                         self.folder / "no", status=2, says="none of the 24 images")
        huge = packed(self.folder / "huge", [5, 1440764, 999999998] * 8, [5, 1440764, 999999998] * 4)
        self.run_program("pretrain", "--data", huge, *TINY, "--method", "supervised", "--out", self.folder / "no", status=2,
                         says=["999999998", "24 images", "numbered from 0"])
        self.run_program("knn", "--pixels", "--data", huge, "--labels", 2)
        self.run_program("views", "--data", huge, "--out", self.folder / "v")
        self.assertFalse((self.folder / "no").exists())

    def test_numbers_of_classes_do_not_change_what_is_measured(self):
        measured = []
        for name, number in {"small": lambda k: k, "large": lambda k: 3 + 400_000_000 * k}.items():
            labels = [number(k) for k in (0, 1, 2)]
            data = packed(self.folder / name, labels * 8, labels * 4)
            measured.append([self.run_program(command, "--pixels", "--data", data, "--labels", 3, "--seed", 2).stdout
                             for command in ("knn", "probe")])
        self.assertEqual(*measured)

    def test_embeddings_of_a_set_without_test_images_do_not_stand_beside_those_of_another_one(self):
        both, one = packed(self.folder / "both", [0, 1] * 6, [0, 1] * 3), packed(self.folder / "one", [0, 1] * 6, None)
        for data in (both, one):
            self.run_program("embed", "--pixels", "--data", data, "--out", self.folder / "e")
        self.assertEqual({f.name for f in (self.folder / "e").iterdir()}, {"train.npy", "train_labels.npy"})
        self.run_program("knn", "--embeddings", self.folder / "e", status=1, says="test.npy")

    def test_paths_of_any_bytes_go_through_every_command_and_every_file(self):
        place = Path(os.fsdecode(os.fsencode(self.folder) + b"/" + HOSTILE))
        for part, count in (("train", 6), ("test", 2)):
            for k, name in enumerate((CLASS, "-b \u00ff".encode(), b"c")):
                folder = place / "in" / part / os.fsdecode(name)
                folder.mkdir(parents=True)
                for i in range(count):
                    (folder / os.fsdecode(b"%d \xe9.png" % i)).write_bytes(png(SIDE, 70 * k + 3 * i))
        data, run = place / "data", place / "run"
        self.run_program("pack", "--data", place / "in", "--size", SIDE, "--channels", 1, "--out", data)
        program = place / "selfsame's"
        program.symlink_to(PROGRAM)
        done = self.run_program("pretrain", "--data", data, *TINY, "--steps", 2, "--out", run, program=program)
        recipe = self.json(run / "recipe.json")
        self.assertIn("&amp; é\uff80 ", recipe["data"])
        self.every_reader(run, data, few=3)
        self.assertIn("é".encode(), (run / "report.html").read_bytes())
        for command in done.stdout.splitlines()[1::2]:  # of those that the end names: knn and report
            shown = subprocess.run(["sh", "-c", command], capture_output=True, timeout=60, check=False)
            self.assertEqual(shown.returncode, 0, shown.stderr)
        # Read, written down and read again, the path is the same bytes.
        before = (run / "recipe.json").read_bytes()
        self.run_program("pretrain", "--resume", run, "--data", data)
        self.assertEqual((run / "recipe.json").read_bytes(), before)

    def test_the_command_that_goes_on_is_one_of_a_shell(self):
        data = packed(self.folder / "data", [0, 1] * 12, [0, 1] * 4)
        for name in (b"-x", HOSTILE, b"[a,b]", b"two\nlines"):
            with self.subTest(name=name):
                out = self.folder / os.fsdecode(name)
                command = [PROGRAM, "pretrain", "--data", data, *TINY, "--steps", "60", b"--out=" + name]
                process = subprocess.Popen(command, cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                log = out / "log.csv"
                while process.poll() is None and (not log.exists() or log.read_text().count("\n") < 4):
                    pass
                process.send_signal(signal.SIGINT)
                said, errors = process.communicate(timeout=60)
                self.assertEqual(process.returncode, 130, errors)
                command = said.split(b"Go on with\n", 1)[1]
                self.assertEqual(shlex.split(os.fsdecode(command))[:3], [str(PROGRAM), "pretrain", "--resume"])
                done = subprocess.run(["sh", "-c", command], cwd=self.folder, capture_output=True, timeout=60, check=False)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertTrue(done.stdout.startswith(b"Done"))

    def test_images_that_moved_are_missed_in_one_line_and_found_where_data_says(self):
        old, new = packed(self.folder / "old", [0, 1] * 12, [0, 1] * 4), self.folder / "new"
        run = self.folder / "run"
        self.pretrain(old, run, "--method", "supervised")
        page = run / "report.html"
        self.run_program("report", run)
        whole = page.read_text()
        old.rename(new)
        for command in (["knn", "--checkpoint", run], ["probe", "--checkpoint", run], ["views", "--checkpoint", run],
                        ["embed", "--checkpoint", run, "--out", run / "e"], ["pretrain", "--resume", run]):
            self.run_program(*command, status=1, says=[str(old), "--data"])
            self.run_program(*command, "--data", self.folder / "nowhere", status=2, says="nowhere")
        self.run_program("report", run, says=[str(old), "--data"])  # the rest of the page is there
        self.assertEqual(page.read_text().count("--data DIR says where they are"), 2)
        self.run_program("report", run, "--data", new)
        self.assertEqual(page.read_text().replace(str(new), str(old)), whole.replace(f"on {old.name}", f"on {new.name}"))
        for command in (["knn"], ["probe"], ["views", "--out", run / "v"], ["embed", "--out", run / "e"]):
            self.run_program(*command, "--checkpoint", run, "--data", new)
        self.assertEqual(self.json(run / "recipe.json")["data"], str(old))  # an evaluation changes no recipe
        checkpoint = (run / "checkpoint.selfsame").read_bytes()
        self.run_program("pretrain", "--resume", run, "--data", new)
        self.assertEqual(self.json(run / "recipe.json")["data"], str(new))
        self.assertEqual((run / "checkpoint.selfsame").read_bytes(), checkpoint)
        self.run_program("knn", "--checkpoint", run)
        for other, named in ((packed(self.folder / "fewer", [0, 1] * 6, None), "12 images"),
                             (packed(self.folder / "classes", [0, 1, 2] * 8, None), "3 classes")):
            self.run_program("pretrain", "--resume", run, "--data", other, status=2, says=["24 images", named])
        self.assertEqual(self.json(run / "recipe.json")["data"], str(new))

    def test_a_training_that_is_not_finite_ends_with_status_1_and_says_which_checkpoint_stands(self):
        data, run = packed(self.folder / "data", [0, 1] * 12, [0, 1] * 4), self.folder / "run"
        done = self.run_program("pretrain", "--data", data, *TINY, "--steps", 40, "--checkpoint-steps", 1, "--set", "optimizer.learning_rate=1e30",
                                "--set", "optimizer.learning_rate.curve=constant", "--out", run, status=1, after=" images")
        said = done.stderr.decode().splitlines()[-1]
        self.assertNotIn(b"Done", done.stdout)
        step = int(said.rsplit("of step ", 1)[1].rstrip("."))
        self.assertIn(f"{run / 'checkpoint.selfsame'} is still that of step {step}.", said)
        logged = [line.split(",") for line in (run / "log.csv").read_text().splitlines()[1:]]
        self.assertEqual([int(line[0]) for line in logged], list(range(1, step + 1)))
        self.assertTrue(all(line[2] not in ("nan", "-nan", "inf") for line in logged))
        again = self.run_program("export", "--checkpoint", run, "--out", run / "w.npz")
        self.assertIn(f"after step {step}\n".encode(), again.stdout)
        self.assertEqual(self.run_program("pretrain", "--resume", run, status=1, after=" images").stderr.decode().splitlines()[-1], said)

    def test_weights_that_are_not_finite_are_refused_by_the_row(self):
        data, run = packed(self.folder / "data", [0, 1] * 12, [0, 1] * 4), self.folder / "run"
        self.pretrain(data, run)
        file = run / "w.safetensors"
        self.run_program("export", "--checkpoint", run, "--out", file)
        header = 8 + struct.unpack("<Q", file.read_bytes()[:8])[0]
        file.write_bytes(file.read_bytes()[:header] + b"\xff\xff\xff\x7f" * ((file.stat().st_size - header) // 4))
        for command in (["knn"], ["probe"], ["embed", "--out", run / "e"]):
            self.run_program(*command, "--init", file, "--encoder", "resnet8x0.25", "--data", data, status=1,
                             after="taken", says=["row 0 of train", "not finite"])
        self.assertFalse((run / "e").exists())
        self.run_program("embed", "--checkpoint", run, "--out", run / "e")
        test = (run / "e" / "test.npy").read_bytes()
        (run / "e" / "test.npy").write_bytes(test[:-4] + b"\x00\x00\x80\x7f")
        for command in ("knn", "probe"):
            self.run_program(command, "--embeddings", run / "e", status=1, says=["row 7 of test", "not finite"])

    def test_pixels_of_any_kind_and_few_images_are_shown_and_counted(self):
        for name, made in {"floats": {"labels": [0, 1] * 6, "test_labels": [0, 1] * 3, "floats": True},
                           "colour": {"labels": [0, 1] * 6, "test_labels": [0, 1] * 3, "channels": 3},
                           "one": {"labels": [0], "test_labels": [0]}}.items():
            with self.subTest(name):
                data, run = packed(self.folder / name / "data", **made), self.folder / name / "run"
                self.pretrain(data, run)
                self.every_reader(run, data, few=1)
        views = self.run_program("views", "--data", self.folder / "one" / "data", "--out", self.folder / "v")
        self.assertIn(b"1 images", views.stdout)
        empty = packed(self.folder / "empty", [], [])
        self.run_program("pretrain", "--data", empty, *TINY, "--out", self.folder / "no", status=2, says="empty")
        self.assertFalse((self.folder / "no").exists())


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
