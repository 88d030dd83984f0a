"""What an answer is judged against: a quantity of an analysis, an expression, a shape, or a text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

from sympy import Expr, Symbol

from symcnn.algebra.assumptions import ContradictionError
from symcnn.algebra.conditions import single
from symcnn.algebra.operations import product, total
from symcnn.algebra.parity import with_parities
from symcnn.algebra.symbols import NONNEGATIVE, POSITIVE, Value, domain_of, exact
from symcnn.analysis import Analysis, Layer
from symcnn.analysis.paths import layers_at
from symcnn.answers.given import Given, Stated, given
from symcnn.answers.said import said
from symcnn.errors import SymcnnError, did_you_mean

KINDS = ("number", "formula", "shape", "order", "bytes")
_BYTES = 4  # of a float32
_FIELD = {"receptive_field": "size", "jump": "jump", "centre": "centre"}
_AXES = {"height": -2, "width": -1, "length": -1, "depth": -3}
_SHAPES = ("output", "shape", "size", "channels", *_AXES)


@dataclass(frozen=True, eq=False)
class Question:
    """The right value with what is given; of a shape `value` is a tuple. `order` is the sign where one is asked for.

    `quantity` is a quantity of `Analysis` or empty; where the value is one of an analysis, `layers` are those asked
    about, all of them where it is the whole network.
    """

    value: Any
    kind: str
    given: Given
    quantity: str = ""
    order: str = ""
    analysis: Analysis | None = None
    layers: tuple[Layer, ...] = ()
    path: str | None = None
    free: tuple[str, ...] = ()  # symbols that only the answer has
    axes: int = 1  # of a size or receptive field that is the same along all of so many


def question(
    reference: Any,
    symbols: Any = None,
    assume: str | Iterable[str] = (),
    kind: str | None = None,
    quantity: str | None = None,
    layer: str | None = None,
) -> Question:
    """Return the question whose right answer is `reference`; raises `SymcnnError` for one that is unusable.

    It is worked out once for the same arguments.
    """
    if kind is not None and kind not in KINDS:
        raise SymcnnError(f"unknown kind of answer '{kind}'", hint=did_you_mean(str(kind), KINDS))
    assumed = (assume,) if isinstance(assume, str) else tuple(assume)
    if isinstance(reference, Question):
        return reference
    if isinstance(reference, (Analysis, Layer)):
        key = ("question", assumed, kind, quantity, layer)
        kept: dict[Any, Any] = vars(reference).setdefault("_questions", {})  # with it, as its other cached values are
        if key not in kept:
            kept[key] = _of_analysis(reference, assumed, kind, quantity, layer)
        found: Question = kept[key]
        return found
    if layer is not None:
        raise SymcnnError("a layer is one of an analysis", hint="give the analysis as the reference")
    return _of_text(_frozen(reference), _domains(symbols), assumed, kind, quantity or "")


def _frozen(reference: Any) -> Any:
    if isinstance(reference, (list, tuple)):
        return tuple(map(_frozen, reference))
    if isinstance(reference, bool) or not isinstance(reference, (str, int, Fraction, Expr)):
        hint = "an analysis, a layer of one, an expression, an exact number, a shape or a text is a reference"
        raise SymcnnError(f"a {type(reference).__name__} is no reference", hint=hint)
    if isinstance(reference, Expr):
        foreign = [s for s in reference.free_symbols if not isinstance(s, Symbol) or domain_of(s) is None]
        if foreign:
            message = f"the symbol {foreign[0]} was not made by symcnn"
            raise SymcnnError(message, hint=f'use symcnn.symbols("{foreign[0]}")')
    return reference


def _domains(symbols: Any) -> tuple[tuple[str, str], ...]:
    """Return names with their domains, from "H W", a list of names or symbols, or a mapping to domains."""
    if symbols is None:
        return ()
    if isinstance(symbols, str):
        symbols = symbols.replace(",", " ").split()
    if isinstance(symbols, Mapping):
        pairs = [(str(n), d.name if isinstance(d, Symbol) else d) for n, d in symbols.items()]
        pairs = [(n, domain_of(symbols[n]) if isinstance(symbols[n], Symbol) else d) for n, d in pairs]
    else:
        pairs = [(s.name, domain_of(s)) if isinstance(s, Symbol) else (str(s), "") for s in symbols]
    for name, domain in pairs:
        if domain not in ("", POSITIVE, NONNEGATIVE, "integer", "rational"):
            hint = f'as in symbols={{"{name}": "nonnegative"}}; else it is positive'
            raise SymcnnError(f"'{domain}' is no domain of the symbol {name}", hint=hint)
    return tuple(pairs)


@lru_cache(maxsize=4096)
def _of_text(
    reference: Any, symbols: tuple[tuple[str, str], ...], assume: tuple[str, ...], kind: str | None, quantity: str
) -> Question:
    """Return the question of a text, an expression, a number or a tuple of such."""
    meant = said(reference, symbols, assume)
    known = _given(meant.symbols, meant.claims)
    if isinstance(meant.value, tuple):
        if kind not in (None, "shape"):
            raise SymcnnError(f"a {kind} was asked for, and the reference is a shape")
        return Question(tuple(_built(part, known) for part in meant.value), "shape", known, quantity)
    value = _built(meant.value, known)
    asked = kind or ("order" if meant.order else "formula" if isinstance(value, Expr) else "number")
    if asked == "shape":
        return Question((value,), "shape", known, quantity)
    return Question(value, asked, known, quantity, meant.order or ("Θ" if asked == "order" else ""))


def _built(value: Value, known: Given) -> Value:
    return known.rebuilt(with_parities(exact(value), known.facts))


def _given(symbols: Mapping[str, Symbol], claims: Iterable[Stated]) -> Given:
    try:
        return given(symbols, claims)
    except ContradictionError:
        raise SymcnnError("the assumptions contradict each other") from None


def _of_analysis(
    reference: Analysis | Layer, assume: tuple[str, ...], kind: str | None, quantity: str | None, path: str | None
) -> Question:
    layers: tuple[Layer, ...]
    if isinstance(reference, Layer):
        if path is not None:
            raise SymcnnError("the reference is a layer already")
        analysis, layers = None, (reference,)
    else:
        analysis, layers = reference, _layers(reference, path)
    if quantity is None:
        hint = 'as in quantity="params": output, size, weights, params, macs, flops, receptive_field, …'
        raise SymcnnError("an analysis has many quantities", hint=hint)
    known = _given_of(reference, assume)
    value = value_of(analysis, layers, quantity, whole=path is None and analysis is not None)
    if kind == "bytes":
        value = product((_BYTES, value))
    asked = _kind_of(value, kind)
    parts = value if isinstance(value, tuple) else (value,)
    known = _with_indices(known, layers) if path is not None or analysis is None else known
    built = tuple(_built(part, known) for part in parts)
    order = "Θ" if asked == "order" else ""
    axes = _axes(analysis, layers, quantity, path)
    right = built if asked == "shape" else built[0]
    return Question(right, asked, known, quantity, order, analysis, layers, path, axes=axes)


def _with_indices(known: Given, layers: tuple[Layer, ...]) -> Given:
    """Return what is given with the indices of the repetitions around layers: i, from 0 to n − 1."""
    loops = {loop.index: loop for layer in layers for loop in layer.loops if loop.index is not None}
    if not loops:
        return known
    symbols = dict(known.symbols) | {index.name: index for index in loops}
    claims = list(known.claims)
    for index, loop in loops.items():
        last = known.arithmetic.total([loop.count, -1])
        bounds = single(known.arithmetic.compare("<=", index, last))
        claims += [claim for claim in bounds if not isinstance(claim, bool)]
    return _given(symbols, claims)


def _axes(analysis: Analysis | None, layers: tuple[Layer, ...], quantity: str, path: str | None) -> int:
    if quantity == "size":
        return max(1, len(layers[-1].output) - 1)
    if quantity in _FIELD:
        of: Any = layers[-1] if analysis is None or path is not None else analysis
        return len(of.receptive_field.size)
    return 1


def _kind_of(value: Any, kind: str | None) -> str:
    if isinstance(value, tuple):
        if kind not in (None, "shape"):
            raise SymcnnError(f"a {kind} was asked for, and the quantity has one value for each axis")
        return "shape"
    if kind == "shape":
        return "shape"
    number = not isinstance(exact(value), Expr)
    return kind or ("number" if number else "formula")


def _layers(analysis: Analysis, path: str | None) -> tuple[Layer, ...]:
    if path is None:
        return tuple(analysis.layers)
    found = layers_at(analysis, path)
    if not found:
        paths = [layer.path for layer in analysis.layers]
        hint = did_you_mean(path, paths, f"the layers are {', '.join(paths)}")
        raise SymcnnError(f"{analysis.net} has no layer '{path}'", hint=hint)
    return found


def value_of(analysis: Analysis | None, layers: tuple[Layer, ...], quantity: str, whole: bool) -> Any:
    """Return a quantity of a network or of layers: a value, or a tuple of sizes; raises `SymcnnError`."""
    of: Any = analysis if whole else layers[-1]
    if quantity in _SHAPES:
        return _part_of_shape(of.output, quantity)
    if quantity in _FIELD:
        found = getattr(of.receptive_field, _FIELD[quantity])
        if None in found:
            raise SymcnnError(f"the {quantity.replace('_', ' ')} is not known: {of.receptive_field.reason}")
        return _all_equal(found)
    try:
        return of.count(quantity) if whole or len(layers) == 1 else total(layer.total(quantity) for layer in layers)
    except SymcnnError as error:
        raise _with_all_quantities(error, quantity) from None


def _with_all_quantities(error: SymcnnError, quantity: str) -> SymcnnError:
    """Return an error that, where it lists what is counted, lists also what else is asked."""
    if error.message == f"unknown quantity '{quantity}'" and "did you mean" not in str(error.hint):
        others = (*_SHAPES, *_FIELD)
        error.hint = did_you_mean(quantity, others, f"{', '.join(others)}; {error.hint}")
    return error


def _part_of_shape(shape: tuple[Any, ...], quantity: str) -> Any:
    if quantity in ("output", "shape"):
        return shape
    if quantity == "channels":
        return shape[0]
    sizes = shape[1:]
    if not sizes:
        return shape[0]  # the size of what has no axes is the number of its values
    if quantity == "size":
        return _all_equal(sizes)
    if len(sizes) < -_AXES[quantity]:
        raise SymcnnError(f"the output has no {quantity}")
    return sizes[_AXES[quantity]]


def _all_equal(sizes: tuple[Any, ...]) -> Any:
    """Return one size where all axes have the same, else the tuple."""
    return sizes[0] if len(set(sizes)) == 1 else tuple(sizes)


def _given_of(reference: Analysis | Layer, assume: tuple[str, ...]) -> Given:
    """Return the symbols of an analysis, where it and the assumptions hold; of one with values these are assumed."""
    if isinstance(reference, Layer):
        facts = reference.counting.facts if reference.counting is not None else None
        values: list[Any] = [*reference.input, *reference.output, *reference.counted.values()]
        names = {s.name: s for value in values if isinstance(value, Expr) for s in value.free_symbols}
        meant = said(0, tuple((n, domain_of(s) or "") for n, s in names.items()), assume)
        found = _given(meant.symbols, (*reference.claims, *meant.claims))
        return found if found.claims or facts is None else Given(found.symbols, (), facts, found.replaced)
    symbolic = reference.symbolic or reference
    symbols = tuple((name, domain_of(s) or "") for name, s in symbolic.symbols.items())
    meant = said(0, symbols, (*assume, *(f"{n} == {v}" for n, v in (reference.values or {}).items())))
    formal = symbolic.formal if reference.anew else ()  # what closed forms need that are not those of these values
    claims = (claim for claim in symbolic.claims if claim not in formal)
    return _given(meant.symbols, (*symbolic.assumed, *claims, *meant.claims))
