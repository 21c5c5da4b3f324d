"""How near a network came to a kink: a ReLU input near zero, or two candidates of a max pool near each other.

A float32 program may fall on the other side of a kink that float64 passes closely, and then its gradients honestly differ.
Fixtures are therefore made with seeds for which every unit keeps a distance.
"""
import torch
from torch import nn
from torch.nn import functional as F


class TooClose(Exception):
    pass


class KinkWatch:
    """While entered, watches all ReLU inputs of the networks: `margin` is the least |z| / rms(z) seen, rms over the tensor.

    A margin at or below `required` raises TooClose at once, so that a search for a seed loses little time.
    """

    def __init__(self, *networks, required=0.0):
        self.networks, self.required, self.margin = networks, required, float("inf")

    def __enter__(self):
        watched = {nn.ReLU: self.see_relu, nn.LeakyReLU: self.see_relu, nn.MaxPool2d: self.see_max_pool}
        modules = [m for network in self.networks for m in network.modules() if type(m) in watched]
        self.hooks = [m.register_forward_pre_hook(watched[type(m)]) for m in modules]
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
        near = (distances.min() / values.detach().square().mean().sqrt()).item()
        self.margin = min(self.margin, near)
        if not near > self.required:
            raise TooClose


def first_seed(attempt, start, tries=20000):
    """The first seed from `start` for which attempt(seed) raises no TooClose, with the attempt's result."""
    for seed in range(start, start + tries):
        try:
            return seed, attempt(seed)
        except TooClose:
            continue
    raise SystemExit(f"no seed from {start} on keeps its distance")
