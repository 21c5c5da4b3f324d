"""Images of 64 and 128 pixels in small files: inputs as products of a column and a row, results as every fifth pixel.

Five is odd: the pixels kept meet every place of the windows that networks halve and double images by.
"""
import torch

STEP = 5
INPUTS, RESULTS = ("x", "dy"), ("y", "dx")


def products(draw, count, size):
    """Images (N, 3, size, size) in [-1, 1], exact in float32: a column times a row, both starting with 1."""
    column, row = ((draw.uniform(count, 3, size) * 128).round() / 128 for _ in range(2))
    column[..., 0] = row[..., 0] = 1
    return column[..., :, None] * row[..., None, :]


def compacted(tensors):
    """The tensors of a group: `x` as `x_column` and `x_row`, `y` as `y_thinned`; the others as they are."""
    kept = {}
    for name, value in tensors.items():
        if name in INPUTS:
            column, row = value[..., :, 0], value[..., 0, :]
            assert torch.equal(column[..., :, None] * row[..., None, :], value), name
            kept |= {f"{name}_column": column, f"{name}_row": row}
        elif name in RESULTS:
            kept[f"{name}_thinned"] = value[..., ::STEP, ::STEP]
        else:
            kept[name] = value
    return kept
