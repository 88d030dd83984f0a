"""Memory: what a network stores, what is alive while it runs, what it reads and writes, and what bounds its time.

>>> from symcnn import analyse, load
>>> from symcnn.memory import memory
>>> found = memory(analyse(load("zoo/vgg16")["vgg16"])).at(H=224, W=224)
>>> found.peak, found.peak_layer, found.peak_bytes
(6422528, 'vgg1.stage1.repeat1[0].relu1', 25690112)
"""

from __future__ import annotations

from symcnn.memory.alive import Peak
from symcnn.memory.convolution import Im2col, Winograd, im2col, winograd
from symcnn.memory.costs import ConvolutionCost, ConvolutionCosts, convolution_costs
from symcnn.memory.footprint import LayerMemory, Memory, memory
from symcnn.memory.numbers import DTYPES, OPTIMIZERS, Dtype, Optimizer
from symcnn.memory.roofline import LayerBound, Machine, Roofline, roofline

__all__ = [
    "DTYPES",
    "OPTIMIZERS",
    "ConvolutionCost",
    "ConvolutionCosts",
    "Dtype",
    "Im2col",
    "LayerBound",
    "LayerMemory",
    "Machine",
    "Memory",
    "Optimizer",
    "Peak",
    "Roofline",
    "Winograd",
    "convolution_costs",
    "im2col",
    "memory",
    "roofline",
    "winograd",
]
