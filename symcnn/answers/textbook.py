"""Formulas known as those of a layer: small networks in the letters at hand, one of whose quantities the formula is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache, lru_cache
from itertools import islice
from typing import Any

from sympy import Expr, Symbol

from symcnn import tree
from symcnn.algebra.evaluate import evaluator
from symcnn.algebra.polynomial import polynomial
from symcnn.algebra.proof import equal
from symcnn.algebra.symbols import exact
from symcnn.analysis.analyse import analyse
from symcnn.analysis.result import Analysis, Layer
from symcnn.answers.asked import Answer, alike, renamed
from symcnn.answers.roles import Assignment, assignments
from symcnn.answers.textbook_forms import KERNELS, SIZED, Form, forms, names_of, numbers_of, pools
from symcnn.errors import SymcnnError
from symcnn.formula import nodes
from symcnn.library.standard import standard_library
from symcnn.source import Source
from symcnn.syntax import parse_alone

_MOST_FORMS = 80  # that are looked at for one formula

Recognised = tuple[Analysis, str, str, Mapping[str, int]]  # the last has numbers for the symbols


def textbook(value: Answer, symbols: Iterable[Symbol]) -> Iterator[tuple[Analysis, str, str]]:
    """Yield small networks, each with a layer and a quantity of it that is this formula, provably.

    `symbols` are those that the formula may speak of, in the usual letters (K the kernel, C_in the input channels, …).
    The analyses have symbols of the same names; those of paddings may be 0. A shape is a tuple.

    >>> from symcnn.algebra.symbols import symbol
    >>> K, C, M = map(symbol, ("K", "C_in", "C_out"))
    >>> analysis, layer, quantity = next(textbook((K**2 * C + 1) * M, [K, C, M]))
    >>> layer, quantity
    ('conv1', 'params')
    """
    for analysis, layer, quantity, _ in recognised(value, symbols):
        yield analysis, layer, quantity


def recognised(value: Answer, symbols: Iterable[Symbol]) -> Iterator[Recognised]:
    """Yield the same with numbers for all symbols of each network, of which no two are alike."""
    parts = value if isinstance(value, tuple) else (value,)
    spoken = {s.name for part in parts if isinstance(part, Expr) for s in part.free_symbols}
    known = spoken | {s.name for s in symbols}
    if not known:
        return
    for names in (known, spoken) if known != spoken else (known,):
        found: set[tuple[str, str]] = set()
        for roles, form, numeric in islice(_tried(value, names), _MOST_FORMS):
            for match in _matches(value, form, numeric, roles):
                if match[1:3] not in found:  # equal with and without a bias, say
                    found.add(match[1:3])
                    yield match
        if found:
            return


def _tried(value: Answer, names: Iterable[str]) -> Iterator[tuple[Assignment, Form, Form]]:
    """Yield the networks for all roles that the symbols may have, each also in general letters."""
    for roles in assignments(names):
        for form, numeric in zip(_forms(value, roles), _forms(value, _in_general(roles)), strict=True):
            yield roles, form, numeric


def _forms(value: Answer, roles: Assignment) -> Iterator[Form]:
    if value != 0:
        return forms(roles, _kernels(value))
    return pools(roles) if "kernel" in roles else iter(())


def _kernels(value: Answer) -> tuple[str, ...]:
    """Return the kernels that a formula can have by its numbers: of a mere product one that divides its factor."""
    poly = {} if isinstance(value, tuple) else polynomial(value)
    if len(poly) != 1 or any(not atom.is_Symbol for monomial in poly for atom, _ in monomial):
        return KERNELS
    (factor,) = poly.values()
    return tuple(kernel for kernel in KERNELS if factor % int(kernel) == 0)


def _in_general(roles: Assignment) -> Assignment:
    """Return the roles in letters that do not depend on the formula: numbers for these are worked out once."""
    return {role: tuple(f"{role}_{place}" for place in range(len(names))) for role, names in roles.items()}


def _matches(value: Answer, form: Form, general: Form, roles: Assignment) -> Iterator[Recognised]:
    worth = _evaluated(value, numbers_of(roles))
    known = _in_numbers(general, tuple(numbers_of(_in_general(roles)).items())) if worth is not None else {}
    for quantity in form.quantities:
        if known.get(quantity) != worth:
            continue
        analysis = _analysis(form.body, names_of(roles), ())
        if analysis is not None and _is_equal(value, _of(_layer(analysis, form.layer), quantity), analysis):
            yield analysis, form.layer, quantity, numbers_of(roles)


@lru_cache(maxsize=4_000)
def _in_numbers(form: Form, numbers: tuple[tuple[str, int], ...]) -> Mapping[str, Any]:
    """Return what the quantities of a network are for some numbers; nothing where there is no such network."""
    analysis = _analysis(form.body, tuple(name for name, _ in numbers), numbers)
    if analysis is None:
        return {}
    layer = _layer(analysis, form.layer)
    return {quantity: _of(layer, quantity) for quantity in form.quantities}


def _evaluated(value: Answer, numbers: Mapping[str, int]) -> Any:
    if isinstance(value, tuple):
        parts = tuple(_evaluated(part, numbers) for part in value)
        return None if None in parts else parts
    if not isinstance(value, Expr):
        return value
    try:
        return evaluator({s: numbers[s.name] for s in value.free_symbols if s.name in numbers})(value)
    except SymcnnError:
        return None


def _is_equal(value: Answer, other: Answer, analysis: Analysis) -> bool:
    if isinstance(value, tuple) or isinstance(other, tuple):
        if not (isinstance(value, tuple) and isinstance(other, tuple) and len(value) == len(other)):
            return False
        return all(_is_equal(a, b, analysis) for a, b in zip(value, other, strict=True))
    return equal(renamed(value, analysis), other, analysis.facts) is True


@lru_cache(maxsize=500)
def _analysis(body: str, names: tuple[str, ...], numbers: tuple[tuple[str, int], ...]) -> Analysis | None:
    """Return the analysis of a body, in numbers or in symbols; None where there is no such network."""
    text = f"net textbook({', '.join(names)}) {{ {body} }}"
    try:
        file = parse_alone(Source("textbook", text, internal=True))
        if SIZED in body:
            file = replace(file, layers={**file.layers, SIZED: _sized_convolution()})
        values: dict[str, Any] = dict(numbers)
        return analyse(tree.Network(file, file.nets["textbook"]), **values)
    except SymcnnError:
        return None


@cache
def _sized_convolution() -> tree.Layer:
    """Return the kind of a convolution whose output size is given: the other rules, and the mistakes, are the same."""
    known = standard_library().layers["Conv"]
    size = tree.LayerParameter("output_size", "q", rational=False, per_axis=True, default=None, span=known.span)
    rules = tuple((name, nodes.Name("q") if name == "size" else rule) for name, rule in known.rules)
    slips = tuple(slip for slip in known.slips if slip.quantity != "size")
    return replace(known, name=SIZED, parameters=(*known.parameters, size), rules=rules, slips=slips)


def _layer(analysis: Analysis, path: str) -> Layer:
    return next(layer for layer in analysis.layers if layer.path == path)


def _of(layer: Layer, quantity: str) -> Any:
    if quantity == "output":
        return tuple(map(exact, layer.output))
    if quantity == "size":
        return alike(tuple(map(exact, layer.output[1:])))
    if quantity == "receptive_field":
        return alike(tuple(None if size is None else exact(size) for size in layer.receptive_field.size))
    return exact(layer.count(quantity))
