"""Networks counted layer by layer with integers, from the tables of their papers: an oracle without formulas."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil


@dataclass
class Tally:
    """A tensor on its way, and what it has cost."""

    channels: int
    sizes: tuple[int, ...]
    params: int = 0
    macs: int = 0

    def conv(self, out: int, kernel: int, stride: int = 1, groups: int = 1, padding: int | None = None) -> Tally:
        """Convolve; the padding keeps the size, unless another is given. Biases and normalisation count apart."""
        pad = (kernel - 1) // 2 if padding is None else padding
        self.sizes = tuple((size + 2 * pad - kernel) // stride + 1 for size in self.sizes)
        taps = self.channels // groups * kernel**2
        self.params += out * taps
        self.macs += out * taps * self.sizes[0] * self.sizes[1]
        self.channels = out
        return self

    def plus(self, per_channel: int) -> Tally:
        """Add learned numbers per channel: a bias is one, a normalisation has two."""
        self.params += per_channel * self.channels
        return self

    def pool(self, kernel: int) -> Tally:
        """Pool with stride 2; the last window may hang over, if it begins inside."""
        self.sizes = tuple(ceil(Fraction(size - kernel, 2)) + 1 for size in self.sizes)
        return self

    def linear(self, out: int) -> Tally:
        """Connect all channels and positions to each output, with a bias."""
        inputs = self.channels * self.sizes[0] * self.sizes[1]
        self.params += out * (inputs + 1)
        self.macs += out * inputs
        self.channels, self.sizes = out, (1, 1)
        return self

    def side(self, *branches: Tally) -> None:
        """Take on what branches from here have cost beyond what was counted."""
        before = replace(self)
        self.params += sum(branch.params - before.params for branch in branches)
        self.macs += sum(branch.macs - before.macs for branch in branches)


def divisible(value: Fraction) -> int:
    """Return the multiple of 8 as TensorFlow's code says it: round, then look whether it was too much."""
    rounded = max(8, int(value + 4) // 8 * 8)
    return rounded + 8 if rounded < Fraction(9, 10) * value else rounded


def mobilenet(width: Fraction, height: int, across: int) -> Tally:
    """Count MobileNet, table 1: channels and stride of each separable convolution."""
    table = [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5, (1024, 2), (1024, 1)]
    x = Tally(3, (height, across)).conv(int(32 * width), 3, 2).plus(2)
    for out, stride in table:
        x.conv(x.channels, 3, stride, groups=x.channels).plus(2).conv(int(out * width), 1).plus(2)
    x.sizes = (1, 1)
    return x.linear(1000)


def mobilenet_v2(width: Fraction, height: int, across: int) -> Tally:
    """Count MobileNetV2, table 2: expansion, channels, how many, stride."""
    table = [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)]
    x = Tally(3, (height, across)).conv(divisible(32 * width), 3, 2).plus(2)
    for expansion, out, number, stride in table:
        for i in range(number):
            wide = expansion * x.channels
            if expansion != 1:
                x.conv(wide, 1).plus(2)
            x.conv(wide, 3, 1 if i else stride, groups=wide).plus(2).conv(divisible(out * width), 1).plus(2)
    x.conv(divisible(1280 * max(width, Fraction(1))), 1).plus(2).sizes = (1, 1)
    return x.linear(1000)


def googlenet(size: int, auxiliary: bool) -> Tally:
    """Count GoogLeNet, table 1 and figure 3, at a square size: 5×5 convolutions and biases, no normalisation."""
    x = Tally(3, (size, size)).conv(64, 7, 2).plus(1).pool(3).conv(64, 1).plus(1).conv(192, 3).plus(1).pool(3)
    table = {
        "3a": (64, 96, 128, 16, 32, 32),
        "3b": (128, 128, 192, 32, 96, 64),
        "4a": (192, 96, 208, 16, 48, 64),
        "4b": (160, 112, 224, 24, 64, 64),
        "4c": (128, 128, 256, 24, 64, 64),
        "4d": (112, 144, 288, 32, 64, 64),
        "4e": (256, 160, 320, 32, 128, 128),
        "5a": (256, 160, 320, 32, 128, 128),
        "5b": (384, 192, 384, 48, 128, 128),
    }
    for name, (a, b1, b2, c1, c2, d) in table.items():
        one, pooled = replace(x).conv(a, 1).plus(1), replace(x).conv(d, 1).plus(1)
        three = replace(x).conv(b1, 1).plus(1).conv(b2, 3).plus(1)
        five = replace(x).conv(c1, 1).plus(1).conv(c2, 5).plus(1)
        x.side(one, three, five, pooled)
        x.channels = a + b2 + c2 + d
        if name in ("3b", "4e"):
            x.pool(3)
        if name in ("4a", "4d") and auxiliary:
            head = replace(x, sizes=tuple((s - 5) // 3 + 1 for s in x.sizes)).conv(128, 1).plus(1)
            x.side(head.linear(1024).linear(1000))
    x.sizes = (1, 1)
    return x.linear(1000)
