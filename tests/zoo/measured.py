"""What real networks measured, and the analyses of the zoo's files that are held against them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from symcnn import Analysis, analyse, load

_DATA = Path(__file__).parents[1] / "data"
TORCHVISION = json.loads((_DATA / "zoo_torchvision.json").read_text(encoding="utf-8"))
PYTORCHCV = json.loads((_DATA / "zoo_pytorchcv.json").read_text(encoding="utf-8"))
MEASURED: dict[str, dict[str, Any]] = {network["label"]: network for network in TORCHVISION["networks"]}

_FAMILIES = ("mobilenet_v2", "mobilenet_v3", "squeezenet", "shufflenet_v2", "efficientnet", "mnasnet", "convnext")
_WIDTHS = {"mnasnet0_5": "1/2", "mnasnet0_75": "3/4", "mnasnet1_0": "1", "mnasnet1_3": "13/10"}


@cache
def symbolic(label: str) -> Analysis:
    """Return the analysis of the network that torchvision calls so, for all sizes."""
    return zoo("mnasnet", α=_WIDTHS[label]) if label in _WIDTHS else zoo(label)


@cache
def zoo(net: str, **parameters: Any) -> Analysis:
    """Return the analysis of a network of the zoo."""
    family = next((family for family in _FAMILIES if net.startswith(family)), net.removesuffix("_paper"))
    return analyse(load(f"grammar/zoo/{family}.cnn")[net], **parameters)
