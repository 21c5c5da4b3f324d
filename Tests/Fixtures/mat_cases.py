"""Classes as ImageNet's development kit lists them, written by SciPy: `synsets.mat`, and packed by zlib `synsets_packed.mat`."""
import io
import os

import numpy
from fixture_file import HERE
from scipy.io import savemat

FIELDS = ["ILSVRC2012_ID", "WNID", "words", "gloss", "num_children", "children", "inks", "weight"]
SYNSETS = [  # the last fields only show what else may stand in a structure
    (1, "n02119789", "kit fox, Vulpes macrotis", "small grey fox", 0, numpy.zeros((0, 0)), numpy.array(["a", 7], object), 0.5),
    (2, "n02100735", "English setter", "", 0, numpy.zeros((0, 0)), 1 + 2j, numpy.float32(-1.25)),
    (1860, "n04409384", "téléphérique 🚠", "two\nlines", 3, numpy.array([[7, 8, -300]], numpy.int16), numpy.array(["ab", "cd"]),
     numpy.int64(-(2**40))),
]


def make():
    synsets = numpy.array(SYNSETS, [(name, object) for name in FIELDS]).reshape(-1, 1)
    for name, packed in (("synsets.mat", False), ("synsets_packed.mat", True)):
        file = io.BytesIO()
        savemat(file, {"earlier": numpy.arange(4.0), "synsets": synsets}, do_compression=packed)
        written = bytearray(file.getvalue())
        written[:116] = b"MATLAB 5.0 MAT-file, written by make_fixtures.py with SciPy".ljust(116)  # SciPy's words hold the date
        with open(os.path.join(HERE, name), "wb") as mat:
            mat.write(written)
