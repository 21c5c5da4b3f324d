"""The distribution by which PyTorch draws each initial weight, as numbers, checked against a drawn network."""
import math

from torch import nn

SQRT2 = math.sqrt(2)


def initial_distributions(network):
    """{state-dict name: {"distribution": "uniform", "bound": b} | {"distribution": "normal", "std": s} | {"distribution": "constant", "value": v}}."""
    distributions = {}
    for path, module in network.named_modules():
        for name, parameter in module.named_parameters(recurse=False):
            distribution = law_of(path, module, name)
            assert agrees(parameter, distribution), (path, name, distribution)
            distributions[f"{path}.{name}"] = distribution
    return distributions


def law_of(path, module, name):
    if isinstance(module, nn.Embedding):
        return {"distribution": "constant", "value": 1.0 if path.endswith("gammas") else 0.0}
    if isinstance(module, nn.BatchNorm2d):
        return {"distribution": "constant", "value": 1.0 if name == "weight" else 0.0}
    fan_out, fan_in = module.weight.shape[0], module.weight[0].numel()
    area = module.weight[0, 0].numel()
    if name == "bias":
        return {"distribution": "uniform", "bound": 1 / math.sqrt(fan_in)}
    last = path.split(".")[-1]
    if last in ("c1", "c2"):
        return {"distribution": "uniform", "bound": SQRT2 * math.sqrt(6 / (fan_in + fan_out * area))}
    if last == "c_sc" or last.startswith("l") and last != "linear":
        return {"distribution": "uniform", "bound": math.sqrt(6 / (fan_in + fan_out * area))}
    if path.startswith("layer") and last in ("conv1", "conv2"):
        return {"distribution": "normal", "std": math.sqrt(2 / (fan_out * area))}
    return {"distribution": "uniform", "bound": 1 / math.sqrt(fan_in)}  # PyTorch's default


def agrees(parameter, distribution):
    """A loose check that a freshly drawn parameter follows its distribution (tight enough to tell the distributions apart for large ones)."""
    p = parameter.detach()
    if distribution["distribution"] == "constant":
        return bool((p == distribution["value"]).all())
    if distribution["distribution"] == "normal":
        return abs(p.std().item() / distribution["std"] - 1) < 4 / math.sqrt(p.numel())
    largest, rounding = p.abs().max().item() / distribution["bound"], 1e-6
    return 1 - 12 / p.numel() - rounding < largest < 1 + rounding
