#!/usr/bin/env python3
"""Makes the golden fixtures beside this file.

usage: make_fixtures.py [--images ARCHIVE] [layers | networks | cotrain | random | scaling | fgsm | hinge | jpegs | mat | pgd-network | pgd]...

Without names: all but the two pgd parts. These need --images: an archive of CIFAR-10 as JPEG files
(train/airplane/0000.jpg, ...). pgd-network trains for some minutes; pgd attacks the network that lies here already.
Needs: python3 -m pip install torch numpy scipy pillow safetensors. Runs on one thread, and writes the same bytes each time
(with the same version of torch on the same kind of processor).
"""
import argparse
import importlib

import torch

PARTS = {"layers": "layer_cases", "networks": "network_cases", "cotrain": "cotrain_cases", "random": "random_cases",
         "scaling": "scaling_cases", "fgsm": "fgsm_cases", "hinge": "hinge_cases", "jpegs": "jpeg_cases", "mat": "mat_cases"}
IMAGE_PARTS = {"pgd-network": "pgd_network", "pgd": "pgd_cases"}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", metavar="ARCHIVE")
    parser.add_argument("parts", nargs="*", metavar="PART")
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    for part in options.parts or PARTS:
        if part in PARTS:
            importlib.import_module(PARTS[part]).make()
        elif part not in IMAGE_PARTS:
            parser.error(f"unknown part '{part}': expected one of {', '.join([*PARTS, *IMAGE_PARTS])}")
        elif options.images is None:
            parser.error(f"part '{part}' needs --images ARCHIVE")
        else:
            importlib.import_module(IMAGE_PARTS[part]).make(options.images)


if __name__ == "__main__":
    main()
