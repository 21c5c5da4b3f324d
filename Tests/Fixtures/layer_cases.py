"""layers.safetensors: every layer and loss alone, with an upstream gradient `dy` and all gradients."""
import torch
import torch.nn.functional as F

from fixture_file import Draw, Fixture, gradients
from optimiser_cases import add_optimisers

CONVOLUTIONS = {  # name: (N, C, H, W, K, kernel, stride, padding, bias)
    "conv3x3_odd": (2, 5, 7, 6, 6, 3, 1, 1, False),
    "conv3x3_bias": (2, 5, 7, 6, 6, 3, 1, 1, True),
    "conv3x3_rgb": (2, 3, 9, 8, 4, 3, 1, 1, False),
    "conv3x3_rgb_bias": (3, 3, 8, 8, 16, 3, 1, 1, True),
    "conv3x3_to_rgb_bias": (2, 8, 8, 8, 3, 3, 1, 1, True),
    "conv3x3_4x4": (3, 4, 4, 4, 8, 3, 1, 1, False),
    "conv3x3_2x2": (2, 6, 2, 2, 5, 3, 1, 1, True),
    "conv3x3_1x1_image": (2, 4, 1, 1, 3, 3, 1, 1, False),
    "conv3x3_wide": (2, 20, 9, 10, 70, 3, 1, 1, False),
    "conv3x3_64": (2, 64, 8, 8, 64, 3, 1, 1, False),
    "conv3x3_stride2": (2, 5, 8, 6, 7, 3, 2, 1, False),
    "conv3x3_stride2_odd": (2, 4, 7, 5, 6, 3, 2, 1, False),
    "conv1x1": (2, 5, 7, 6, 9, 1, 1, 0, False),
    "conv1x1_bias": (2, 5, 7, 6, 9, 1, 1, 0, True),
    "conv1x1_stride2": (2, 5, 8, 6, 7, 1, 2, 0, False),
    "conv1x1_stride2_odd": (2, 5, 7, 5, 7, 1, 2, 0, False),
}


def add_convolutions(fixture):
    for number, (name, (n, c, h, w, k, kernel, stride, padding, bias)) in enumerate(CONVOLUTIONS.items()):
        draw = Draw(1000 + number)
        inputs = {"x": draw.normal(n, c, h, w), "w": draw.normal(k, c, kernel, kernel, scale=(c * kernel**2) ** -0.5)}
        if bias:
            inputs["b"] = draw.normal(k)
        settings = {"stride": stride, "padding": padding}
        add_layer(fixture, name, draw, lambda x, w, b=None: F.conv2d(x, w, b, stride, padding), settings, **inputs)


def add_layer(fixture, name, draw, function, settings, **inputs):
    """Runs y = function(*inputs) and stores inputs, dy, y and the gradients of every floating-point input."""
    traced = {k: v.requires_grad_(v.is_floating_point()) for k, v in inputs.items()}
    y = function(*traced.values())
    dy = draw.normal(*y.shape)
    wanted = {k: v for k, v in traced.items() if v.is_floating_point()}
    fixture.add(name, settings, **traced, y=y, dy=dy, **gradients(y, dy, **wanted))


def add_linear(fixture):
    draw = Draw(1100)
    add_layer(fixture, "linear", draw, F.linear, {}, x=draw.normal(5, 13), w=draw.normal(7, 13), b=draw.normal(7))
    add_layer(fixture, "linear_to_one", draw, F.linear, {}, x=draw.normal(4, 16), w=draw.normal(1, 16), b=draw.normal(1))
    add_layer(
        fixture, "linear_to_4x4", draw, lambda x, w, b: F.linear(x, w, b).reshape(3, 6, 4, 4), {"shape": [3, 6, 4, 4]},
        x=draw.normal(3, 10), w=draw.normal(96, 10), b=draw.normal(96))


def uneven_channels(draw, n, c, h, w):
    """Channels whose means and scales differ by orders of magnitude; every sixth has mean / deviation = 170."""
    means = torch.tensor([0.0, 3.0, -20.0, 0.01, 100.0, 17.0]).repeat(c)[:c].view(1, c, 1, 1)
    scales = torch.tensor([1.0, 0.1, 5.0, 0.001, 30.0, 0.1]).repeat(c)[:c].view(1, c, 1, 1)
    return (draw.normal(n, c, h, w).float() * scales + means).double()


def add_batch_norm(fixture, name, seed, shape, training):
    draw, c = Draw(seed), shape[1]
    mean, variance = draw.normal(c), draw.uniform(c, low=0.3, high=4.0)
    new_mean, new_variance = mean.clone(), variance.clone()
    settings = {"eps": 1e-5, "momentum": 0.1, "training": training}
    x = uneven_channels(draw, *shape) if training else draw.normal(*shape, scale=2.0)
    add_layer(
        fixture, name, draw, lambda x, gamma, beta: F.batch_norm(x, new_mean, new_variance, gamma, beta, training, 0.1, 1e-5),
        settings, x=x, gamma=draw.normal(c), beta=draw.normal(c))
    fixture.add(name, running_mean=mean, running_var=variance, new_running_mean=new_mean, new_running_var=new_variance)


