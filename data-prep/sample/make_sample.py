#!/usr/bin/env python3
"""Make cifar10-sample.tar.xz, the small image set bundled with the project.

usage: make_sample.py SOURCE.tar.xz [TARGET.tar.xz]

SOURCE holds CIFAR-10 as JPEG files named train/CLASS/0000.jpg and test/CLASS/0000.jpg.
The first 600 training and 200 test images of every class, in order of their names, are copied byte
for byte and numbered from 0000; where the result would exceed 3 MB, both numbers shrink by 100 a class
until it fits. Member order, times, owners and compression are fixed: the same source and the same
liblzma give the same bytes.
"""
import io
import lzma
import os
import sys
import tarfile

CLASSES = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
LIMIT = 3_000_000  # bytes


def images(source, counts):
    """New member name -> JPEG bytes, for the first counts[split] images of each class in order of their names."""
    with tarfile.open(source, "r:xz") as tar:
        everything = {member.name: tar.extractfile(member).read() for member in tar if member.isfile()}
    found = {}
    for split, count in counts.items():
        for name in CLASSES:
            folder = f"{split}/{name}/"
            members = sorted(member for member in everything if member.startswith(folder))
            if len(members) < count:
                sys.exit(f"{source}: {folder} holds {len(members)} images, {count} are needed")
            for index, member in enumerate(members[:count]):
                found[f"{folder}{index:04d}.jpg"] = everything[member]
    return found


def packed(found):
    """A ustar of the images in order of their names, compressed with xz."""
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name in sorted(found):
            member = tarfile.TarInfo(name)  # time, user and group 0, owners empty
            member.size, member.mode = len(found[name]), 0o444
            tar.addfile(member, io.BytesIO(found[name]))
    return lzma.compress(plain.getvalue(), preset=9 | lzma.PRESET_EXTREME)


def main(source, target):
    counts = {"train": 600, "test": 200}
    found = images(source, counts)
    archive = packed(found)
    while len(archive) > LIMIT and counts["test"] > 100:
        counts = {split: count - 100 for split, count in counts.items()}
        found = {name: jpeg for name, jpeg in found.items() if int(name[-8:-4]) < counts[name.split("/")[0]]}
        archive = packed(found)
    with open(target + ".tmp", "wb") as file:
        file.write(archive)
    os.replace(target + ".tmp", target)
    print(f"{target}: {10 * counts['train']} training and {10 * counts['test']} test images, {len(archive)} bytes")


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    here = os.path.dirname(os.path.abspath(__file__))
    main(sys.argv[1], sys.argv[2] if len(sys.argv) == 3 else os.path.join(here, "cifar10-sample.tar.xz"))
