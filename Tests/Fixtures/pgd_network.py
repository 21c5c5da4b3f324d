"""pgd_network.safetensors: a small discriminator, trained a few minutes on attacked images, for the PGD-20 fixture."""
import time

import torch
from torch.nn import functional as F

import cifar_images
from fixture_file import Fixture, canonical
from network_cases import state
from resnets import Discriminator

WIDTH, CLASSES, BATCH, ITERATIONS, PEAK_RATE, SEED = 8, 10, 64, 3000, 2e-3, 20
EPSILON, STEP = 2 * 8 / 255, 2 * 10 / 255  # one step from a random start, pixels in [-1, 1]


def make(archive):
    torch.manual_seed(SEED)
    network = Discriminator("resnet32", WIDTH, CLASSES, batch_norm=True).to(memory_format=torch.channels_last)
    with torch.no_grad():
        network.l_y.weight *= 0.02  # behind a sum over 64 places the usual weights saturate the loss
    train(network, *cifar_images.read(archive, "train"))
    fixture = Fixture()
    fixture.add_all("weights", state(network))
    fixture.metadata["settings"] = canonical({"network": "resnet32", "width": WIDTH, "classes": CLASSES, "batch_norm": True})
    fixture.metadata["training"] = canonical({"iterations": ITERATIONS, "batch": BATCH, "seed": SEED})
    fixture.save("pgd_network.safetensors")


def train(network, images, labels):
    adam = torch.optim.Adam(network.parameters(), PEAK_RATE)
    schedule = torch.optim.lr_scheduler.OneCycleLR(adam, PEAK_RATE, ITERATIONS)
    began = time.process_time()
    for iteration in range(ITERATIONS):
        chosen = torch.randint(0, len(labels), (BATCH,))
        x, y = cifar_images.scaled(images[chosen]), labels[chosen]
        x = torch.where(torch.rand(BATCH, 1, 1, 1) < 0.5, x.flip(3), x).contiguous(memory_format=torch.channels_last)
        x = one_step_attack(network, x, y)
        _, logits = network.train()(x)
        loss = F.cross_entropy(logits, y)
        adam.zero_grad()
        loss.backward()
        adam.step()
        schedule.step()
        if (iteration + 1) % 100 == 0:
            right = (logits.argmax(1) == y).float().mean().item()
            print(f"{iteration + 1}: loss {loss.item():.3f}, right {right:.2f}, {time.process_time() - began:.0f} s of processor time", flush=True)


def one_step_attack(network, x, labels):
    start = (x + torch.empty_like(x).uniform_(-EPSILON, EPSILON)).clamp(-1, 1).requires_grad_()
    slope, = torch.autograd.grad(F.cross_entropy(network.eval()(start)[1], labels), start)
    moved = start.detach() + STEP * slope.sign()
    return (x + (moved - x).clamp(-EPSILON, EPSILON)).clamp(-1, 1)
