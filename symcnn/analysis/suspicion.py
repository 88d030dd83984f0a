"""Names that nothing binds are symbols; those that look like a slip of the pen are pointed out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from symcnn.analysis.statements import formulas_in, names_in, statements
from symcnn.analysis.tensor import TENSOR_NAMES
from symcnn.errors import SymcnnError
from symcnn.formula.meaning import BUILTINS
from symcnn.formula.nodes import names
from symcnn.library.convention import standard_conventions
from symcnn.library.standard import standard_library
from symcnn.source import Span
from symcnn.tree import Block, Input, Labelled, Layer, Let, Net, Network

_SHORTEST = 4  # of shorter names, most pairs look alike
_SHORTEST_TWIN = 3  # n and N are two symbols; C_in and Cin hardly
_ALIKE = 0.8
_WORDS = {"true": "true", "false": "false", "same": '"same"', "valid": '"valid"', "none": "0"}
_CROSS_INSIDE = re.compile(r"(?<=\w)[xX](?=\w)")


def suspicions(net: Network, symbols: set[str]) -> tuple[str, ...]:
    """Return a warning, with its place, for each symbol that looks like something else.

    That is: nearly a parameter, a `let`, a label or a reserved name; one of the words for arguments without its
    quotes; a size with an `x` inside; the twin of another symbol (`C_in`, `Cin`).
    """
    places = _places(net)
    order = {name: place for place, name in enumerate(places)}
    found = []
    for name in sorted(symbols, key=lambda name: (order.get(name, 0), name)):
        hint = _meant(name, net) or _twin(name, symbols, order) or _sizes(name, net)
        if hint is not None:
            message = f"'{name}' is taken as a symbol"
            found.append(str(SymcnnError(message, places.get(name), hint)))
    return (*found, *_bound_late(net, symbols))


def _bound_late(net: Network, symbols: set[str]) -> Iterator[str]:
    """Yield a warning for each `let` of a name that was a symbol before it in the same net."""
    for definition in net.file.nets.values():
        if not any(isinstance(statement, Let) for statement in definition.body.statements):
            continue
        used, bound = set[str](), set[str]()
        for statement in definition.body.statements:
            if isinstance(statement, Let):
                if statement.name in symbols & used - bound:
                    message = f"'{statement.name}' is a symbol above, and this value only from here on"
                    hint = f"put the let first, or outside of {definition.name}"
                    yield str(SymcnnError(message, statement.span, hint))
                bound.add(statement.name)
            used |= names_in(Block((statement,), statement.span))


def shadows(net: Network) -> tuple[str, ...]:
    """Return a warning for each kind, net or convention of the file that takes the place of one of the library."""
    library = standard_library()
    own: list[Layer | Net] = [*net.file.layers.values(), *net.file.nets.values()]
    known = {*library.layers, *library.nets}
    kinds = [] if net.file is library else [definition for definition in own if definition.name in known]
    conventions = [c for c in net.file.conventions.values() if c.name in standard_conventions()]
    return tuple(
        str(SymcnnError(f"'{x.name}' takes the place of the library's {what} of that name", x.span))
        for what, found in (("kind", kinds), ("convention", conventions))
        for x in found
    )


def _places(net: Network) -> dict[str, Span]:
    """Return where each name is written first, in the written order; files that are used come first."""
    places: dict[str, Span] = {}
    for definition in net.file.nets.values():
        for formula in formulas_in(definition.body):
            for name in names(formula):
                places.setdefault(name.name, name.span)
    return places


def _meant(name: str, net: Network) -> str | None:
    if name.casefold() in _WORDS:
        return f"did you mean {_WORDS[name.casefold()]}?"
    if len(name) < _SHORTEST:
        return None
    known = {other: f"'{other}'" for other in _known(net)} | _WORDS
    if name in known:
        return None
    nearest = max(known, key=lambda other: (_likeness(name, other), other))
    return f"did you mean {known[nearest]}?" if _likeness(name, nearest) >= _ALIKE else None


def _known(net: Network) -> Iterator[str]:
    yield from (*TENSOR_NAMES, *BUILTINS, *net.file.lets)
    for other in net.file.nets.values():
        yield from (parameter.name for parameter in other.parameters)
        yield from (s.name for s in statements(other.body) if isinstance(s, Let))
        yield from (s.label for s in other.body.statements if isinstance(s, Labelled))


def _twin(name: str, symbols: set[str], order: dict[str, int]) -> str | None:
    """Name the symbol, written earlier, that differs only in case or underscores."""
    if len(_folded(name)) < _SHORTEST_TWIN:
        return None
    twins = [other for other in symbols if other != name and _folded(other) == _folded(name)]
    earlier = [t for t in twins if t in order and name in order and order[t] < order[name]]
    return f"there is '{min(earlier)}' too: did you mean the same?" if earlier else None


def _folded(name: str) -> str:
    return name.replace("_", "").casefold()


def _sizes(name: str, net: Network) -> str | None:
    """See that `3xHxw` and `3X32X32` are names with an x inside, not sizes."""
    inputs = (s for other in net.file.nets.values() for s in statements(other.body) if isinstance(s, Input))
    written = {n.name for statement in inputs for size in statement.dimensions for n in names(size)}
    if name in written and _CROSS_INSIDE.search(name):
        return f"did you mean {_CROSS_INSIDE.sub('×', name)}? Between sizes write × or, with spaces, x"
    return None


def _likeness(name: str, other: str) -> float:
    from difflib import SequenceMatcher  # most networks have no such names

    name, other = name.casefold(), other.casefold()
    if sorted(name) == sorted(other):  # two letters in the wrong order
        return 1.0
    return SequenceMatcher(None, name, other).ratio()
