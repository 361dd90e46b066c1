"""Small PNG and JPEG files of every kind that readers must know, and the bytes that Pillow and NumPy see in them.

packages: Pillow (decoding, JPEG, fitting), pypng (16 bits, interlacing, palettes); no seed
command: python tests/golden/make_image_files.py
"""
import math

import numpy
import PIL
import PIL.Image
import PIL.ImageOps
import png

import golden_file

FOLDER = golden_file.HERE / "image_files"
VERSIONS = f"Pillow {PIL.__version__}, pypng {png.__version__}; no seed"
HEIGHT, WIDTH = 11, 13
expected: dict[str, numpy.ndarray] = {}


def wave(channels: int, most: int, frequency: float = 1) -> numpy.ndarray:
    """Integers in [0, most], different in each row, column and channel."""
    y, x, c = numpy.mgrid[0:HEIGHT, 0:WIDTH, 0:channels]
    return numpy.rint((1 + numpy.sin(1 + frequency * (0.5 * y + 0.3 * x) + 2 * c)) / 2 * most).astype(int)


def keep(name: str, pixels: numpy.ndarray) -> None:
    """pixels: (H, W) or (H, W, C) of 8 bits; names of arrays have no dot."""
    expected[name.replace(".", "_")] = pixels.reshape(pixels.shape[0], -1)


def write_png(name: str, pixels: numpy.ndarray, **options) -> None:
    writer = png.Writer(WIDTH, HEIGHT, **options)
    with open(FOLDER / name, "wb") as file:
        writer.write(file, pixels.reshape(HEIGHT, -1).tolist())


def over(colours: numpy.ndarray, alpha: numpy.ndarray, background: int) -> numpy.ndarray:
    return (colours * alpha + background * (255 - alpha) + 127) // 255


FOLDER.mkdir(exist_ok=True)
for bits in (1, 2, 4, 8, 16):
    most = 2**bits - 1
    grey = wave(1, most)
    write_png(f"grey{bits}.png", grey, greyscale=True, bitdepth=bits)
    keep(f"grey{bits}.png", numpy.rint(grey * 255 / most).astype(int))
write_png("rgb8.png", wave(3, 255), greyscale=False)
keep("rgb8.png", wave(3, 255))
write_png("rgb16.png", wave(3, 65535), greyscale=False, bitdepth=16)
keep("rgb16.png", numpy.rint(wave(3, 65535) / 257).astype(int))
write_png("interlaced.png", wave(3, 255), greyscale=False, interlace=True)
keep("interlaced.png", wave(3, 255))
rgba = wave(4, 255)
write_png("rgba.png", rgba, greyscale=False, alpha=True)
for background in (255, 0, 100):
    keep(f"rgba{background}.png", over(rgba[..., :3], rgba[..., 3:], background))
la = wave(2, 255)
write_png("grey_alpha.png", la, greyscale=True, alpha=True)
keep("grey_alpha.png", over(la[..., :1], la[..., 1:], 255))
palette = [(0, 10, 200), (255, 0, 0), (40, 50, 60), (9, 250, 1), (77, 77, 0)]
places = wave(1, 4)
write_png("palette.png", places, palette=palette)
keep("palette.png", numpy.array(palette)[places[..., 0]])
clear = [c + (a,) for c, a in zip(palette, (255, 0, 128, 255, 3))]
write_png("palette_alpha.png", places, palette=clear)
keep("palette_alpha.png", over(numpy.array(clear)[..., :3], numpy.array(clear)[..., 3:], 255)[places[..., 0]])

smooth = PIL.Image.fromarray(wave(3, 255, 0.5).astype(numpy.uint8))
for name, image, options in [
        ("rgb.jpg", smooth, {"quality": 90}), ("rgb444.jpg", smooth, {"quality": 95, "subsampling": 0}),
        ("progressive.jpg", smooth, {"progressive": True}), ("grey.jpg", smooth.convert("L"), {}),
        ("cmyk.jpg", smooth.convert("CMYK"), {"quality": 95})]:
    image.save(FOLDER / name, **options)
    seen = PIL.Image.open(FOLDER / name)
    keep(name, numpy.asarray(seen if seen.mode == "L" else seen.convert("RGB")).astype(int))
keep("luma", numpy.asarray(smooth.convert("L")).astype(int))
keep("luma_of", numpy.asarray(smooth).astype(int))
for orientation in range(1, 9):
    exif = PIL.Image.Exif()
    exif[274] = orientation
    for name in (f"orientation{orientation}.jpg", f"orientation{orientation}.png"):
        smooth.save(FOLDER / name, exif=exif)
        keep(name, numpy.asarray(PIL.ImageOps.exif_transpose(PIL.Image.open(FOLDER / name))).astype(int))

golden_file.write("image_files/pixels.txt", [f"bytes that an upright 8-bit image must have, a row of H numbers each; {VERSIONS}"],
                  expected)


def fitted(height: int, width: int) -> numpy.ndarray:
    """In floats: Pillow's bytes are rounded between its two passes."""
    planes = [PIL.Image.fromarray(((1 + numpy.sin(1 + 2.0 * y + 3.0 * x + 5 * c)) / 2).astype(numpy.float32), "F")
              for c in range(3)]
    return numpy.stack([numpy.asarray(PIL.ImageOps.fit(p, (width, height), PIL.Image.Resampling.BILINEAR))
                        for p in planes], axis=-1).reshape(-1, 3)


y, x = numpy.mgrid[0:HEIGHT, 0:WIDTH]
golden_file.write("image/fit.txt", [f"ImageOps.fit of 11 x 13 floats, bilinear; {VERSIONS}"], {
    "same": fitted(11, 13), "smaller": fitted(4, 5), "square": fitted(5, 5), "tall": fitted(9, 2), "larger": fitted(20, 31),
    "one": fitted(1, 1)})
assert math.isclose(fitted(11, 13)[0, 0], (1 + math.sin(1)) / 2, rel_tol=1e-6)
