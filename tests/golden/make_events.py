"""Scalars as TensorBoard's own writer frames them, byte by byte.

packages: tensorboard 2.21; no seed: numbers are written out
command: python tests/golden/make_events.py
"""
from pathlib import Path

from tensorboard.compat.proto.event_pb2 import Event, SessionLog
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.record_writer import RecordWriter

events = [
    Event(wall_time=1700000000.25, file_version="brain.Event:2"),
    Event(wall_time=1700000000.5, step=41, session_log=SessionLog(status=SessionLog.START)),
    Event(wall_time=1700000001, step=41, summary=Summary(value=[Summary.Value(tag="loss", simple_value=0.1)])),
    Event(wall_time=1700000002, step=2**40, summary=Summary(value=[Summary.Value(tag="accuracy/züge", simple_value=-3e38)])),
]
with open(Path(__file__).resolve().parent / "io" / "scalars.tfevents", "wb") as file:
    writer = RecordWriter(file)
    for event in events:
        writer.write(event.SerializeToString(deterministic=True))
    writer.flush()
