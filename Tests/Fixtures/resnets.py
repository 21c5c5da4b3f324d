"""The residual generators and discriminators of AdvGAN (the published state-dict names), as tables and blocks.

Sub-modules are named as in the published checkpoints: `block1.c1.weight`, `block2.b1.gammas.weight`, `l1.bias`, ...
Every ReLU is a module, so that a hook can watch its inputs; activations own no parameters and add no names.
"""
import math

import torch
from torch import nn
from torch.nn import functional as F

DISCRIMINATORS = {  # for each block: width factor, whether it halves the image
    "resnet32": [(2, True), (2, True), (2, False), (2, False)],
    "resnet64": [(1, True), (2, True), (4, True), (8, True), (16, True)],
    "resnet128": [(1, True), (2, True), (4, True), (4, True), (8, True), (8, False)],
    "resnet-imagenet": [(1, True), (2, True), (4, True), (8, True), (16, True), (16, False)],
}
GENERATORS = {  # width factor at 4x4; for each block: width factor, whether it doubles the image
    "resnet32": (16, [(8, True), (4, True), (2, True), (1, False)]),
    "resnet64": (16, [(8, True), (4, True), (2, True), (1, True)]),
    "resnet128": (8, [(8, True), (4, True), (4, True), (2, True), (1, True)]),
    "resnet-imagenet": (16, [(16, True), (8, True), (4, True), (2, True), (1, True)]),
}


def xavier(layer, gain):
    nn.init.xavier_uniform_(layer.weight, gain)
    return layer


def conv3x3(inputs, outputs, bias, gain=math.sqrt(2)):
    return xavier(nn.Conv2d(inputs, outputs, 3, padding=1, bias=bias), gain)


def conv1x1(inputs, outputs, bias):
    return xavier(nn.Conv2d(inputs, outputs, 1, bias=bias), 1.0)


class DiscriminatorBlock(nn.Module):
    """(N, in, H, W) -> (N, out, H/2 or H, W/2 or W). The first block sees images: no ReLU before them, pooled shortcut."""

    def __init__(self, inputs, outputs, halve, batch_norm, first):
        super().__init__()
        hidden = outputs if first else inputs
        norm = nn.BatchNorm2d if batch_norm else (lambda channels: nn.Identity())
        self.halve, self.first, self.project = halve, first, first or halve or inputs != outputs
        self.relu = nn.ReLU()
        self.c1, self.b1 = conv3x3(inputs, hidden, bias=False), norm(hidden)
        self.c2, self.b2 = conv3x3(hidden, outputs, bias=False), norm(outputs)
        if self.project:
            self.c_sc, self.b_sc = conv1x1(inputs, outputs, bias=False), norm(outputs)

    def forward(self, x):
        h = x if self.first else self.relu(x)
        h = self.relu(self.b1(self.c1(h)))
        h = self.b2(self.c2(h))
        return (F.avg_pool2d(h, 2) if self.halve else h) + self.shortcut(x)

    def shortcut(self, x):
        if self.first:
            return self.b_sc(self.c_sc(F.avg_pool2d(x, 2)))
        if self.project:
            x = self.b_sc(self.c_sc(x))
        return F.avg_pool2d(x, 2) if self.halve else x


class Discriminator(nn.Module):
    """Images (N, 3, S, S) in [-1, 1] -> adversarial logits (N), class logits (N, classes)."""

    def __init__(self, network, width, classes, batch_norm):
        super().__init__()
        channels, plan = 3, DISCRIMINATORS[network]
        for number, (factor, halve) in enumerate(plan, start=1):
            self.add_module(f"block{number}", DiscriminatorBlock(channels, width * factor, halve, batch_norm, number == 1))
            channels = width * factor
        self.depth, self.relu = len(plan), nn.ReLU()
        self.add_module(f"l{self.depth + 1}", xavier(nn.Linear(channels, 1), 1.0))
        self.l_y = xavier(nn.Linear(channels, classes), 1.0)

    def forward(self, x):
        for number in range(1, self.depth + 1):
            x = self.get_submodule(f"block{number}")(x)
        h = self.relu(x).sum((2, 3))
        return self.get_submodule(f"l{self.depth + 1}")(h).view(-1), self.l_y(h)


class ConditionalBatchNorm(nn.Module):
    """gammas[label] * normalised + betas[label]; running <- 0.9 running + 0.1 batch (the published code: 0.1, 0.9)."""

    def __init__(self, channels, classes):
        super().__init__()
        self.gammas, self.betas = nn.Embedding(classes, channels), nn.Embedding(classes, channels)
        nn.init.ones_(self.gammas.weight)
        nn.init.zeros_(self.betas.weight)
        self.register_buffer("avg_mean", torch.zeros(channels))
        self.register_buffer("avg_var", torch.ones(channels))

    def forward(self, x, labels):
        x = F.batch_norm(x, self.avg_mean, self.avg_var, None, None, self.training, momentum=0.1, eps=2e-5)
        return self.gammas(labels)[:, :, None, None] * x + self.betas(labels)[:, :, None, None]


class GeneratorBlock(nn.Module):
    """(N, in, H, W), labels -> (N, out, 2H or H, 2W or W)."""

    def __init__(self, inputs, outputs, double, classes):
        super().__init__()
        self.double, self.project, self.relu = double, double or inputs != outputs, nn.ReLU()
        self.b1, self.c1 = ConditionalBatchNorm(inputs, classes), conv3x3(inputs, outputs, bias=True)
        self.b2, self.c2 = ConditionalBatchNorm(outputs, classes), conv3x3(outputs, outputs, bias=True)
        if self.project:
            self.c_sc = conv1x1(inputs, outputs, bias=True)

    def forward(self, x, labels):
        h = self.c1(self.enlarged(self.relu(self.b1(x, labels))))
        h = self.c2(self.relu(self.b2(h, labels)))
        return h + (self.c_sc(self.enlarged(x)) if self.project else x)

    def enlarged(self, x):
        return F.interpolate(x, scale_factor=2.0) if self.double else x


class Generator(nn.Module):
    """Noise (N, latent), labels (N) -> images (N, 3, S, S) in (-1, 1)."""

    def __init__(self, network, width, classes, latent=128):
        super().__init__()
        factor, plan = GENERATORS[network]
        channels, self.latent, self.depth, self.relu = width * factor, latent, len(plan), nn.ReLU()
        self.l1 = xavier(nn.Linear(latent, 16 * channels), 1.0)
        for number, (factor, double) in enumerate(plan, start=2):
            self.add_module(f"block{number}", GeneratorBlock(channels, width * factor, double, classes))
            channels = width * factor
        self.add_module(f"b{self.depth + 2}", nn.BatchNorm2d(channels))
        self.add_module(f"l{self.depth + 2}", conv3x3(channels, 3, bias=True, gain=1.0))

    def forward(self, z, labels):
        h = self.l1(z).view(len(z), -1, 4, 4)
        for number in range(2, self.depth + 2):
            h = self.get_submodule(f"block{number}")(h, labels)
        last = self.depth + 2
        return torch.tanh(self.get_submodule(f"l{last}")(self.relu(self.get_submodule(f"b{last}")(h))))
