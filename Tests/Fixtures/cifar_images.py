"""CIFAR-10 images from an archive of JPEG files: `train/airplane/0000.jpg`, `test/truck/0499.jpg`, ..."""
import io
import tarfile

import numpy
import torch
from PIL import Image

CLASSES = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]


def read(archive, split):
    """Images (N, 3, 32, 32) as whole numbers 0 to 255 and labels (N), by class, then by name."""
    found = []
    with tarfile.open(archive) as tar:
        for member in tar:
            part, _, rest = member.name.partition("/")
            if part == split and member.isfile():
                image = Image.open(io.BytesIO(tar.extractfile(member).read())).convert("RGB")
                name = rest.split("/")
                found.append((CLASSES.index(name[0]), name[1], numpy.asarray(image)))
    found.sort(key=lambda entry: entry[:2])
    images = numpy.stack([image for _, _, image in found])
    return torch.from_numpy(images).permute(0, 3, 1, 2).contiguous(), torch.tensor([label for label, _, _ in found])


def scaled(images):
    """0 to 255 -> float32 in [-1, 1]."""
    return images.float() / 127.5 - 1
