"""Memory: what a network stores, what is alive while it runs, what it reads and writes, and what bounds its time.

>>> from symcnn import analyse, load
>>> from symcnn.memory import memory
>>> found = memory(analyse(load("zoo/vgg16")["vgg16"])).at(H=224, W=224)
>>> found.peak, found.peak_layer, found.peak_bytes
(6422528, 'vgg1.stage1.repeat1[0].relu1', 25690112)
"""

from __future__ import annotations

from symcnn.memory.footprint import LayerMemory, Memory, Peak, memory
from symcnn.memory.numbers import DTYPES, OPTIMIZERS, Dtype, Optimizer

__all__ = ["DTYPES", "OPTIMIZERS", "Dtype", "LayerMemory", "Memory", "Optimizer", "Peak", "memory"]
