#!/usr/bin/env python3
"""Writes examples/data/fashion-mnist-excerpt: the first images of each class of Fashion-MNIST, in their order.

200 a class to train and 100 a class to test, in the files and the format of the whole. The bytes are the same
whenever it runs: gzip's time stamp is 0.

    tools/make_excerpt.py [FOLDER of the whole; default: that of Debian's package dataset-fashion-mnist]
"""
import gzip
import struct
import sys
from pathlib import Path

PACKAGE = Path("/usr/share/datasets/fashion-mnist")
OUT = Path(__file__).resolve().parents[1] / "examples" / "data" / "fashion-mnist-excerpt"
PER_CLASS = {"train": 200, "t10k": 100}
CLASSES = 10
PIXELS = 28 * 28
NOTE = """A part of Fashion-MNIST: the first 200 training and the first 100 test images of each class, in their order.
Made by tools/make_excerpt.py from Debian's package dataset-fashion-mnist; format as there.

Xiao, Rasul, Vollgraf: Fashion-MNIST: a novel image dataset for benchmarking machine learning algorithms,
arXiv:1708.07747, 2017. https://github.com/zalandoresearch/fashion-mnist

"""
LICENCE = """The MIT License (MIT)

Copyright (c) 2017 Zalando SE, https://tech.zalando.com

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""


def write(name: str, content: bytes) -> None:
    with open(OUT / name, "wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
        packed.write(content)


def excerpt(source: Path, part: str) -> None:
    images = gzip.decompress((source / f"{part}-images-idx3-ubyte.gz").read_bytes())
    labels = gzip.decompress((source / f"{part}-labels-idx1-ubyte.gz").read_bytes())[8:]
    per_class = PER_CLASS[part]
    taken = sorted(i for c in range(CLASSES) for i in [i for i, label in enumerate(labels) if label == c][:per_class])
    pixels = b"".join(images[16 + i * PIXELS:16 + (i + 1) * PIXELS] for i in taken)
    write(f"{part}-images-idx3-ubyte.gz", struct.pack(">IIII", 0x803, len(taken), 28, 28) + pixels)
    write(f"{part}-labels-idx1-ubyte.gz", struct.pack(">II", 0x801, len(taken)) + bytes(labels[i] for i in taken))


def main() -> None:
    source = Path(sys.argv[1]) if len(sys.argv) > 1 else PACKAGE
    OUT.mkdir(parents=True, exist_ok=True)
    for part in PER_CLASS:
        excerpt(source, part)
    (OUT / "LICENSE").write_text(NOTE + LICENCE)


if __name__ == "__main__":
    main()
