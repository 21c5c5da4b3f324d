"""Images scaled by Pillow, bit for bit: `scaling.json`."""
import base64
import json
import os
import random

from fixture_file import HERE
from PIL import Image, __version__

SCALED = [  # image, box (x, y, width, height) or none, size
    ("noise", None, (16, 16)), ("noise", None, (7, 5)), ("noise", None, (1, 1)), ("noise", None, (61, 41)), ("noise", None, (53, 9)),
    ("noise", None, (20, 37)), ("noise", None, (90, 8)), ("noise", (5, 3, 40, 30), (16, 16)), ("noise", (52, 36, 1, 1), (3, 4)),
    ("noise", (0, 0, 9, 37), (32, 11)), ("noise", (11, 1, 31, 33), (31, 33)), ("noise", (20, 0, 33, 1), (8, 8)), ("noise", (7, 9, 17, 23), (18, 22)),
    ("extremes", None, (11, 9)), ("extremes", (3, 2, 29, 17), (64, 5)), ("extremes", (1, 1, 30, 20), (10, 10)),
    ("dot", None, (5, 3)), ("row", None, (8, 1)), ("row", None, (3, 3)), ("row", None, (100, 2)), ("column", None, (1, 64)), ("column", None, (4, 6)),
]
SQUARES = [("noise", 16), ("noise", 8), ("noise", 37), ("noise", 50), ("extremes", 9), ("extremes", 11), ("dot", 3), ("row", 3), ("column", 5), ("long", 4),
           ("long", 5), ("tall", 4), ("tall", 6)]


def images():
    draw = random.Random(1)
    return {name: Image.frombytes("RGB", size, bytes(draw.choice(values) for _ in range(size[0] * size[1] * 3))) for name, size, values in [
        ("noise", (53, 37), range(256)), ("extremes", (33, 23), (0, 255)), ("dot", (1, 1), range(256)), ("row", (40, 1), range(256)),
        ("column", (1, 29), range(256)), ("long", (23, 6), range(256)), ("tall", (7, 19), range(256))]}


def scaled(image, box, size):
    """Columns first, then rows, in two steps: in one, Pillow 13 takes the rows first where that is quicker, and rounds otherwise."""
    x, y, width, height = box or (0, 0, *image.size)
    narrow = image.resize((size[0], image.height), Image.Resampling.BILINEAR, (x, 0, x + width, image.height))
    return narrow.resize(size, Image.Resampling.BILINEAR, (0, y, size[0], y + height))


def square(image, side):
    """Resize(side), then CenterCrop(side), by torchvision's formulas for their sizes and offsets."""
    short = min(image.size)
    image = scaled(image, None, tuple(int(side * length / short) for length in image.size))
    x, y = (int(round((length - side) / 2.0)) for length in image.size)
    return image.crop((x, y, x + side, y + side))


def text(image):
    return base64.b64encode(image.tobytes()).decode()


def make():
    sources = images()
    document = {
        "made_by": f"make_fixtures.py, Pillow {__version__}",
        "images": {name: {"width": p.width, "height": p.height, "rgb": text(p)} for name, p in sources.items()},
        "scaled": [{"image": name, "box": box, "width": size[0], "height": size[1], "rgb": text(scaled(sources[name], box, size))}
                   for name, box, size in SCALED],
        "squares": [{"image": name, "side": side, "rgb": text(square(sources[name], side))} for name, side in SQUARES],
    }
    with open(os.path.join(HERE, "scaling.json"), "w") as file:
        json.dump(document, file, indent=1)
        file.write("\n")
