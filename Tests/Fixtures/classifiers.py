"""PreActResNet18 without batch norm (both heads) and VGG16 with batch norm, with the usual state-dict names."""
import math

from torch import nn
from torch.nn import functional as F


class PreActBlock(nn.Module):
    """Leaky ReLU before each convolution. A projecting shortcut sees the activated input, an identity one the raw input."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.leaky = nn.LeakyReLU(0.2)
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        for layer in (self.conv1, self.conv2):
            nn.init.normal_(layer.weight, std=math.sqrt(2 / (9 * outputs)))
        if stride != 1 or inputs != outputs:
            self.shortcut = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False))

    def forward(self, x):
        h = self.leaky(x)
        s = self.shortcut(h) if hasattr(self, "shortcut") else x
        return self.conv2(self.leaky(self.conv1(h))) + s


class PreActResNet18(nn.Module):
    """Images (N, 3, 32, 32) in [-1, 1] -> adversarial logits (N), class logits (N, classes). The published width is 64."""

    def __init__(self, width, classes):
        super().__init__()
        self.conv1 = nn.Conv2d(3, width, 3, padding=1, bias=False)
        inputs = width
        for number, stride in enumerate((1, 2, 2, 2), start=1):
            outputs = width << (number - 1)
            self.add_module(f"layer{number}", nn.Sequential(PreActBlock(inputs, outputs, stride), PreActBlock(outputs, outputs, 1)))
            inputs = outputs
        self.linear, self.discriminate = nn.Linear(inputs, classes), nn.Linear(inputs, 1)

    def forward(self, x):
        h = self.layer4(self.layer3(self.layer2(self.layer1(self.conv1(x)))))
        h = F.avg_pool2d(h, 4).flatten(1)
        return self.discriminate(h).view(-1), self.linear(h)


class VGG16(nn.Module):
    """Images (N, 3, 32, 32) -> class logits (N, classes): convolution, batch norm, ReLU, with five max pools. Published width: 64."""

    PLAN = [1, 1, "M", 2, 2, "M", 4, 4, 4, "M", 8, 8, 8, "M", 8, 8, 8, "M"]

    def __init__(self, width, classes):
        super().__init__()
        layers, channels = [], 3
        for step in self.PLAN:
            if step == "M":
                layers.append(nn.MaxPool2d(2))
            else:
                layers += [nn.Conv2d(channels, width * step, 3, padding=1), nn.BatchNorm2d(width * step), nn.ReLU()]
                channels = width * step
        self.features, self.classifier = nn.Sequential(*layers), nn.Linear(channels, classes)

    def forward(self, x):
        return self.classifier(self.features(x).flatten(1))
