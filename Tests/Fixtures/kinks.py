"""Kinks: a ReLU's input near zero, a gradient of which only the sign counts near zero, two candidates of a max pool near each other.

A float32 program may fall on the other side of a kink that float64 passes closely, and then its gradients honestly differ.
Small networks are therefore made with seeds for which every unit keeps a distance (`KinkWatch`). Where there are too many units for that,
the fixture lists those that come too near, with the side they are on (`Sides`), and a test puts its own numbers on the same side.
"""
import torch
from torch import nn
from torch.nn import functional as F

MARGIN = 1e-4  # relative to the root mean square of the tensor


class TooClose(Exception):
    pass


class KinkWatch:
    """While entered, watches all ReLU inputs of the networks: `margin` is the least |z| / rms(z) seen, rms over the tensor.

    A margin at or below `required` raises TooClose at once, so that a search for a seed loses little time.
    """

    def __init__(self, *networks, required=0.0):
        self.networks, self.required, self.margin = networks, required, float("inf")

    def __enter__(self):
        self.hooks = hooked(self.networks, self.see_relu, self.see_max_pool)
        return self

    def __exit__(self, *_):
        for hook in self.hooks:
            hook.remove()

    def see_relu(self, _, inputs):
        self.see(inputs[0].detach().abs(), inputs[0])

    def see_max_pool(self, module, inputs):
        windows = F.unfold(inputs[0].detach().flatten(0, 1).unsqueeze(1), 2, stride=2)
        best, second = windows.topk(2, dim=1).values.unbind(1)
        self.see((best - second)[best > 0], inputs[0])  # below ReLUs a tie of zeros has no gradient anyway

    def see(self, distances, values):
        self.margin = min(self.margin, (distances.min() / rms(values)).item())
        if not self.margin > self.required:
            raise TooClose


class Sides:
    """While entered, lists the ReLU inputs of the networks within MARGIN of zero; `signs` and `first_gradient` list other kinks.

    - `relu` (n, 3): number of the ReLU call, from 0 in the order of the forward passes; place in the tensor, (N, H, W, C); 1 where it is positive
    - `sign` (n, 3): number of the gradient, place as above, 1 where it is positive
    - `adam/NAME`, `adam_values/NAME`: places in the parameter as PyTorch stores it, and its gradient there

    `margin` is the least |z| / rms(z) of all that is not listed.
    """

    def __init__(self, *networks):
        self.networks, self.margin, self.calls, self.gradients = networks, float("inf"), 0, 0
        self.lists = {"relu": [], "sign": []}
        self.adam = {}

    def __enter__(self):
        self.hooks = hooked(self.networks, self.see_relu, self.see_max_pool)
        return self

    def __exit__(self, *_):
        for hook in self.hooks:
            hook.remove()

    def see_relu(self, _, inputs):
        self.note("relu", self.calls, channels_last(inputs[0].detach()))
        self.calls += 1

    def see_max_pool(self, *_):
        raise NotImplementedError("sides of max pools: no network needs them yet")

    def signs(self, gradient):
        """A gradient of which an attack takes the signs."""
        self.note("sign", self.gradients, channels_last(gradient))
        self.gradients += 1

    def first_gradient(self, name, gradient):
        """The gradient of a parameter in the first step of Adam, which is its sign where beta1 is 0."""
        near = self.near(gradient.flatten(), but=gradient.flatten() == 0)
        if near.any():
            self.adam[f"adam/{name}"] = near.nonzero().flatten()
            self.adam[f"adam_values/{name}"] = gradient.flatten()[near]

    def note(self, kind, number, values):
        near = self.near(values)
        places = near.nonzero().flatten()
        self.lists[kind] += [(number, place.item(), int(values[place] > 0)) for place in places]

    def near(self, values, but=None):
        distances = values.abs() / rms(values)
        near = distances <= MARGIN
        if but is not None:
            near, distances = near & ~but, distances[~but]
        self.margin = min(self.margin, distances[distances > MARGIN].min().item())
        return near

    def tensors(self):
        return {**{kind: torch.tensor(rows, dtype=torch.int64).reshape(-1, 3) for kind, rows in self.lists.items() if rows}, **self.adam}

    def summary(self):
        assert self.margin > MARGIN
        listed = {kind: len(rows) for kind, rows in self.lists.items()}
        listed["adam"] = sum(len(places) for name, places in self.adam.items() if name.startswith("adam/"))
        return {"margin": self.margin, "relu_calls": self.calls, "sign_steps": self.gradients, "listed": listed}


def hooked(networks, see_relu, see_max_pool):
    watched = {nn.ReLU: see_relu, nn.LeakyReLU: see_relu, nn.MaxPool2d: see_max_pool}
    modules = [m for network in networks for m in network.modules() if type(m) in watched]
    return [m.register_forward_pre_hook(watched[type(m)]) for m in modules]


def channels_last(x):
    """All numbers in the order (N, H, W, C)."""
    return (x.permute(0, 2, 3, 1) if x.dim() == 4 else x).flatten()


def rms(values):
    return values.detach().square().mean().sqrt()


def first_seed(attempt, start, tries=20000):
    """The first seed from `start` for which attempt(seed) raises no TooClose, with the attempt's result."""
    for seed in range(start, start + tries):
        try:
            return seed, attempt(seed)
        except TooClose:
            continue
    raise SystemExit(f"no seed from {start} on keeps its distance")
