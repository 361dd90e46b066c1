#!/usr/bin/env python3
"""The program as its users meet it: errors of one line, and a training that is stopped and goes on.

usage: program_test.py PROGRAM EXCERPT
"""
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

PROGRAM, EXCERPT = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
IMAGES = Path(__file__).resolve().parents[1] / "golden" / "image_files"
SMALL = ["--data", EXCERPT, "--encoder", "resnet8x0.25", "--batch", "32", "--threads", "2", "--log-every", "1"]


def run(*arguments):
    return subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, timeout=300)


class Program(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.out = Path(self.folder.name)

    def pretrain(self, name, *arguments):
        result = run("pretrain", *SMALL, "--out", self.out / name, *arguments)
        self.assertEqual(result.returncode, 0, result.stderr)
        return (self.out / name / "checkpoint.selfsame").read_bytes()

    def stopped(self, lines, *arguments):
        """A pretraining in folder "stopped", interrupted after so many lines of its log: the command that goes on."""
        out = self.out / "stopped"
        process = subprocess.Popen([PROGRAM, "pretrain", *map(str, SMALL), *arguments, "--out", str(out)],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        log = out / "log.csv"
        while process.poll() is None and (not log.exists() or log.read_text().count("\n") < lines):
            time.sleep(0.002)
        process.send_signal(signal.SIGINT)
        said, errors = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130, errors)
        return out, said.splitlines()[-1].split()

    def go_on(self, command):
        result = subprocess.run(command, capture_output=True, text=True, timeout=300)
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_bad_values_give_one_line_that_names_them_and_status_2(self):
        a = ["--out", self.out / "a"]
        for arguments, named in [
            ((), "subcommand"),
            (("pretrain", "--epoch", "3"), "--epoch"),
            (("pretrain", "--threads", "0"), "--threads"),
            (("pretrain", "--seed", "x"), "--seed"),
            (("pretrain", *SMALL, *a, "--batch", "0"), "batch: 0"),
            (("pretrain", *SMALL, *a, "--epochs", "many"), "epochs: 'many'"),
            (("pretrain", *SMALL, *a, "--steps", "-1"), "steps"),
            (("pretrain", *SMALL, *a, "--encoder", "resnet9"), "depth"),
            (("pretrain", *SMALL, *a, "--encoder", "vgg"), "vgg"),
            (("pretrain", *SMALL, *a, "--method", "dino"), "simclr, moco, byol, swav or supervised"),
            (("pretrain", *SMALL, *a, "--labels", "10"), "--method supervised"),
            (("pretrain", *SMALL, *a, "--method", "supervised", "--labels", "100000"), "100000"),
            (("pretrain", *SMALL, *a, "--method", "supervised", "--set", "head.classes=3"), "3 outputs, the data has 10 classes"),
            (("pretrain", *SMALL, *a, "--method", "swav", "--set", "prototypes.count=0"), "prototypes.count: 0"),
            (("pretrain", *SMALL, *a, "--set", "loss.temperature=-1"), "loss.temperature"),
            (("pretrain", *SMALL, *a, "--set", "loss.temprature=1"), "did you mean 'loss.temperature'?"),
            (("pretrain", *SMALL, *a, "--set", "optimizer.rate=1"), "did you mean 'optimizer.learning_rate'?"),
            (("pretrain", *SMALL, *a, "--set", "loss.temperature"), "NAME=VALUE"),
            (("pretrain", *SMALL, *a, "--set", "loss=InfoNCE"), "type"),
            (("pretrain", *SMALL, *a, "--set", "encoder.stem=large"), "small_strided"),
            (("pretrain", *SMALL, *a, "--set", "augmenter.crop.area.low=0.9", "--set", "augmenter.crop.area.high=0.5"),
             "crop.area"),
            (("pretrain", "--data", self.out), "train-images"),
            (("pretrain", "--data", self.out / "nowhere"), "nowhere"),
            (("pretrain", "--resume", self.out), "recipe.json"),
            (("knn", "--data", EXCERPT), "--checkpoint"),
            (("knn", "--random", "--data", EXCERPT, "--set", "knn.n=3"), "knn.k"),
            (("knn", "--random", "--data", EXCERPT, "--labels", "100000"), "100000"),
            (("knn", "--checkpoint", self.out / "nowhere", "--set", "encoder.depth=18"), "its own encoder"),
            (("embed", "--random", "--set", "knn.k=3"), "knn.k=3"),
            (("knn", "--random", "--pixels"), "--pixels"),
            (("knn", "--embeddings", self.out, "--random"), "--embeddings"),
            (("knn", "--random", "--init", __file__, "--data", EXCERPT), "either --checkpoint"),
            (("pretrain", *SMALL, *a, "--init", self.out / "nowhere"), "nowhere"),
            (("export", "--out", self.out / "w"), "--checkpoint"),
            (("probe", "--checkpoint", self.out), "recipe.json"),
            (("pack", "--out", self.out / "a"), "--data"),
            (("pack", "--data", self.out / "nowhere", "--out", self.out / "a"), "nowhere"),
            (("pack", "--data", self.out, "--out", self.out / "a", "--channels", "2"), "--channels"),
        ]:
            with self.subTest(arguments=arguments):
                result = run(*arguments)
                self.assertEqual(result.returncode, 2, result.stderr)
                self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
                self.assertIn(named, result.stderr)
                self.assertFalse((self.out / "a").exists())

    def test_help_is_on_stdout_with_status_0(self):
        for command in ["pretrain", "probe", "knn", "embed", "export", "pack", "views", "report", "demo"]:
            result = run(command, "--help")
            self.assertEqual((result.returncode, result.stderr), (0, ""))
            self.assertIn("--checkpoint" if command == "export" else "--data", result.stdout)

    def test_exported_weights_evaluate_and_begin_as_those_of_the_checkpoint(self):
        self.pretrain("run", "--steps", "3")
        file, data = self.out / "weights.safetensors", ["--data", EXCERPT, "--threads", "2"]
        result = run("export", "--checkpoint", self.out / "run", "--prefix", "model.", "--out", file)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("the encoder after step 3", result.stdout)
        weights = ["--init", file, "--prefix", "model."]
        accuracy = {}
        for name, arguments in {"checkpoint": ["--checkpoint", self.out / "run"],
                                "file": [*weights, "--encoder", "resnet8x0.25"],
                                "random": ["--random", "--encoder", "resnet8x0.25", "--seed", "5"]}.items():
            folder = self.out / name
            result = run("embed", *arguments, *data, "--out", folder)
            self.assertEqual(result.returncode, 0, result.stderr)
            accuracy[name] = (folder / "test.npy").read_bytes()
        self.assertEqual(accuracy["file"], accuracy["checkpoint"])
        result = run("export", "--checkpoint", self.out / "run", "--out", self.out / "weights.npz")
        self.assertEqual(result.returncode, 0, result.stderr)
        result = run("embed", "--init", self.out / "weights.npz", "--encoder", "resnet8x0.25", *data, "--out", self.out / "npz")
        self.assertEqual((self.out / "npz" / "test.npy").read_bytes(), accuracy["checkpoint"])
        self.assertNotEqual(accuracy["random"], accuracy["checkpoint"])
        result = run("embed", *weights, "--encoder", "resnet8x0.25", "--set", "encoder.stem=imagenet", *data, "--out", self.out / "no")
        self.assertIn("conv1.weight' (4, 1, 3, 3) for (4, 1, 7, 7)", result.stderr)
        result = run("pretrain", *SMALL, "--steps", "1", "--out", self.out / "next", *weights)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertRegex(result.stderr, r"weights.safetensors: taken \d+, missing 0, left over 0\n")

    def test_weights_that_do_not_fit_give_one_line_with_both_shapes_and_begin_nothing(self):
        self.pretrain("run", "--steps", "1")
        file = self.out / "weights.safetensors"
        run("export", "--checkpoint", self.out / "run", "--out", file)
        for arguments, status, named in [
            (["--encoder", "resnet8x0.5", "--init", file], 2, "'conv1.weight' (4, 1, 3, 3) for (8, 1, 3, 3)"),
            (["--init", file, "--prefix", "module."], 2, "none of"),
            (["--init", self.out / "run" / "recipe.json"], 1, "no safetensors"),
        ]:
            with self.subTest(named=named):
                result = run("pretrain", *SMALL, "--steps", "1", "--out", self.out / "a", *arguments)
                self.assertEqual((result.returncode, result.stderr.count("\n")), (status, 1), result.stderr)
                self.assertIn(named, result.stderr)
                self.assertFalse((self.out / "a").exists())

    def test_the_name_of_a_number_may_have_method_in_front(self):
        short = self.pretrain("short", "--steps", "2", "--set", "loss.temperature=0.2")
        long = self.pretrain("long", "--steps", "2", "--set", "method.loss.temperature=0.2")
        self.assertEqual(short, long)
        self.assertEqual(json.loads((self.out / "short" / "recipe.json").read_text())["recipe.method.loss.temperature"],
                         0.2)

    def test_a_stopped_training_goes_on_with_the_same_bits_and_one_log(self):
        whole = self.pretrain("whole", "--steps", "60", "--threads", "1")
        out, command = self.stopped(8, "--steps", "60")
        self.assertEqual(command[1:4], ["pretrain", "--resume", str(out)])
        self.go_on(command)
        self.assertEqual((out / "checkpoint.selfsame").read_bytes(), whole)
        steps = [int(line.split(",")[0]) for line in (out / "log.csv").read_text().splitlines()[1:]]
        self.assertEqual(steps, list(range(1, 61)))
        lines = [json.loads(line) for line in (out / "log.jsonl").read_text().splitlines()]
        self.assertEqual([line["step"] for line in lines], steps)
        self.assertEqual(set(lines[0]), {"step", "epoch", "loss", "rate", "images_per_second", "seconds"})

    def test_every_method_trains_with_the_same_bits_on_any_threads_and_is_evaluated_and_shown(self):
        small = {"supervised": [], "moco": ["memory.capacity=100", "batch_norm_group=16"], "byol": ["predictor.hidden=16"],
                 "swav": ["prototypes.count=20", "prototypes.frozen_steps=2"]}
        for method, numbers in small.items():
            with self.subTest(method):
                own = ["--method", method, "--steps", "6", *(a for n in numbers for a in ("--set", n))]
                whole = self.pretrain(method, *own)
                self.assertEqual(self.pretrain(method + "1", *own, "--threads", "1"), whole)
                folder = self.out / method
                judged = run("knn", "--checkpoint", folder, "--labels", "10", "--set", "knn.k=5")
                self.assertIn("step 6", judged.stdout, judged.stderr)
                shown = run("report", folder)
                self.assertEqual(shown.returncode, 0, shown.stderr)
                title = {"moco": "MoCo", "byol": "BYOL", "swav": "SwAV", "supervised": "Supervised training"}[method]
                self.assertIn(title, (folder / "report.html").read_text())
                sheet = run("views", "--checkpoint", folder, "--out", self.out / (method + "-views"))
                self.assertEqual(sheet.returncode, 0, sheet.stderr)
                exported = run("export", "--checkpoint", folder, "--out", self.out / (method + ".safetensors"))
                self.assertIn("step 6", exported.stdout, exported.stderr)

    def test_a_stopped_training_of_swav_with_frozen_prototypes_goes_on_with_the_same_bits(self):
        own = ["--method", "swav", "--steps", "30", "--set", "prototypes.count=20", "--set", "prototypes.frozen_steps=8"]
        whole = self.pretrain("whole", *own)
        out, command = self.stopped(5, *own)
        self.go_on(command)
        self.assertEqual((out / "checkpoint.selfsame").read_bytes(), whole)

    def test_a_killed_training_goes_on_with_the_same_bits(self):
        whole = self.pretrain("whole", "--steps", "60", "--set", "optimizer.learning_rate.curve=constant")
        out = self.out / "killed"
        process = subprocess.Popen([PROGRAM, "pretrain", *map(str, SMALL), "--steps", "60", "--out", str(out), "--set",
                                    "optimizer.learning_rate.curve=constant", "--checkpoint-steps", "4"],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        log = out / "log.csv"
        while process.poll() is None and (not log.exists() or log.read_text().count("\n") < 11):
            time.sleep(0.002)
        process.kill()
        process.wait()
        result = run("pretrain", "--resume", out)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual((out / "checkpoint.selfsame").read_bytes(), whole)
        steps = [int(line.split(",")[0]) for line in (out / "log.csv").read_text().splitlines()[1:]]
        self.assertEqual(steps[-1], 60)
        self.assertEqual(len(steps), len(set(steps)))

    def test_another_recipe_and_a_finished_folder_are_refused(self):
        self.pretrain("run", "--steps", "2")
        result = run("pretrain", "--resume", self.out / "run", "--set", "loss.temperature=0.3")
        self.assertEqual(result.returncode, 1)
        self.assertIn("another recipe", result.stderr.splitlines()[-1])
        result = run("pretrain", *SMALL, "--steps", "2", "--out", self.out / "run")
        self.assertEqual(result.returncode, 2)
        self.assertIn("--resume", result.stderr)

    def test_a_damaged_checkpoint_gives_one_line_and_status_1(self):
        self.pretrain("run", "--steps", "2")
        file = self.out / "run" / "checkpoint.selfsame"
        file.write_bytes(file.read_bytes()[:-100])
        result = run("knn", "--checkpoint", self.out / "run")
        self.assertEqual((result.returncode, result.stderr.count("\n")), (1, 1), result.stderr)
        self.assertIn("checkpoint.selfsame", result.stderr)

    def test_a_pretraining_is_evaluated_the_same_with_any_number_of_threads(self):
        self.pretrain("run", "--steps", "3")
        for command in [("knn", "--labels", "10"), ("probe", "--labels", "10", "--set", "probe.l2=1")]:
            said = [run(*command, "--checkpoint", self.out / "run", "--threads", n) for n in (1, 3)]
            self.assertEqual(said[0].returncode, 0, said[0].stderr)
            self.assertEqual(said[0].stdout, said[1].stdout)
            self.assertRegex(said[0].stdout, r"accuracy 0\.\d+, 95 % interval 0\.\d+ to 0\.\d+")

    def test_training_with_few_labels_sees_those_of_its_seed_alone_and_goes_on_with_them(self):
        own = ["--method", "supervised", "--labels", "20", "--steps", "30"]
        whole = self.pretrain("whole", *own, "--seed", "3")
        self.assertNotEqual(self.pretrain("others", *own, "--seed", "4"), whole)
        recipe = json.loads((self.out / "whole" / "recipe.json").read_text())
        self.assertEqual((recipe["labels"], recipe["setup.samples"]), (20, 200))
        out, command = self.stopped(5, *own, "--seed", "3")
        self.go_on(command)
        self.assertEqual((out / "checkpoint.selfsame").read_bytes(), whole)

    def test_embeddings_are_judged_as_the_checkpoint_they_are_of_and_those_of_other_programs_as_rows_that_numpy_writes(self):
        self.pretrain("run", "--steps", "3")
        run("embed", "--checkpoint", self.out / "run", "--out", self.out / "e")
        for command in [("knn", "--labels", "10", "--seed", "2"), ("probe",)]:
            said = [run(*command, *source) for source in
                    (("--checkpoint", self.out / "run"), ("--embeddings", self.out / "e"))]
            self.assertEqual(said[1].returncode, 0, said[1].stderr)
            self.assertEqual(*(re.sub(r"\(.*", "", s.stdout) for s in said))

        def write(name, kind, shape, data):
            header = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
            (self.out / "e" / name).write_bytes(b"\x93NUMPY\x01\x00\x76\x00" + header.encode() + data)
        for part in ("train", "test"):  # three classes, a corner each
            write(f"{part}.npy", "|u1", (6, 2), bytes([0, 1, 9, 0, 9, 9] * 2))
            write(f"{part}_labels.npy", "|u1", (6,), bytes([0, 1, 2] * 2))
        perfect = run("knn", "--embeddings", self.out / "e", "--set", "knn.k=1")
        self.assertIn("accuracy 1.0000", perfect.stdout, perfect.stderr)
        write("train_labels.npy", "|u1", (5,), bytes(5))
        refused = run("knn", "--embeddings", self.out / "e")
        self.assertEqual((refused.returncode, refused.stderr.count("\n")), (1, 1), refused.stderr)
        self.assertIn("train.npy is (6, 2), its labels are (5)", refused.stderr)

    def test_raw_pixels_are_a_representation_too(self):
        result = run("embed", "--pixels", "--data", EXCERPT, "--out", self.out / "e")
        self.assertIn("(2000, 784)", result.stdout, result.stderr)
        said = [run("probe", *source, "--labels", "10") for source in
                (("--pixels", "--data", EXCERPT), ("--embeddings", self.out / "e"))]
        self.assertEqual(*(s.stdout[:s.stdout.index("(")] for s in said))
        self.assertIn("raw pixels", said[0].stdout)

    def test_image_files_are_packed_trained_on_and_evaluated(self):
        files = {"train/b": ["rgb.jpg", "grey8.png", "rgba.png"], "train/a": ["cmyk.jpg", "palette.png"],
                 "test/a": ["progressive.jpg"], "test/b": ["rgb16.png"]}
        for folder, names in files.items():
            (self.out / "in" / folder).mkdir(parents=True)
            for name in names:
                shutil.copy(IMAGES / name, self.out / "in" / folder)
        pack = ["pack", "--data", self.out / "in", "--size", "16", "--threads", "2", "--out"]
        result = run(*pack, self.out / "packed", "--unlabelled", IMAGES)
        self.assertEqual(result.returncode, 0, result.stderr)
        every = len([f for f in IMAGES.iterdir() if f.suffix in {".png", ".jpg"}])
        self.assertIn(f"train/images.npy: {5 + every} images of 16 x 16 x 3, 2 classes, 0 skipped", result.stdout)
        self.assertEqual((self.out / "packed" / "test" / "names.txt").read_text(), "a\nb\n")
        data = ["--data", self.out / "packed", "--encoder", "resnet8x0.25", "--threads", "2"]
        result = run("pretrain", *data, "--batch", "8", "--steps", "2", "--out", self.out / "run")
        self.assertEqual(result.returncode, 0, result.stderr)
        result = run("knn", "--checkpoint", self.out / "run", "--set", "knn.k=1")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("2 test images, 5 labels", result.stdout)
        result = run("embed", "--checkpoint", self.out / "run", "--out", self.out / "e")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn(f"({5 + every}, ", result.stdout)

        damaged = self.out / "in" / "train" / "b" / "cut.png"
        damaged.write_bytes((IMAGES / "rgb8.png").read_bytes()[:200])
        result = run(*pack, self.out / "again")
        self.assertEqual((result.returncode, result.stderr.count("\n")), (1, 1), result.stderr)
        self.assertIn("cut.png', byte", result.stderr)
        result = run(*pack, self.out / "again", "--skip")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("5 images of 16 x 16 x 3, 2 classes, 1 skipped", result.stdout)
        self.assertIn("cut.png', byte", result.stderr)

    def test_embeddings_and_views_are_written(self):
        self.pretrain("run", "--steps", "1")
        result = run("embed", "--resume", self.out / "run", "--out", self.out / "e")
        self.assertEqual(result.returncode, 0, result.stderr)
        for name in ["train", "test", "train_labels", "test_labels"]:
            self.assertTrue((self.out / "e" / f"{name}.npy").read_bytes().startswith(b"\x93NUMPY"))
        result = run("views", "--data", EXCERPT, "--out", self.out / "v", "--rows", "3", "--views", "5")
        self.assertEqual(result.returncode, 0, result.stderr)
        picture = (self.out / "v" / "views.png").read_bytes()
        self.assertEqual(picture[:8], b"\x89PNG\r\n\x1a\n")
        self.assertEqual(picture[16:24], (6 * 28).to_bytes(4, "big") + (3 * 28).to_bytes(4, "big"))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
