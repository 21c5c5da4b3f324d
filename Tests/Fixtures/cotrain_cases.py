"""cotrain_steps.safetensors: three whole co-training steps in four variants, at width 4."""
import torch

from cotraining import ADAM, ATTACK_STEPS, EPSILON, STEP, CoTraining
from fixture_file import Draw, Fixture, canonical
from kinks import Sides
from network_cases import drawn_network, running, state
from resnets import Discriminator, Generator

WIDTH, LATENT, CLASSES, BATCH, STEPS = 4, 16, 10, 4, 3
SPLIT = {"real_bin": 0.5, "real_cls": 0.5, "fake_bin": 0.5, "fake_cls": 0.0}
VARIANTS = {
    "corrected": (SPLIT, False),
    "as_published": ({**SPLIT, "fake_bin": 1.0}, False),
    "acgan": ({**SPLIT, "fake_cls": 0.5}, False),
    "corrected_batch_norm": (SPLIT, True),
}


def make():
    fixture = Fixture()
    fixture.metadata["attack"] = canonical({"epsilon": EPSILON, "step": STEP, "steps": ATTACK_STEPS, "pixels": "[-1, 1]", "random_start": False})
    fixture.metadata["adam"] = canonical(ADAM)
    fixture.metadata["networks"] = canonical({"network": "resnet32", "width": WIDTH, "latent": LATENT, "classes": CLASSES, "batch": BATCH})
    for number, (name, (weights, batch_norm)) in enumerate(VARIANTS.items()):
        add_variant(fixture, name, 100000 * number + 1, weights, batch_norm)
    fixture.save("cotrain_steps.safetensors")


def start_of(seed, batch_norm):
    """Freshly drawn networks and the batches of all steps."""
    d = drawn_network(lambda: Discriminator("resnet32", WIDTH, CLASSES, batch_norm), seed)
    g = drawn_network(lambda: Generator("resnet32", WIDTH, CLASSES, LATENT), seed + 1)
    draw = Draw(seed + 6000000)
    if batch_norm:
        warm_up(d, draw)
    return d, g, [drawn_batch(draw) for _ in range(STEPS)]


def warm_up(d, draw):
    with torch.no_grad():
        for _ in range(10):
            d.train()(draw.images(BATCH))
        for value in running(d).values():
            value.copy_(value.float())


def drawn_batch(draw):
    return {
        "images": draw.images(BATCH), "labels": draw.labels(BATCH, CLASSES),
        "d_z": draw.normal(BATCH, LATENT), "d_labels": draw.labels(BATCH, CLASSES),
        "g_z": draw.normal(BATCH, LATENT), "g_labels": draw.labels(BATCH, CLASSES),
    }


def copied(network):
    return {name: value.clone() for name, value in state(network).items()}


def add_variant(fixture, name, seed, weights, batch_norm):
    d, g, batches = start_of(seed, batch_norm)
    before = {"generator": copied(g), "discriminator": copied(d)}
    sides = Sides(d, g)
    run, after = CoTraining(d, g, weights, sides), []
    for number, batch in enumerate(batches, start=1):
        with sides:
            seen = run.step(batch)
        if number > 1 or name != "corrected":
            del seen["fakes"]
        fixture.add_all(f"{name}/step{number}", {**batch, **seen})
        after.append({"generator": copied(g), "discriminator": copied(d)})
    for network in before:
        fixture.add_all(f"{name}/start/{network}", before[network])
        if network == "discriminator" or name == "corrected":  # the others would only cost space
            fixture.add_all(f"{name}/after1/{network}", after[0][network])
        fixture.add_all(f"{name}/after3/{network}", after[2][network])
    fixture.add_all(f"{name}/sides", sides.tensors())
    deviation = float32_deviation(before, after, batches, weights, batch_norm, fixture, name)
    settings = {"seed": seed, "loss_weights": weights, "batch_norm": batch_norm, "still": run.still, "sides": sides.summary()}
    fixture.metadata[name] = canonical({**settings, "float32_deviation": deviation})
    print(name, fixture.metadata[name])


def float32_deviation(before, after, batches, weights, batch_norm, fixture, name):
    """The same run in PyTorch's float32, left free: where it takes another side of a kink, all that follows deviates."""
    d = Discriminator("resnet32", WIDTH, CLASSES, batch_norm)
    g = Generator("resnet32", WIDTH, CLASSES, LATENT)
    for network, key in ((d, "discriminator"), (g, "generator")):
        network.load_state_dict({k: v.float() for k, v in before[key].items()}, strict=False)
    run, found = CoTraining(d, g, weights), {"flipped_pixels": [], "generator_change": [], "discriminator_change": []}
    for number, batch in enumerate(batches, start=1):
        seen = run.step({k: v.float() if v.is_floating_point() else v for k, v in batch.items()})
        expected = fixture.tensors[f"{name}/step{number}/adversarial"]
        found["flipped_pixels"].append(int(((seen["adversarial"] - expected).abs() > STEP / 2).sum()))
        for key, network in (("generator", g), ("discriminator", d)):
            found[f"{key}_change"].append(change_deviation(before[key], after[number - 1][key], network))
    return found


def change_deviation(before, after, network):
    """Relative L2 deviation of all parameters' changes together, but for biases that nothing but rounding moves."""
    moved = [k for k, _ in network.named_parameters() if (after[k] - before[k]).abs().max() > 1e-9]
    true = torch.cat([(after[k] - before[k]).flatten() for k in moved])
    own = torch.cat([(network.state_dict()[k].double() - before[k]).flatten() for k in moved])
    return float(f"{((own - true).norm() / true.norm()).item():.2e}")
