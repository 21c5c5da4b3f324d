"""fgsm.safetensors: one step of the fast gradient sign method on the images of pgd20.safetensors, in float32 as a PyTorch user would run it."""
import os

import safetensors.torch
import torch

import cifar_images
from fixture_file import HERE, Fixture
from pgd_cases import class_logits, slope, trained_network

EPSILONS = {"epsilon4": 4, "epsilon8": 8}  # in 1/255 of the [0, 1] scale
SHOWN = 8  # images whose steps are stored, as signs


def make():
    stored = safetensors.torch.load_file(os.path.join(HERE, "pgd20.safetensors"))
    x, labels = cifar_images.scaled(stored["test/images"].float()), stored["test/labels"]
    network = trained_network()
    gradient = slope(network, x, labels)
    fixture = Fixture()
    fixture.add("gradient", None, signs=gradient[:SHOWN].sign().half())
    for name, epsilon in EPSILONS.items():
        attacked = (x + 2 * epsilon / 255 * gradient.sign()).clamp(-1, 1)
        with torch.no_grad():
            logits = class_logits(network, attacked)
        correct = (logits.argmax(1) == labels).sum().item()
        fixture.add(name, {"epsilon": f"{epsilon}/255", "correct": correct}, logits=logits)
        print(name, fixture.metadata[name])
    fixture.save("fgsm.safetensors")
