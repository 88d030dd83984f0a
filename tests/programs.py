"""The programs of the language's description, and others that show a construct: all of them parse."""

from __future__ import annotations

STACKED = """
# Two stacked 3×3 convolutions see as far as one 5×5, for less.
net stacked { input 1×H×H;  Conv(1, 3, bias=false);  Conv(1, 3, bias=false) }
net single  { input 1×H×H;  Conv(1, 5, bias=false) }
"""

LENET = """
net lenet(classes = 10) {
    input 1×28×28
    Conv(32, 5);  ReLU;  MaxPool(2)
    Conv(32, 3);  ReLU;  MaxPool(2)
    Flatten
    Linear(256);  ReLU
    Linear(classes)
}
"""

BOTTLENECK = """
net bottleneck(c, s = 1, project = false) {
    add {
        path { Conv(c, 1, bias=false); BatchNorm; ReLU
               Conv(c, 3, stride=s, padding=1, bias=false); BatchNorm; ReLU
               Conv(4c, 1, bias=false); BatchNorm }
        path { if project { Conv(4c, 1, stride=s, bias=false); BatchNorm } }
    }
    ReLU
}
"""

REPETITION = """
net dense_block(k, L)  { repeat L { concat { skip; path { BatchNorm; ReLU; Conv(k, 3, padding=1, bias=false) } } } }
net pyramid(n)         { repeat n as i { Conv(64*2^i, 3, stride=2, padding=1) } }
"""

CONV = """
layer Conv(out_channels: m, kernel_size: k per axis, stride: s per axis = 1, padding: p per axis = 0,
           dilation: d per axis = 1, groups: g = 1, bias: b = true) {
    "Convolution."  source "Dumoulin & Visin 2016, relationship 15"
    require C % g == 0, m % g == 0
    size     = floor((n + 2p - d(k - 1) - 1)/s) + 1
    channels = m
    weights  = m*(C/g)*prod(k)
    biases   = m*b
    macs     = prod(n')*m*(C/g)*prod(k)
    reach    = d(k - 1)
    jump     = s
    wrong size    "dropped the + 1"        = floor((n + 2p - d(k - 1) - 1)/s)
    wrong weights "ignored groups"         = m*C*prod(k)
    wrong macs    "used the input size"    = prod(n)*m*(C/g)*prod(k)
}
"""

CONVENTION = """
convention fvcore "fvcore 0.1.5: one per multiply–add, no bias, BatchNorm 2 per element, global pooling 1 per input, other pooling and activations free" {
    Conv, ConvTranspose, Linear = macs
    BatchNorm = 2*elements
    GlobalAvgPool, AdaptiveAvgPool = inputs
    otherwise = 0
}
"""  # noqa: E501

PAGE = {
    "stacked": STACKED,
    "lenet": LENET,
    "bottleneck": BOTTLENECK,
    "repetition": REPETITION,
    "conv": CONV,
    "convention": CONVENTION,
}

UNET = """
use "blocks.cnn"
assume α rational, 0 < α <= 1
let round8(v) = max(8, 8⌊(v + 4)/8⌋)
net unet(w = 64) {
    input C_in×H×W, batch N
    Conv(w, 3); ReLU
    e1: Conv(w, 3)
    down: repeat 2 as i { Conv(round8(α*w*2^i), 3×3, padding=((1,0),(1,0))); MaxPool(2) }
    concat crop(e1), e1
    add e1
    multiply e1
    from e1
    residual { Conv(w, 1) }
    gate: multiply { skip
                     path { GlobalAvgPool; Conv(channels // 16, 1); Sigmoid } }
    if w % 2 == 0 and not (w < 3 or w ≥ 900) { ReLU } else if w ≠ 7 { Tanh } else { Identity }
    Linear(10, per_position=true)
}
"""

CHAIN = """
assume α rational, 0 < α <= 1
assume H % 8 == 0, H >= 64
let round8(v) = 8⌊v/8⌋ + 8
layer Squash(rate: r per axis = 2, offset: o = 0) {
    "Every r-th input."  source "nobody"
    require r >= 1 "a rate is at least 1", o <= C
    size = ceil(n/r); reach = r - 1; jump = r
    weights = C*prod(r) + o
}
net head(classes, p = 0.5) { GlobalAvgPool; Flatten; Dropout(p); Linear(classes); Softmax }
net block(c = 2channels, s = 1) {
    let half = c // 2
    if s != 1 or channels < c { Conv(half, (1, 3), padding=(0, 1), bias=false); BatchNorm }
    Conv(c, 3×3, stride=s, padding="same", groups=2); ReLU
}
net main(w = 32) {
    input 3×H×W, batch N
    stem: Conv(round8(w), 7, stride=2, padding=((3,2),(2,3)))
    repeat 3 as i { block(64*2^i, s=2); MaxPool(3, stride=1, padding=1, ceil_mode=true) }
    repeat 4 { SeparableConv(channels, 3, padding=1) }
    Squash((2, 1), offset=3)
    Conv(α*128, 1)
    head(1000)
}
"""

MANY = {**PAGE, "unet": UNET, "chain": CHAIN}
