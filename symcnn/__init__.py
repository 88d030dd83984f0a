"""symcnn, the computer algebra system of convolutional networks.

Write an architecture once, with symbols for its sizes, and get exact closed forms for shapes, parameters, MACs and
receptive fields. SymPy is imported when the first analysis is asked for, not before.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from symcnn.errors import SymcnnError

if TYPE_CHECKING:
    from symcnn.analysis import Analysis, analyse
    from symcnn.api import layers, load, parse, symbols

__version__ = "0.1.0"

_WHERE = {
    "Analysis": "symcnn.analysis",
    "analyse": "symcnn.analysis",
    "layers": "symcnn.api",
    "load": "symcnn.api",
    "parse": "symcnn.api",
    "symbols": "symcnn.api",
}

__all__ = ["Analysis", "SymcnnError", "analyse", "layers", "load", "parse", "symbols"]


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'symcnn' has no attribute '{name}'")
    return getattr(import_module(_WHERE[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
