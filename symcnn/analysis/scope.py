"""What names stand for: parameters, `let`s, the current tensor's sizes, and symbols for the rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.symbols import POSITIVE, Value, exact, symbol
from symcnn.analysis.tensor import TENSOR_NAMES, Tensor
from symcnn.errors import SymcnnError
from symcnn.formula.meaning import meaning
from symcnn.formula.nodes import Formula
from symcnn.formula.values import Frame, Function, Meaning
from symcnn.tree import File, Let


class Symbols:
    """The symbols of one analysis: their domains, and what assumptions put in their place."""

    def __init__(self, domains: dict[str, str], replaced: dict[Any, Any] | None = None) -> None:
        self.domains = domains
        self.replaced = replaced or {}
        self.used: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Value:
        made = self.used.setdefault(name, symbol(name, self.domains.get(name, POSITIVE)))
        return exact(self.replaced.get(made, made))


class FileScope(dict[str, Any]):
    """A file's `let`s, worked out when they are first used, in any order; every other name is a symbol."""

    def __init__(self, file: File, symbols: Symbols, arithmetic: Arithmetic) -> None:
        super().__init__()
        self.symbols = symbols
        self._file, self._arithmetic = file, arithmetic
        self._pending: set[str] = set()
        for let in file.lets.values():
            _refuse_tensor_name(let)

    def __missing__(self, name: str) -> Any:
        if name in TENSOR_NAMES:
            raise SymcnnError(f"there is no '{name}' here", None, "it belongs to the current tensor, inside a net")
        if name not in self._file.lets:
            return self.symbols[name]
        let = self._file.lets[name]
        if name in self._pending:
            raise SymcnnError(f"'{name}' is defined by itself", let.span)
        self._pending.add(name)
        self[name] = define(let, self, self._arithmetic)
        self._pending.discard(name)
        return self[name]


class Scope(dict[str, Any]):
    """The names of a net, a repeat or a path, in front of those around it."""

    def __init__(self, parent: Scope | FileScope, tensor: Tensor | None = None) -> None:
        super().__init__()
        self.parent = parent
        self.tensor = tensor

    def __missing__(self, name: str) -> Any:
        if name in TENSOR_NAMES and self.tensor is not None:
            if name == "channels":
                return self.tensor.channels
            sizes = self.tensor.named()
            if name not in sizes:
                raise SymcnnError(f"the current tensor {self.tensor} has no {name}", None, f"it has {', '.join(sizes)}")
            return sizes[name]
        return self.parent[name]


def define(
    let: Let, scope: Scope | FileScope, arithmetic: Arithmetic, compiled: Callable[[Formula], Meaning] = meaning
) -> Any:
    """Return what a `let` gives its name: a value or a function."""
    _refuse_tensor_name(let)
    if let.formals is None:
        return compiled(let.value)(Frame(arithmetic, scope))
    return Function(let.name, let.formals, compiled(let.value), scope)


def _refuse_tensor_name(let: Let) -> None:
    if let.name in TENSOR_NAMES:
        raise SymcnnError(f"'{let.name}' is the current tensor's and cannot be redefined", let.span)
