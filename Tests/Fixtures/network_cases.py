"""Whole networks at small width: outputs, all parameter gradients and the input's gradient, training and inference mode."""
import torch
from torch import nn
from torch.nn import functional as F

from classifiers import VGG16, PreActResNet18
from fixture_file import Draw, Fixture, canonical
from initial_weights import initial_distributions
from kinks import MARGIN, KinkWatch, Sides, first_seed
from large_images import compacted, products
from resnets import ConditionalBatchNorm, Discriminator, Generator

CLASSES, BATCH = 10, 2
SMALL = 32  # the greatest side of images that are stored whole


def make():
    generator("generator_resnet32", lambda: Generator("resnet32", 4, CLASSES), {"network": "resnet32", "width": 4, "latent": 128})
    make_small_classifiers()
    for network, side in (("resnet64", 64), ("resnet128", 128), ("resnet-imagenet", 128)):
        make_large(network, side)


def make_small_classifiers():
    judged = {
        "discriminator_resnet32": (lambda: Discriminator("resnet32", 8, CLASSES, False), {"width": 8, "batch_norm": False}),
        "discriminator_resnet32_bn": (lambda: Discriminator("resnet32", 8, CLASSES, True), {"width": 8, "batch_norm": True}),
        "preact_resnet18": (lambda: PreActResNet18(4, CLASSES), {"width": 4, "batch_norm": False}),
        "vgg16": (lambda: VGG16(4, CLASSES), {"width": 4, "batch_norm": True}),
    }
    for name, (build, settings) in judged.items():
        classifier(name, build, settings)


