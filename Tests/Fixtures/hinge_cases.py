"""hinge.safetensors: the hinge loss of both players in float64, with and without a class head."""
import torch
from torch.nn import functional as F

from fixture_file import Draw, Fixture

BATCH, CLASSES = 6, 5
SEEDS = 2602, 2604  # the first from 2600 on that hold the assertions below


def make():
    fixture = Fixture()
    for number, has_classes in enumerate([False, True]):
        draw = Draw(SEEDS[number])
        # Logits on both sides of the kinks at 1 and -1, none nearer than 0.1.
        inputs = {"real": draw.normal(BATCH, 1, scale=1.5), "fake": draw.normal(BATCH, 1, scale=1.5)}
        assert (inputs["real"] - 1).abs().min() > 0.1 and (inputs["fake"] + 1).abs().min() > 0.1
        assert 0 < (inputs["real"] < 1).sum() < BATCH and 0 < (inputs["fake"] > -1).sum() < BATCH
        labels = {"real_labels": draw.labels(BATCH, CLASSES), "fake_labels": draw.labels(BATCH, CLASSES)}
        if has_classes:
            inputs |= {"real_classes": draw.normal(BATCH, CLASSES), "fake_classes": draw.normal(BATCH, CLASSES)}
        traced = {name: value.requires_grad_() for name, value in inputs.items()}
        discriminator = F.relu(1 - traced["real"]).mean() + F.relu(1 + traced["fake"]).mean()
        generator = -traced["fake"].mean()
        if has_classes:
            discriminator = discriminator + F.cross_entropy(traced["real_classes"], labels["real_labels"])
            generator = generator + F.cross_entropy(traced["fake_classes"], labels["fake_labels"])
        results = {"discriminator": discriminator, "generator": generator}
        for player, loss in results.copy().items():
            found = torch.autograd.grad(loss, list(traced.values()), retain_graph=True, allow_unused=True)
            results |= {f"d{name}_{player}": value for name, value in zip(traced, found) if value is not None}
        fixture.add("with_classes" if has_classes else "without_classes", None, **traced, **labels, **results)
    fixture.save("hinge.safetensors")
