"""symcnn, the computer algebra system of convolutional networks.

Write an architecture once, with symbols for its sizes, and get exact closed forms for shapes, parameters, MACs and
receptive fields. SymPy is imported when the first analysis is asked for, not before.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

from symcnn.errors import SymcnnError

if TYPE_CHECKING:
    from symcnn.analysis.analyse import analyse
    from symcnn.analysis.result import Analysis
    from symcnn.answers.judge import check
    from symcnn.answers.verdict import Verdict
    from symcnn.api import conventions, layers, load, parse, symbols
    from symcnn.asymptotics import asymptotics
    from symcnn.compare import compare
    from symcnn.derive import derive
    from symcnn.render import render
    from symcnn.solve import solve

__version__ = "0.1.0"

_WHERE = {
    "Analysis": "symcnn.analysis",
    "Verdict": "symcnn.answers.verdict",
    "analyse": "symcnn.analysis",
    "asymptotics": "symcnn.asymptotics",
    "check": "symcnn.answers.judge",
    "compare": "symcnn.compare",
    "conventions": "symcnn.api",
    "derive": "symcnn.derive",
    "layers": "symcnn.api",
    "load": "symcnn.api",
    "parse": "symcnn.api",
    "render": "symcnn.render",
    "solve": "symcnn.solve",
    "symbols": "symcnn.api",
}

__all__ = [
    "Analysis",
    "SymcnnError",
    "Verdict",
    "analyse",
    "asymptotics",
    "check",
    "compare",
    "conventions",
    "derive",
    "layers",
    "load",
    "parse",
    "render",
    "solve",
    "symbols",
]


class _Front(ModuleType):
    """The package: its public names are functions, also where a room of the house has the same name.

    Importing the room `symcnn.compare` would otherwise put the module in the place of the function `symcnn.compare`.
    """

    def __setattr__(self, name: str, value: Any) -> None:
        if not (name in _WHERE and isinstance(value, ModuleType)):
            super().__setattr__(name, value)

    def __getattr__(self, name: str) -> Any:
        if name not in _WHERE:
            raise AttributeError(f"module 'symcnn' has no attribute '{name}'")
        return getattr(import_module(_WHERE[name]), name)

    def __dir__(self) -> list[str]:
        return sorted([*self.__dict__, *__all__])


sys.modules[__name__].__class__ = _Front
