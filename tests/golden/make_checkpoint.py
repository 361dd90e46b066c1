"""A checkpoint of version 2, written as the comment of train/checkpoint.hpp says and by no code of the library.

packages: none; no seed: every number is 3
command: python tests/golden/make_checkpoint.py
"""
import struct
from pathlib import Path

MASK = 2**64 - 1
RECIPE = b'{"loss": {"temperature": 0.1}, "batch": 256}'


def crc32c(data: bytes) -> int:
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def mix(hash_: int, word: int) -> int:
    hash_ ^= (word + 0x9E3779B97F4A7C15 + (hash_ << 6) + (hash_ >> 2)) & MASK
    hash_ = (hash_ ^ hash_ >> 30) * 0xBF58476D1CE4E5B9 & MASK
    hash_ = (hash_ ^ hash_ >> 27) * 0x94D049BB133111EB & MASK
    return hash_ ^ hash_ >> 31


def hash_of(text: bytes) -> int:
    hash_ = 0
    for byte in text:
        hash_ = mix(hash_, byte)
    return mix(hash_, len(text))


class File:
    def __init__(self):
        self.all, self.summed = b"", b""

    def add(self, data: bytes):
        self.all += data
        self.summed += data

    def text(self, data: bytes):
        self.add(struct.pack("<q", len(data)) + data)

    def check(self):
        self.all += struct.pack("<I", crc32c(self.summed))

    def entry(self, name: bytes, number: int, segments, data: bytes, count: int):
        self.text(name)
        self.add(struct.pack("<iiqq", number, 1, count, len(segments)))
        for segment, kind, extents, offset in segments:
            self.text(segment)
            self.add(struct.pack(f"<ii{len(extents)}qq", kind, len(extents), *extents, offset))
        self.add(data)
        self.check()


file = File()
file.add(b"selfsame" + struct.pack("<I", 2))
file.text(RECIPE)
file.add(struct.pack("<QqqqqQ", hash_of(RECIPE), 70, 100, 7, 10, 4))
file.check()
weights = struct.pack("<15f4x3f52x", *[3.0] * 18)  # each segment begins on 64 bytes
file.entry(b"online", 0, [(b"encoder.weight", 0, (3, 5), 0), (b"encoder.bias", 1, (3,), 16)], weights, 32)
file.entry(b"sampler.position", 2, [], struct.pack("<2q", 3, 3), 2)
file.entry(b"mask", 3, [], bytes([3, 3, 3]), 3)
file.entry(b"empty", 2, [], b"", 0)
path = Path(__file__).resolve().parent / "train" / "checkpoint_v2.selfsame"
path.write_bytes(file.all)