def add_conditional_batch_norm(fixture, name, seed, shape, training):
    draw, c = Draw(seed), shape[1]
    mean, variance = draw.normal(c), draw.uniform(c, low=0.3, high=4.0)
    new_mean, new_variance = mean.clone(), variance.clone()
    labels = torch.tensor([2, 0, 2, 4])  # one class twice, two classes absent

    def normalise(x, gammas, betas, labels):
        normal = F.batch_norm(x, new_mean, new_variance, None, None, training, 0.1, 2e-5)
        return gammas[labels][:, :, None, None] * normal + betas[labels][:, :, None, None]

    settings = {"eps": 2e-5, "momentum": 0.1, "training": training}
    x = uneven_channels(draw, *shape) if training else draw.normal(*shape, scale=2.0)
    add_layer(fixture, name, draw, normalise, settings, x=x, gammas=draw.normal(5, c), betas=draw.normal(5, c), labels=labels)
    fixture.add(name, running_mean=mean, running_var=variance, new_running_mean=new_mean, new_running_var=new_variance)


def add_batch_norms(fixture):
    add_batch_norm(fixture, "batch_norm_training", 1200, (3, 6, 5, 4), True)
    add_batch_norm(fixture, "batch_norm_training_many_pixels", 1201, (3, 17, 11, 13), True)
    add_batch_norm(fixture, "batch_norm_inference", 1202, (3, 6, 5, 4), False)
    add_conditional_batch_norm(fixture, "conditional_batch_norm_training", 1300, (4, 6, 3, 4), True)
    add_conditional_batch_norm(fixture, "conditional_batch_norm_training_many_pixels", 1301, (4, 17, 11, 9), True)
    add_conditional_batch_norm(fixture, "conditional_batch_norm_inference", 1302, (4, 6, 3, 4), False)


def add_elementwise(fixture):
    draw = Draw(1400)
    across = draw.normal(2, 5, 4, 6)
    across.view(-1)[::7] = 0.0  # at the kink itself the gradient is 0 (ReLU) or the slope (leaky ReLU)
    across.view(-1)[3::11] *= 1e-6
    add_layer(fixture, "relu", draw, F.relu, {}, x=across.clone())
    add_layer(fixture, "leaky_relu", draw, lambda x: F.leaky_relu(x, 0.2), {"slope": 0.2}, x=across.clone())
    wide = draw.normal(2, 3, 4, 6, scale=2.0)
    wide.view(-1)[:8] = torch.tensor([0.0, 1e-4, -1e-4, 20.0, -20.0, 90.0, -90.0, 5.0]).double()
    add_layer(fixture, "tanh", draw, torch.tanh, {}, x=wide)
    add_layer(fixture, "residual_add", draw, torch.add, {}, input=draw.normal(2, 5, 4, 6), other=draw.normal(2, 5, 4, 6))


def add_pools(fixture):
    draw = Draw(1500)
    add_layer(fixture, "avg_pool2", draw, lambda x: F.avg_pool2d(x, 2), {}, x=draw.normal(2, 5, 8, 6))
    add_layer(fixture, "avg_pool4", draw, lambda x: F.avg_pool2d(x, 4), {}, x=draw.normal(2, 5, 8, 4))
    add_layer(fixture, "max_pool2", draw, lambda x: F.max_pool2d(x, 2), {}, x=draw.normal(2, 5, 8, 6))
    add_layer(fixture, "upsample2", draw, lambda x: F.interpolate(x, scale_factor=2.0), {"mode": "nearest"}, x=draw.normal(2, 5, 3, 4))
    add_layer(fixture, "sum_pool", draw, lambda x: x.sum((2, 3)), {}, x=draw.normal(3, 7, 4, 5))


def make():
    fixture = Fixture()
    for add in (add_convolutions, add_linear, add_batch_norms, add_elementwise, add_pools, add_optimisers):
        add(fixture)
    add_losses(fixture)
    fixture.save("layers.safetensors")


def add_losses(fixture):
    draw = Draw(1600)
    logits = draw.normal(12, scale=3.0)
    logits[:4] = torch.tensor([60.0, 60.0, -60.0, -60.0]).double()
    mixed = torch.tensor([1.0, 0.0] * 6).double()
    for name, target in {"mixed": mixed, "ones": torch.ones(12).double(), "zeros": torch.zeros(12).double()}.items():
        x = logits.clone().requires_grad_()
        y = F.binary_cross_entropy_with_logits(x, target)
        fixture.add(f"bce_{name}", {"reduction": "mean"}, x=x, target=target, y=y, **gradients(y, 1.0, x=x))
    x = draw.normal(6, 10, scale=2.0)
    x[0, 3], x[1, 3], x[2] = 60.0, -60.0, torch.tensor([60.0, -60.0] * 5)
    labels = torch.tensor([3, 3, 1, 0, 9, 5])
    x.requires_grad_()
    y = F.cross_entropy(x, labels)
    each = F.cross_entropy(x, labels, reduction="none")
    fixture.add("cross_entropy", {"reduction": "mean"}, x=x, labels=labels, y=y, each=each, **gradients(y, 1.0, x=x))
    g = draw.normal(4, 3, 5, 6) * torch.tensor([1.0, 1e-6, 300.0, 0.0]).view(4, 1, 1, 1)
    fixture.add("l2_norm_per_image", {}, x=g, y=g.flatten(1).norm(dim=1))
