#!/usr/bin/env python3
"""Makes the golden fixtures beside this file.

usage: make_fixtures.py [layers | networks | cotrain | pgd | random]...     (default: all but pgd)

Needs: python3 -m pip install torch numpy pillow safetensors. Runs on one thread, and writes the same bytes each time
(with the same version of torch on the same kind of processor). `pgd` also needs the pictures: see pgd_cases.py.
"""
import importlib
import sys

import torch

PARTS = {"layers": "layer_cases", "networks": "network_cases"}


def main(names):
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    unknown = [name for name in names if name not in PARTS]
    if unknown:
        sys.exit(f"unknown part {unknown[0]}\n{__doc__}")
    for name in names or [part for part in PARTS if part != "pgd"]:
        importlib.import_module(PARTS[name]).make()


if __name__ == "__main__":
    main(sys.argv[1:])
