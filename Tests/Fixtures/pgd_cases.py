"""pgd20.safetensors: what PGD-20 does to 200 test images, in float32 as a PyTorch user would run it."""
import os

import safetensors.torch
import torch
from torch.nn import functional as F

import cifar_images
from fixture_file import HERE, Fixture, canonical
from resnets import Discriminator

EACH, STEPS = 20, 20  # images a class; steps of the attack
ATTACKS = {  # name: (epsilon, step), in 1/255 of the [0, 1] scale
    "epsilon0": (0, 2), "epsilon2": (2, 2), "epsilon4": (4, 2), "epsilon8": (8, 2),
    "epsilon8_step12": (8, 12),  # overshoots, so that the last iterate is not the worst
}


def make(archive):
    images, labels = chosen(*cifar_images.read(archive, "test"))
    network = trained_network()
    fixture = Fixture()
    fixture.add_all("test", {"images": images.half(), "labels": labels})
    norms = gradient_norms(network, cifar_images.scaled(images), labels)
    fixture.add("lipschitz", {"mean": norms.mean().item(), "of": "CE of one image, pixels in [-1, 1], L2"}, norm=norms)
    for name, (epsilon, step) in ATTACKS.items():
        x, scaled = cifar_images.scaled(images), (2 * epsilon / 255, 2 * step / 255)
        results = decisions(network, x, labels, *scaled)
        exact = decisions(network.double(), x.double(), labels, *scaled)
        network.float()
        settings = {"epsilon": f"{epsilon}/255", "step": f"{step}/255"}
        fixture.add(name, {**settings, **summary(results, exact)}, **results)
        print(name, fixture.metadata[name])
    fixture.metadata["attack"] = canonical({"steps": STEPS, "random_start": False, "objective": "CE"})
    fixture.save("pgd20.safetensors")


def chosen(images, labels):
    """The first images of each class."""
    places = torch.cat([(labels == label).nonzero()[:EACH, 0] for label in range(10)])
    return images[places], labels[places]


def trained_network():
    network = Discriminator("resnet32", 8, 10, batch_norm=True)
    weights = safetensors.torch.load_file(os.path.join(HERE, "pgd_network.safetensors"))
    missing = network.load_state_dict({name.removeprefix("weights/"): w for name, w in weights.items()}, strict=False)
    assert not missing.unexpected_keys and all(name.endswith("num_batches_tracked") for name in missing.missing_keys)
    return network.eval()


def class_logits(network, x):
    return network(x)[1]


def slope(network, x, labels):
    x = x.detach().requires_grad_()
    return torch.autograd.grad(F.cross_entropy(class_logits(network, x), labels, reduction="sum"), x)[0]


def gradient_norms(network, x, labels):
    return slope(network, x, labels).flatten(1).norm(dim=1)


def margin(logits, labels):
    """The true class's logit less the best of the others: positive where the decision is right."""
    others = logits.scatter(1, labels[:, None], float("-inf"))
    return logits.gather(1, labels[:, None])[:, 0] - others.max(1).values


def decisions(network, x, labels, epsilon, step):
    """Iterates 0 (the image itself) to 20; an image survives if the decision is right at every one of them."""
    attacked, margins = x, []
    for iterate in range(STEPS + 1):
        with torch.no_grad():
            logits = class_logits(network, attacked)
        margins.append(margin(logits, labels))
        if iterate < STEPS:
            change = attacked + step * slope(network, attacked, labels).sign() - x
            attacked = (x + change.clamp(-epsilon, epsilon)).clamp(-1, 1)
    least = torch.stack(margins).min(0).values
    return {
        "logits_last": logits, "margin_last": margins[-1], "correct_last": (margins[-1] > 0).long(),
        "margin_least": least, "survives": (least > 0).long(),
    }


def summary(results, exact):
    """Counts, and how far PyTorch's own float64 run of the same attack differs."""
    return {
        "correct_last": int(results["correct_last"].sum()), "survive": int(results["survives"].sum()),
        "nearest_decision_last": results["margin_last"].abs().min().item(),
        "nearest_decision_least": results["margin_least"].abs().min().item(),
        "float64_differs_last": int((results["correct_last"] != exact["correct_last"]).sum()),
        "float64_differs_survives": int((results["survives"] != exact["survives"]).sum()),
        "float64_margin_deviation": (results["margin_last"] - exact["margin_last"]).abs().max().item(),
    }
