"""Drawing inputs, taking gradients, and writing fixtures whose bytes never change."""
import json
import os
import struct

import safetensors.torch
import torch
from torch.nn import functional as F

HERE = os.path.dirname(os.path.abspath(__file__))


class Draw:
    """Seeded random float32 values, widened to float64: exactly what a float32 program will read from the file."""

    def __init__(self, seed):
        self.generator = torch.Generator().manual_seed(seed)

    def normal(self, *shape, scale=1.0, mean=0.0):
        return (torch.randn(shape, generator=self.generator) * scale + mean).double()

    def uniform(self, *shape, low=-1.0, high=1.0):
        return (torch.rand(shape, generator=self.generator) * (high - low) + low).double()

    def images(self, count, size=32):
        """Smooth images in [-1, 1] that differ from each other and touch both ends of the range."""
        coarse = torch.randn((count, 3, 4, 4), generator=self.generator) * 0.7
        fine = torch.randn((count, 3, size, size), generator=self.generator) * 0.15
        return (F.interpolate(coarse, size=(size, size), mode="bilinear") + fine).clamp(-1, 1).double()

    def labels(self, count, classes):
        return torch.randint(0, classes, (count,), generator=self.generator)


def gradients(y, dy, **inputs):
    """The gradient of sum(y * dy) for each named input: {"dx": ..., "dw": ...}."""
    found = torch.autograd.grad((y * dy).sum(), list(inputs.values()))
    return {f"d{name}": value for name, value in zip(inputs, found)}


class Fixture:
    """Named tensors and settings. Names of tensors have parts joined by a slash: `case/x`."""

    def __init__(self):
        self.tensors = {}
        self.metadata = {"format": "pt", "made_by": f"make_fixtures.py, torch {torch.__version__.split('+')[0]}"}

    def add(self, case, settings=None, **tensors):
        """Adds the tensors of one case, and its settings as JSON in the metadata under the case's name."""
        self.add_all(case, tensors)
        if settings is not None:
            self.metadata[case] = canonical(settings)

    def add_all(self, group, tensors):
        for name, value in tensors.items():
            key = f"{group}/{name}"
            assert key not in self.tensors, key
            self.tensors[key] = stored(value)

    def save(self, name):
        path = os.path.join(HERE, name)
        with open(path, "wb") as file:
            file.write(sorted_header(safetensors.torch.save(self.tensors, self.metadata)))
        reread = safetensors.torch.load_file(path)
        assert all(torch.equal(reread[k], v) for k, v in self.tensors.items()) and len(reread) == len(self.tensors)
        print(f"{name}: {len(self.tensors)} tensors, {os.path.getsize(path):,} bytes")


def canonical(settings):
    return json.dumps(settings, sort_keys=True, separators=(", ", ": "))


def stored(value):
    """Results are rounded once, to float32; integers stay int64; float16 stays (images of whole numbers)."""
    value = value.detach().contiguous()
    keep = value.dtype in (torch.int64, torch.float16)
    value = value.clone() if keep else value.float().clone()
    assert keep or torch.isfinite(value).all()
    return value


def sorted_header(encoded):
    """The library writes the metadata in random order; here its keys are sorted, and the header padded again."""
    length, = struct.unpack("<Q", encoded[:8])
    header = json.loads(encoded[8:8 + length])
    header["__metadata__"] = dict(sorted(header["__metadata__"].items()))
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + encoded[8 + length:]
