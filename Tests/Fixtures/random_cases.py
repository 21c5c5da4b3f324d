"""random.json: known answers of Philox4x32-10 (Salmon et al., 2011), whose words are 32 bits and listed lowest first."""
import json
import os

import numpy

from fixture_file import HERE

MULTIPLIERS = numpy.array([0xD2511F53, 0xCD9E8D57], dtype=numpy.uint64)
KEY_STEPS = numpy.array([0x9E3779B9, 0xBB67AE85], dtype=numpy.uint64)
LOW, ROUNDS = numpy.uint64(0xFFFFFFFF), 10
PUBLISHED = [  # the Random123 library's own known answers
    ("00000000 00000000 00000000 00000000", "00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"),
]


def philox(counter, key):
    """Four words of counter and two of key -> four random words."""
    c, k = numpy.array(counter, dtype=numpy.uint64), numpy.array(key, dtype=numpy.uint64)
    for _ in range(ROUNDS):
        product = c[[0, 2]] * MULTIPLIERS  # 64 bits each
        high, low = product >> numpy.uint64(32), product & LOW
        c = numpy.array([high[1] ^ c[1] ^ k[0], low[1], high[0] ^ c[3] ^ k[1], low[0]])
        k = (k + KEY_STEPS) & LOW
    return [int(word) for word in c]


def words(text):
    return [int(word, 16) for word in text.split()]


def more_inputs():
    """Neighbouring counters (with a carry between words), single bits, and a few arbitrary values."""
    for low in range(8):
        yield [low, 0, 0, 0], [42, 0]
    yield from (([0xFFFFFFFF, 0, 0, 0], [42, 0]), ([0, 1, 0, 0], [42, 0]), ([0xFFFFFFFF, 0xFFFFFFFF, 0, 0], [42, 0]), ([0, 0, 1, 0], [42, 0]))
    for place in range(6):
        bits = [0] * 6
        bits[place] = 0x80000000
        yield bits[:4], bits[4:]
    draw = numpy.random.default_rng(1)
    for _ in range(8):
        arbitrary = [int(word) for word in draw.integers(0, 2**32, 6)]
        yield arbitrary[:4], arbitrary[4:]


def make():
    for counter, key, output in PUBLISHED:
        assert philox(words(counter), words(key)) == words(output)
    inputs = [(words(counter), words(key)) for counter, key, _ in PUBLISHED] + list(more_inputs())
    vectors = [json.dumps({"counter": c, "key": k, "output": philox(c, k)}) for c, k in inputs]
    with open(os.path.join(HERE, "random.json"), "w") as file:
        file.write('{"algorithm": "Philox4x32-10", "vectors": [\n  ' + ",\n  ".join(vectors) + "\n]}\n")
    print(f"random.json: {len(vectors)} vectors")
