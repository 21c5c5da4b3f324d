"""One co-training step of AdvGAN: attack the real images, update the discriminator, update the generator."""
import contextlib

import torch
from torch import nn
from torch.nn import functional as F

EPSILON, STEP, ATTACK_STEPS = 2 * 4 / 255, 2 * 2 / 255, 5  # pixels in [-1, 1], hence twice 4/255 and 2/255
ADAM = {"lr": 2e-4, "betas": (0.0, 0.9), "eps": 1e-8}


def adversarial_loss(logits, real):
    return F.binary_cross_entropy_with_logits(logits, torch.full_like(logits, float(real)))


@contextlib.contextmanager
def running_statistics_kept(network):
    """Batch norm normalises with its own batch, and leaves the running statistics as they were."""
    kept = [(m, m.running_mean, m.running_var) for m in network.modules() if isinstance(m, nn.BatchNorm2d)]
    for norm, mean, variance in kept:
        norm.running_mean, norm.running_var = mean.clone(), variance.clone()
    yield
    for norm, mean, variance in kept:
        norm.running_mean, norm.running_var = mean, variance


class CoTraining:
    """Two networks, their Adams, and the weights of the losses.

    `sides`, where given, lists the numbers that decide by their sign and come near zero: elements of the attack's gradients, and of the
    first step's parameter gradients, of which Adam takes the sign alone when beta1 is 0. `still` names the parameters whose gradient
    vanishes but for rounding.
    """

    def __init__(self, discriminator, generator, weights, sides=None):
        self.d, self.g, self.weights, self.sides = discriminator.train(), generator.train(), weights, sides
        self.d_adam = torch.optim.Adam(self.d.parameters(), **ADAM)
        self.g_adam = torch.optim.Adam(self.g.parameters(), **ADAM)
        self.steps_done, self.still = 0, []

    def step(self, batch):
        """One step on {"images", "labels", "d_z", "d_labels", "g_z", "g_labels"}; returns what happened, by name."""
        adversarial, objective = self.attack(batch["images"], batch["labels"])
        seen = {"adversarial": adversarial, "attack_objective": objective}
        seen.update(self.update_discriminator(adversarial, batch["labels"], batch["d_z"], batch["d_labels"]))
        seen.update(self.update_generator(batch["g_z"], batch["g_labels"]))
        self.steps_done += 1
        return seen

    def attack(self, x, labels):
        """PGD without random start, batch norm in inference mode. The objective's values are those before each of the steps."""
        self.d.eval()
        iterate, values = x.clone(), []
        for _ in range(ATTACK_STEPS):
            iterate.requires_grad_()
            adversarial, classes = self.d(iterate)
            objective = 0.5 * adversarial_loss(adversarial, True) + 0.5 * F.cross_entropy(classes, labels)
            gradient, = torch.autograd.grad(objective, iterate)
            if self.sides:
                self.sides.signs(gradient)
            change = iterate.detach() + STEP * gradient.sign() - x
            iterate = (x + change.clamp(-EPSILON, EPSILON)).clamp(-1, 1)
            values.append(objective.detach())
        self.d.train()
        return iterate, torch.stack(values)

    def update_discriminator(self, adversarial, labels, z, fake_labels):
        with torch.no_grad():
            fakes = self.g(z, fake_labels)
        real_adversarial, classes = self.d(adversarial)
        with running_statistics_kept(self.d):
            fake_adversarial, fake_classes = self.d(fakes)
        parts = {
            "real_bin": adversarial_loss(real_adversarial, True), "real_cls": F.cross_entropy(classes, labels),
            "fake_bin": adversarial_loss(fake_adversarial, False), "fake_cls": F.cross_entropy(fake_classes, fake_labels),
        }
        loss = sum(self.weights[name] * part for name, part in parts.items() if self.weights[name] != 0)
        self.descend(self.d_adam, loss, self.d, "discriminator")
        return {"fakes": fakes, "loss_discriminator": loss, **{f"loss_{name}": part for name, part in parts.items()}}

    def update_generator(self, z, labels):
        with running_statistics_kept(self.d):
            adversarial, classes = self.d(self.g(z, labels))
        parts = {"generator_bin": adversarial_loss(adversarial, True), "generator_cls": F.cross_entropy(classes, labels)}
        loss = 0.5 * parts["generator_bin"] + 0.5 * parts["generator_cls"]
        self.descend(self.g_adam, loss, self.g, "generator")
        return {"loss_generator": loss, **{f"loss_{name}": part for name, part in parts.items()}}

    def descend(self, adam, loss, network, player):
        names, parameters = zip(*network.named_parameters())
        for name, parameter, gradient in zip(names, parameters, torch.autograd.grad(loss, parameters)):
            parameter.grad = gradient
            if self.steps_done == 0 and gradient.abs().max() < 1e-12:
                self.still.append(f"{player}/{name}")
            elif self.steps_done == 0 and self.sides:
                self.sides.first_gradient(f"{player}/{name}", gradient)
        adam.step()
