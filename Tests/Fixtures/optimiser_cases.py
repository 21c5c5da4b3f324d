"""Optimisers in layers.safetensors: five given gradients in, the parameters after each of the five steps out."""
import torch

from fixture_file import Draw

STEPS, SIZE = 5, 24


def add_optimisers(fixture):
    adams = {
        "adam_cotrain": dict(lr=2e-4, betas=(0.0, 0.9), eps=1e-8),
        "adam_weight_decay": dict(lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=5e-4),
        "adam_defaults": dict(lr=1e-3, betas=(0.9, 0.999), eps=1e-8),
    }
    for number, (name, settings) in enumerate(adams.items()):
        add_adam(fixture, name, Draw(1700 + number), settings)
    add_momentum(fixture, "sgd_momentum", Draw(1710), dict(lr=0.05, momentum=0.9, weight_decay=5e-4))
    add_average(fixture, "ema", Draw(1720), 0.999)


def uneven_gradients(draw):
    """Gradients over ten orders of magnitude, so that the place of epsilon shows; two are exactly zero."""
    scale = torch.logspace(-10, 1, SIZE).float().double()
    g = (draw.normal(STEPS, SIZE) * scale).float().double()
    g[:, 5], g[0, 6] = 0.0, 0.0
    return g


def replay(optimiser, parameter, g):
    after = []
    for step in range(STEPS):
        parameter.grad = g[step].clone()
        optimiser.step()
        after.append(parameter.detach().clone())
    return torch.stack(after)


def add_adam(fixture, name, draw, settings):
    start, g = draw.normal(SIZE), uneven_gradients(draw)
    parameter = torch.nn.Parameter(start.clone())
    optimiser = torch.optim.Adam([parameter], **settings)
    after = replay(optimiser, parameter, g)
    state = optimiser.state[parameter]
    fixture.add(name, settings, p=start, g=g, p_after=after, m=state["exp_avg"], v=state["exp_avg_sq"])


def add_momentum(fixture, name, draw, settings):
    start, g = draw.normal(SIZE), uneven_gradients(draw)
    parameter = torch.nn.Parameter(start.clone())
    optimiser = torch.optim.SGD([parameter], **settings)
    after = replay(optimiser, parameter, g)
    fixture.add(name, settings, p=start, g=g, p_after=after, momentum=optimiser.state[parameter]["momentum_buffer"])


def add_average(fixture, name, draw, decay):
    start, p = draw.normal(SIZE), draw.normal(STEPS, SIZE)
    average, after = start, []
    for step in range(STEPS):
        average = decay * average + (1 - decay) * p[step]
        after.append(average)
    fixture.add(name, {"decay": decay}, average=start, p=p, average_after=torch.stack(after))
