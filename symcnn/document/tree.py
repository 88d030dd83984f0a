"""The layers of a network as the rows of a table: what a block, or a join, is made of stands indented under it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

from sympy import Expr

from symcnn.algebra.operations import product
from symcnn.analysis import Analysis, Layer
from symcnn.analysis.derivation import Derivation, Nest
from symcnn.formula import nodes as f
from symcnn.formula.express import express
from symcnn.report import Indent, Line, Math, Words

_DEEPEST = 10  # levels of indentation; what lies deeper has a row of its own there, without the names between
_NUMBERED = re.compile(r"(.*[^\d])\d+")  # the name of a net that has no label
_BETWEEN_NAMES = re.compile(r"\.(?![^\[\]]*\])")  # not the dots of repeat1[1..2]


@dataclass(frozen=True, slots=True)
class Row:
    """A layer, or a block (which has no `layer`), and how often it is repeated within what it is indented under.

    A join is a layer that its paths are indented under. The name is dotted where blocks hold nothing else; `output`
    is () where it is not known. Of `copies` equal blocks that are written one after the other it is the last.
    """

    name: str
    level: int
    times: Any
    layer: Layer | None
    output: tuple[Any, ...]
    copies: int = 1

    @property
    def cell(self) -> Line:
        """The indented name and the repetitions: `repeat1.conv1 ×3`."""
        indent = (Indent(self.level),) if self.level else ()
        match repetitions(self.times):
            case (Words(text), *more):  # one piece with the name, which a line ends after only if it must
                return (*indent, Words(self.name + text), *more)
        return (*indent, Words(self.name))


def repetitions(times: Any) -> Line:
    """Return how often something is repeated: ` ×3`, or nothing where it stands once."""
    if times == 1:
        return ()
    if isinstance(times, int) or times.is_Integer:
        return (Words(f" ×{times}"),)
    return times_of(express(times))


def times_of(count: f.Formula) -> Line:
    """Return that something is repeated a symbolic number of times: ` ×(n − 1)`."""
    return Words(" ×"), Math(f.Group(count) if isinstance(count, f.Sum) else count)


def rows(analysis: Analysis, shown: Iterable[Layer]) -> tuple[Row, ...]:
    """Return the rows of some layers of an analysis, in order, and of the joins and blocks around them."""
    shown = tuple(shown)
    around = {start for layer in shown for start in _starts(layer.path)}
    places = {layer.place for layer in shown}
    top = _Node("")
    for layer in analysis.layers:
        if layer.place in places or layer.path in around:
            top.put(layer)
    bodies = {} if analysis.derivation is None else dict(_bodies(analysis.derivation))
    return tuple(_Writer(analysis, bodies).under(top, 0, 1, 1))


def _starts(path: str) -> Iterator[str]:
    """Yield the paths of what a layer lies in."""
    return (path[: dot.start()] for dot in _BETWEEN_NAMES.finditer(path))


def _together(name: str, first: str, last: str) -> str:
    """Return the name for equal blocks: `block2..3.conv1` for those from block2 to block3."""
    number = _NUMBERED.fullmatch(last)
    return f"{first}..{last[number.end(1) :] if number else last}{name.removeprefix(last)}"


def _bodies(derivation: Derivation, start: str = "") -> Iterator[tuple[str, Nest]]:
    """Yield every body with its path."""
    for item in derivation.items:
        if isinstance(item, Nest):
            yield f"{start}{item.name}", item
            yield from _bodies(item.body, f"{start}{item.name}.")


@dataclass(slots=True)
class _Node:
    """What has a path: a layer, a body, or both, which is a join."""

    path: str
    layer: Layer | None = None
    inside: dict[str, _Node] = field(default_factory=dict)

    def put(self, layer: Layer) -> None:
        """Put a layer where its path says."""
        node = self
        for name in _BETWEEN_NAMES.split(layer.path):
            path = f"{node.path}.{name}" if node.path else name
            node = node.inside.setdefault(name, _Node(path))
        node.layer = layer

    def layers(self) -> Iterator[Layer]:
        """Yield the layer, which a join is, and those inside."""
        if self.layer is not None:
            yield self.layer
        for node in self.inside.values():
            yield from node.layers()


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes nodes as rows."""

    analysis: Analysis
    bodies: dict[str, Nest]

    def under(self, parent: _Node, level: int, above: Any, copies: int) -> Iterator[Row]:
        """Yield the rows in a node, of which there are `above` equal ones, `copies` of them written one by one."""
        start = len(parent.path) + 1 if parent.path else 0
        for _, alike in groupby(parent.inside.values(), key=self._kind):
            nodes = list(alike)
            first, last = nodes[0], nodes[-1]
            for row in self._rows(last, level, above, start, copies, len(nodes)):
                if len(nodes) > 1 and row.level == level:
                    row = replace(row, name=_together(row.name, first.path[start:], last.path[start:]))
                yield row

    def _kind(self, node: _Node) -> tuple[Any, str]:
        """Return what is the same for equal blocks without labels of their own."""
        numbered = _NUMBERED.fullmatch(node.path)
        if numbered is None or node.path not in self.bodies:
            return node.path, ""
        return id(self.bodies[node.path].body), numbered[1]

    def _rows(self, node: _Node, level: int, above: Any, start: int, copies: int, equal: int) -> Iterator[Row]:
        """Yield the rows of a node, the last of some equal ones, named from some place of its path on."""
        times, copies = product((above, equal, self._times(node))), copies * equal
        while node.layer is None and len(node.inside) == 1:  # a body that holds nothing else
            (node,) = node.inside.values()
            times = product((times, self._times(node)))
        if level == _DEEPEST and node.inside:  # the names would fill the page
            for layer in node.layers():
                row = self._layer(layer, level, above, start, copies, equal)
                yield replace(row, name=f"….{layer.name}") if "." in row.name else row
        elif node.layer is not None:
            yield self._layer(node.layer, level, above, start, copies, equal)
            yield from self.under(node, level + 1, product((node.layer.times, copies)), copies)
        else:
            inside = times // above if isinstance(times, int) else self._within(node.path, start, equal)
            yield Row(node.path[start:], level, inside, None, self._output(node), copies)
            yield from self.under(node, level + 1, times, copies)

    def _layer(self, layer: Layer, level: int, above: Any, start: int, copies: int, equal: int) -> Row:
        symbolic = layer.loops or isinstance(above, Expr)
        times = self._within(layer.path, start, equal) if symbolic else layer.times * copies // above
        return Row(layer.path[start:], level, times, layer, layer.output, copies)

    def _within(self, path: str, start: int, equal: int) -> Any:
        """Return how often something is repeated within what begins its path, `equal` ones of it together."""
        bodies = [path[: dot.start()] for dot in _BETWEEN_NAMES.finditer(path) if dot.start() > start]
        return product((equal, *(self._times(_Node(body)) for body in (*bodies, path))))

    def _times(self, node: _Node) -> Any:
        """Return how often a body is repeated; where that is not known, its layers say it."""
        times = self.bodies[node.path].times if node.path in self.bodies else 1
        return self.analysis.evaluate(times) if isinstance(times, Expr) else times

    def _output(self, node: _Node) -> tuple[Any, ...]:
        if node.path not in self.bodies:
            return ()
        return tuple(map(self.analysis.evaluate, self.bodies[node.path].output.shape))
