"""JPEG files of all kinds, and what Pillow makes of them: `jpegs.json`.

Most are written by TurboJPEG, because Pillow cannot write arithmetic coding, 4:4:0, 4:1:1 and YCCK. Its switches are environment variables.
"""
import base64
import ctypes
import io
import json
import os
from ctypes import POINTER, byref, c_char_p, c_int, c_ulong, c_void_p

import numpy
from fixture_file import HERE
from PIL import Image, __version__

WIDTH, HEIGHT = 43, 37
SAMPLINGS = {"4:4:4": 0, "4:2:2": 1, "4:2:0": 2, "grey": 3, "4:4:0": 4, "4:1:1": 5}
RGB, CMYK, ACCURATE = 0, 11, 4096


def turbojpeg():
    library = ctypes.CDLL("libturbojpeg.so.0")
    library.tjInitCompress.restype = c_void_p
    library.tjCompress2.argtypes = [c_void_p, c_char_p, *[c_int] * 4, POINTER(c_void_p), POINTER(c_ulong), *[c_int] * 3]
    library.tjDestroy.argtypes = library.tjFree.argtypes = [c_void_p]
    return library


def encoded(pixels, sampling, switch=None):
    library, buffer, size = turbojpeg(), c_void_p(), c_ulong()
    handle = library.tjInitCompress()
    if switch:
        os.environ[switch] = "1"
    code = library.tjCompress2(handle, pixels.tobytes(), WIDTH, 0, HEIGHT, CMYK if pixels.shape[2] == 4 else RGB, byref(buffer), byref(size),
                               SAMPLINGS[sampling], 85, ACCURATE)
    os.environ.pop(switch or "", None)
    assert code == 0
    jpeg = ctypes.string_at(buffer.value, size.value)
    library.tjFree(buffer)
    library.tjDestroy(handle)
    return jpeg


def by_pillow(pixels, mode):
    file = io.BytesIO()
    Image.fromarray(pixels, mode).save(file, "JPEG", quality=85)
    return file.getvalue()


def decoded(jpeg, part):
    """The pixels, of an image that is decoded at 1/part of its size; Pillow chooses the part from the size wanted."""
    image = Image.open(io.BytesIO(jpeg))
    if part > 1:
        image.draft(image.mode, (WIDTH // part, HEIGHT // part))
    assert image.size == (-(-WIDTH // part), -(-HEIGHT // part))
    return base64.b64encode(image.convert("RGB").tobytes()).decode()


def make():
    y, x = numpy.mgrid[:HEIGHT, :WIDTH]
    colours = numpy.stack([x * 5, y * 6, x * y, x + 3 * y], 2).astype(numpy.uint8)
    rgb = colours[..., :3].copy()
    jpegs = {sampling: encoded(rgb, sampling) for sampling in SAMPLINGS}
    jpegs |= {f"{name} {sampling}": encoded(rgb, sampling, switch) for name, switch, sampling in [
        ("progressive", "TJ_PROGRESSIVE", "4:2:0"), ("progressive", "TJ_PROGRESSIVE", "grey"), ("arithmetic", "TJ_ARITHMETIC", "4:2:2"),
        ("restarts", "TJ_RESTART", "4:2:0")]}
    jpegs |= {"YCCK 4:2:0": encoded(colours, "4:2:0"), "CMYK": by_pillow(colours, "CMYK")}
    document = {"made_by": f"make_fixtures.py, Pillow {__version__}", "width": WIDTH, "height": HEIGHT, "jpegs": [
        {"name": name, "jpeg": base64.b64encode(jpeg).decode(), "parts": {str(part): decoded(jpeg, part) for part in (1, 2, 4, 8)}}
        for name, jpeg in jpegs.items()]}
    with open(os.path.join(HERE, "jpegs.json"), "w") as file:
        json.dump(document, file, indent=1)
        file.write("\n")
