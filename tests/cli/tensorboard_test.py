#!/usr/bin/env python3
"""The event files of a training, read by TensorBoard: the numbers of its log, also of one that was killed and resumed.

usage: tensorboard_test.py PROGRAM EXCERPT
"""
import json
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

try:
    import numpy as np
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
except ImportError as absent:
    print(f"skipped: {absent}")
    sys.exit(77)

PROGRAM, EXCERPT = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
TRAINING = ["--data", EXCERPT, "--encoder", "resnet8x0.25", "--batch", "32", "--threads", "2", "--log-every", "1",
            "--steps", "60"]


class TensorBoard(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.run_folder = Path(folder.name) / "run"
        self.events = self.run_folder.glob("events.out.tfevents.*")

    def program(self, *arguments):
        done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, timeout=300, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)

    def check_against_the_log(self):
        read = EventAccumulator(str(self.run_folder), size_guidance={"scalars": 0}).Reload()
        log = [json.loads(line) for line in (self.run_folder / "log.jsonl").read_text().splitlines()]
        self.assertEqual([entry["step"] for entry in log], list(range(1, 61)))
        self.assertEqual(sorted(read.Tags()["scalars"]), ["images_per_second", "loss", "rate"])
        for tag in read.Tags()["scalars"]:
            self.assertEqual([(event.step, event.value) for event in read.Scalars(tag)],
                             [(entry["step"], float(np.float32(entry[tag]))) for entry in log])
        times = [event.wall_time for event in read.Scalars("loss")]
        self.assertEqual(times, sorted(times))
        self.assertLess(abs(times[-1] - time.time()), 300)

    def test_the_scalars_are_those_of_the_log(self):
        self.program("pretrain", *TRAINING, "--out", self.run_folder)
        self.assertEqual(len(list(self.events)), 1)
        self.check_against_the_log()

    def test_a_killed_and_resumed_training_has_each_step_once(self):
        process = subprocess.Popen([PROGRAM, "pretrain", *map(str, TRAINING), "--out", str(self.run_folder),
                                    "--checkpoint-steps", "7"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        log = self.run_folder / "log.csv"
        while process.poll() is None and (not log.exists() or log.read_text().count("\n") < 13):
            time.sleep(0.002)
        process.kill()
        process.wait()
        first = list(self.events)
        with open(first[0], "ab") as file:
            file.write(b"\x1a\0\0\0\0\0\0\0\x9b")  # as if a record had been torn
        self.program("pretrain", "--resume", self.run_folder, "--threads", "2", "--log-every", "1")
        self.assertEqual(len(list(self.run_folder.glob("events.out.tfevents.*"))), len(first) + 1)
        self.check_against_the_log()


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