def make_large(network, side):
    """Of the published discriminators, those for 128 pixels can have batch norm."""
    settings, file = {"network": network, "width": 2}, network.replace("-", "_")
    generator(f"generator_{file}", lambda: Generator(network, 2, CLASSES, 8), {**settings, "latent": 8}, side)
    for batch_norm in (False, True)[:side // 64]:
        name = f"discriminator_{file}" + ("_bn" if batch_norm else "")
        build = lambda: Discriminator(network, 2, CLASSES, batch_norm)  # noqa: E731
        classifier(name, build, {**settings, "batch_norm": batch_norm}, side)


def drawn_network(build, seed):
    """The network with its default initial weights, but scales and shifts of batch norm drawn so that mistakes show, and the
    heads of the sum-pooled discriminators at 2 %, so that their losses are not saturated: resnet64's alone sums over few pixels, 4."""
    torch.manual_seed(seed)
    network, draw = build(), Draw(seed + 500000)
    with torch.no_grad():
        if isinstance(network, Discriminator):
            for head in (network.get_submodule(f"l{network.depth + 1}"), network.l_y):
                head.weight *= 1 if network.depth == 5 else 0.02
        for module in network.modules():
            if isinstance(module, (nn.BatchNorm2d, ConditionalBatchNorm)):
                conditional = isinstance(module, ConditionalBatchNorm)
                gamma, beta = (module.gammas.weight, module.betas.weight) if conditional else (module.weight, module.bias)
                gamma.copy_(draw.uniform(*gamma.shape, low=0.5, high=1.5))
                beta.copy_(draw.normal(*beta.shape, scale=0.3))
    return network.double()


def warmed(network, feed):
    """Running statistics after twenty batches, rounded to float32: neither trivial nor those of the batch under test."""
    with torch.no_grad():
        for seed in range(20):
            feed(network.train(), Draw(3000000 + seed))
        for value in running(network).values():
            value.copy_(value.float())
    return network


def state(network):
    """The state dict without PyTorch's counters of batches."""
    return {k: v for k, v in network.state_dict().items() if not k.endswith("num_batches_tracked")}


def running(network):
    return {k: v for k, v in state(network).items() if k.endswith(("running_mean", "running_var", "avg_mean", "avg_var"))}


def derivatives(loss, network, inputs):
    """The gradients of all parameters by name, and those of the inputs."""
    names, parameters = zip(*network.named_parameters())
    found = torch.autograd.grad(loss, [*parameters, *inputs])
    return dict(zip(names, found)), found[len(names):]


def vanishing(gradients):
    """Names of gradients that are 0 but for rounding: biases whose effect a later batch norm takes away."""
    return sorted(name for name, value in gradients.items() if value.abs().max() < 1e-12)


def save(name, settings, network_state, distributions, groups, margins):
    fixture, gone = Fixture(), vanishing(groups["training_gradients"])
    groups["training_gradients"].update({name: torch.zeros_like(network_state[name]) for name in gone})
    fixture.add_all("weights", network_state)
    for group, tensors in groups.items():
        fixture.add_all(group, tensors)
    fixture.metadata["settings"] = canonical({**settings, "classes": CLASSES, "batch": BATCH})
    fixture.metadata["vanishing_gradients"] = canonical(gone)
    fixture.metadata["init_statistics"] = canonical(distributions)
    fixture.metadata["seeds_and_margins"] = canonical(margins)
    print(margins)
    fixture.save(f"{name}.safetensors")


def classifier(name, build, settings, side=SMALL):
    """Loss: 0.5 BCE(adversarial, 1) + 0.5 CE(classes, labels); CE(classes, labels) alone where there is one head."""

    def feed(network, draw):
        x = draw.images(BATCH) if side <= SMALL else products(draw, BATCH, side)
        x, labels = x.requires_grad_(), draw.labels(BATCH, CLASSES)
        return x, labels, network(x)

    def run(network, draw):
        x, labels, output = feed(network, draw)
        heads = dict(zip(("adversarial", "classes"), output)) if isinstance(output, tuple) else {"classes": output}
        loss = F.cross_entropy(heads["classes"], labels)
        if "adversarial" in heads:
            loss = 0.5 * loss + 0.5 * F.binary_cross_entropy_with_logits(heads["adversarial"], torch.ones(BATCH).double())
        parameters, (dx,) = derivatives(loss, network, [x])
        return {"x": x, "labels": labels, **heads, "loss": loss, "dx": dx}, parameters

    search(name, build, settings, feed, run, side)


def generator(name, build, settings, side=SMALL):
    """Loss: sum(y * dy)."""

    def feed(network, draw):
        z, labels = draw.normal(BATCH, network.latent).requires_grad_(), draw.labels(BATCH, CLASSES)
        return z, labels, network(z, labels)

    def run(network, draw):
        z, labels, y = feed(network, draw)
        dy = draw.normal(*y.shape) if side <= SMALL else products(draw, BATCH, side)
        parameters, (dz,) = derivatives((y * dy).sum(), network, [z])
        return {"z": z, "labels": labels, "y": y, "dy": dy, "dz": dz}, parameters

    search(name, build, settings, feed, run, side)


def search(name, build, settings, feed, run, side):
    """Finds a seed for weights and training batch, then one for the inference batch, that keep clear of all kinks. The 128-pixel networks
    have so many units that no seed does: there the kinks that come too near are listed."""

    def margin(network, draw):
        with KinkWatch(network, required=MARGIN) as watch, torch.no_grad():
            feed(network, draw)
        return watch.margin

    lists = side >= 128
    seed, training = (1, None) if lists else first_seed(lambda seed: margin(drawn_network(build, seed), Draw(seed + 1000000)), 1)
    network = warmed(drawn_network(build, seed), feed)
    inference_seed, inference = (1, None) if lists else first_seed(lambda seed: margin(network.eval(), Draw(seed + 2000000)), 1)
    margins = {"seed": seed, "margin": training, "inference_seed": inference_seed, "inference_margin": inference}

    before = {k: v.clone() for k, v in state(network).items()}
    sides = {group: Sides(*[network] * lists) for group in ("inference", "training")}
    with sides["inference"]:
        groups = {"inference": run(network.eval(), Draw(inference_seed + 2000000))[0]}
    with sides["training"]:
        groups["training"], groups["training_gradients"] = run(network.train(), Draw(seed + 1000000))
    groups["training_after"] = running(network)
    if lists:
        groups.update({f"{group}_sides": found.tensors() for group, found in sides.items()})
        margins = {"seed": seed, "inference_seed": inference_seed, **{group: found.summary() for group, found in sides.items()}}
    if side > SMALL:
        groups.update({name: compacted(groups[name]) for name in ("training", "inference")})
    save(name, settings, before, initial_distributions_of(build), groups, margins)


def initial_distributions_of(build):
    torch.manual_seed(0)
    return initial_distributions(build())
