#!/usr/bin/env python3
"""The speed of AdvGAN's co-training in PyTorch on the CPU: the peer that advgan-job is measured against.

One cycle is five discriminator iterations and one generator iteration, as in the published training loop.
- attack: `steps` PGD steps on the real images, up 0.5 BCE + 0.5 CE, batch norm in inference mode, the images' gradient only.
- update_d: fakes without gradient, the discriminator forward and backward on attacked and fake images, one Adam step.
- update_g: the generator forward and backward through the discriminator, one Adam step.
Each time is the best of all rounds that fit into --seconds (at least two), in milliseconds.
cycle = 5 (attack + update_d) + update_g. How to run PyTorch at its best: README.md beside this file.
Needs: python3 -m pip install torch numpy. The networks are those of the golden fixtures: ../Tests/Fixtures/resnets.py.
"""
import argparse
import json
import os
import resource
import sys
import time

import torch
from torch.nn import functional as F

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Tests", "Fixtures"))
from resnets import DISCRIMINATORS, GENERATORS, Discriminator, Generator  # noqa: E402

EPSILON, STEP = 0.0625, 0.0156  # pixels in [-1, 1], as published
ADAM = {"lr": 2e-4, "betas": (0.0, 0.9)}


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--network", default="resnet32", choices=sorted(DISCRIMINATORS))
    parser.add_argument("--width", type=int, default=64)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--classes", type=int, default=10)
    parser.add_argument("--bn", type=int, default=1, choices=[0, 1], help="batch norm in the discriminator")
    parser.add_argument("--layout", default="cl", choices=["cl", "nchw"], help="cl: channels last, faster")
    parser.add_argument("--dtype", default="f32", choices=["f32", "bf16"], help="bf16: under autocast")
    parser.add_argument("--steps", type=int, default=5, help="steps of the attack")
    parser.add_argument("--seconds", type=float, default=30, help="time to measure for")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser.parse_args()


class Cycle:
    """The networks, a real batch, and the three parts of a cycle."""

    def __init__(self, o):
        torch.manual_seed(0)
        layout = torch.channels_last if o.layout == "cl" else torch.contiguous_format
        size = 4 * 2 ** sum(doubles for _, doubles in GENERATORS[o.network][1])
        self.batch, self.classes, self.steps, self.bf16 = o.batch, o.classes, o.steps, o.dtype == "bf16"
        self.d = Discriminator(o.network, o.width, o.classes, bool(o.bn)).to(memory_format=layout)
        self.g = Generator(o.network, o.width, o.classes).to(memory_format=layout)
        self.d_adam = torch.optim.Adam(self.d.parameters(), **ADAM)
        self.g_adam = torch.optim.Adam(self.g.parameters(), **ADAM)
        self.images = torch.empty(o.batch, 3, size, size).uniform_(-1, 1).to(memory_format=layout)
        self.labels = self.drawn_labels()

    def drawn_labels(self):
        return torch.randint(0, self.classes, (self.batch,))

    def judged(self, images):
        with torch.autocast("cpu", torch.bfloat16, enabled=self.bf16):
            adversarial, classes = self.d(images)
        return adversarial.float(), classes.float()

    def fakes(self, labels):
        with torch.autocast("cpu", torch.bfloat16, enabled=self.bf16):
            return self.g(torch.randn(self.batch, self.g.latent), labels).float()

    def loss(self, images, labels):
        adversarial, classes = self.judged(images)
        return 0.5 * bce(adversarial, 1) + 0.5 * F.cross_entropy(classes, labels)

    def attack(self):
        self.d.eval().requires_grad_(False)
        x = attacked = self.images
        for _ in range(self.steps):
            attacked = attacked.detach().requires_grad_()
            slope, = torch.autograd.grad(self.loss(attacked, self.labels), attacked)
            with torch.no_grad():
                change = (attacked + STEP * slope.sign() - x).clamp_(-EPSILON, EPSILON)
                attacked = (x + change).clamp_(-1, 1)
        self.d.train().requires_grad_(True)
        return attacked

    def update_d(self, attacked):
        with torch.no_grad():
            fakes = self.fakes(self.drawn_labels())
        self.d_adam.zero_grad(set_to_none=True)
        loss = self.loss(attacked, self.labels) + bce(self.judged(fakes)[0], 0)
        loss.backward()
        self.d_adam.step()

    def update_g(self):
        labels = self.drawn_labels()
        self.d.requires_grad_(False)
        self.g_adam.zero_grad(set_to_none=True)
        self.loss(self.fakes(labels), labels).backward()
        self.d.requires_grad_(True)
        self.g_adam.step()


def bce(logits, real):
    return F.binary_cross_entropy_with_logits(logits, torch.full_like(logits, float(real)))


def milliseconds(function, *arguments):
    began = time.perf_counter()
    result = function(*arguments)
    return 1000 * (time.perf_counter() - began), result


def measure(cycle, seconds):
    """The best time of each part, and the number of rounds."""
    best, rounds, end = {"attack": 1e9, "update_d": 1e9, "update_g": 1e9}, 0, time.monotonic() + seconds
    while rounds < 2 or time.monotonic() < end:
        attack, attacked = milliseconds(cycle.attack)
        update_d, _ = milliseconds(cycle.update_d, attacked)
        update_g, _ = milliseconds(cycle.update_g)
        for part, spent in (("attack", attack), ("update_d", update_d), ("update_g", update_g)):
            best[part] = min(best[part], spent)
        rounds += 1
    return best, rounds


def main():
    o = options()
    best, rounds = measure(Cycle(o), o.seconds)
    row = {
        "peer": f"torch {torch.__version__}", "network": o.network, "width": o.width, "batch": o.batch, "classes": o.classes,
        "batch_norm": bool(o.bn), "steps": o.steps, "layout": o.layout, "dtype": o.dtype, "threads": torch.get_num_threads(),
        "rounds": rounds, "cycle_ms": round(5 * (best["attack"] + best["update_d"]) + best["update_g"], 1),
        **{f"{part}_ms": round(spent, 1) for part, spent in best.items()},
        "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6, 1),
    }
    print(json.dumps(row) if o.json else "  ".join(f"{key} {value}" for key, value in row.items()))


if __name__ == "__main__":
    main()
