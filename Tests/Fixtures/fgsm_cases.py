"""fgsm.safetensors: one step of the fast gradient sign method on the images of pgd20.safetensors, in float32 as a PyTorch user would run it."""
import os

import safetensors.torch
import torch

import cifar_images
from fixture_file import HERE, Fixture
from pgd_cases import class_logits, margin, slope, trained_network

EPSILONS = {"epsilon4": 4, "epsilon8": 8}  # in 1/255 of the [0, 1] scale
SHOWN = 8  # images whose steps are stored, as signs
LEAST_GRADIENT = 1e-4  # of the root mean square of an image's gradient: no element may be smaller, or another order of summation may turn its sign
LEAST_MARGIN = 0.01  # between logits after the step, so that decisions are the same in every engine


def make():
    stored = safetensors.torch.load_file(os.path.join(HERE, "pgd20.safetensors"))
    x, labels = cifar_images.scaled(stored["test/images"].float()), stored["test/labels"]
    network = trained_network()
    gradient = slope(network, x, labels)
    steps = {name: (x + 2 * epsilon / 255 * gradient.sign()).clamp(-1, 1) for name, epsilon in EPSILONS.items()}
    with torch.no_grad():
        logits = {name: class_logits(network, attacked) for name, attacked in steps.items()}
    sizes = gradient.flatten(1).abs().min(1).values / gradient.flatten(1).square().mean(1).sqrt()
    margins = torch.stack([margin(found, labels).abs() for found in logits.values()]).min(0).values
    places = ((sizes > LEAST_GRADIENT) & (margins > LEAST_MARGIN)).nonzero()[:, 0]
    fixture = Fixture()
    fixture.add("chosen", {"least_gradient": sizes[places].min().item(), "least_margin": margins[places].min().item()}, places=places)
    fixture.add("gradient", None, signs=gradient[places[:SHOWN]].sign().half())
    for name, epsilon in EPSILONS.items():
        correct = (margin(logits[name], labels) > 0)[places].sum().item()
        fixture.add(name, {"epsilon": f"{epsilon}/255", "correct": correct}, logits=logits[name][places])
        print(name, fixture.metadata[name])
    print(len(places), fixture.metadata["chosen"])
    fixture.save("fgsm.safetensors")
