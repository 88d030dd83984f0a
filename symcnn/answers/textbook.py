"""Formulas known as those of a layer: small networks in the letters at hand, one of whose quantities the formula is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from sympy import Expr, Symbol

from symcnn.algebra.evaluate import evaluator
from symcnn.algebra.proof import equal
from symcnn.algebra.symbols import exact
from symcnn.analysis.analyse import analyse
from symcnn.analysis.result import Analysis, Layer
from symcnn.answers.asked import Answer, alike, renamed
from symcnn.answers.roles import Assignment, assignments
from symcnn.errors import SymcnnError
from symcnn.source import Source
from symcnn.syntax import parse_alone
from symcnn.tree import Network

_COUNTED = ("params", "weights", "biases", "macs", "flops", "activations")
_SHAPES = ("size", "output")
# Numbers for a first look: they fit each other, and no two roles have the same.
_NUMBERS: dict[str, tuple[int, ...]] = {
    "size": (45, 58, 67),
    "in": (12,),
    "out": (20,),
    "kernel": (5, 7, 11),
    "stride": (3, 2, 4),
    "padding": (2,),
    "dilation": (2,),
    "groups": (4,),
    "output_padding": (1,),
    "batch": (6,),
}
# Letters for what a formula does not speak of.
_SPARE = {"size": ("H", "h", "n_0"), "in": ("C", "c", "c_0"), "out": ("M", "m", "m_0")}
_SPARE_NUMBERS = {"size": 53, "in": 28, "out": 44}
_KERNELS = (3, 1, 5)  # where the formula has a number for it


class _Form(NamedTuple):
    """A network as text, with its last layer, and the quantities by which it may be known."""

    body: str
    layer: str
    quantities: tuple[str, ...]


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


Recognised = tuple[Analysis, str, str, Mapping[str, int]]


def recognised(value: Answer, symbols: Iterable[Symbol]) -> Iterator[Recognised]:
    """Yield the same with numbers for all symbols of each network, of which no two are alike."""
    parts = value if isinstance(value, tuple) else (value,)
    spoken = {s.name for part in parts if isinstance(part, Expr) for s in part.free_symbols}
    known = spoken | {s.name for s in symbols}
    if not known:
        return
    for names in (known, spoken) if known != spoken else (known,):
        found: set[tuple[str, str]] = set()
        for roles in assignments(names):
            for form in _forms(roles) if value != 0 else _pools(roles) if "kernel" in roles else ():
                for match in _matches(value, form, roles):
                    if match[1:3] not in found:  # equal with and without a bias, say
                        found.add(match[1:3])
                        yield match
        if found:
            return


def _matches(value: Answer, form: _Form, roles: Assignment) -> Iterator[Recognised]:
    names, numbers = _names(roles), _numbers(roles)
    worth = _evaluated(value, numbers)
    numeric = _analysis(form.body, names, tuple(numbers.items()))
    if numeric is None or worth is None:
        return
    for quantity in form.quantities:
        if _of(_layer(numeric, form.layer), quantity) != worth:
            continue
        analysis = _analysis(form.body, names, ())
        if analysis is not None and _is_equal(value, _of(_layer(analysis, form.layer), quantity), analysis):
            yield analysis, form.layer, quantity, numbers


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
        values: dict[str, Any] = dict(numbers)
        return analyse(Network(file, file.nets["textbook"]), **values)
    except SymcnnError:
        return None


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


def _names(roles: Assignment) -> tuple[str, ...]:
    return (*(name for names in roles.values() for name in names), *(_spare(role, roles) for role in _SPARE))


def _numbers(roles: Assignment) -> dict[str, int]:
    given = {name: n for role, names in roles.items() for name, n in zip(names, _NUMBERS[role], strict=False)}
    return given | {_spare(role, roles): number for role, number in _SPARE_NUMBERS.items()}


def _spare(role: str, roles: Assignment) -> str:
    taken = {name for names in roles.values() for name in names}
    return next(name for name in _SPARE[role] if name not in taken)


def _forms(roles: Assignment) -> Iterator[_Form]:
    """Yield the networks that symbols of these roles can be of, the likeliest first."""
    for need, make in _FORMS:
        if set(roles) <= need:
            yield from make(roles)


def _input(roles: Assignment, axes: bool = True) -> str:
    channels = roles.get("in", (_spare("in", roles),))[0]
    sizes = roles.get("size", (_spare("size", roles),)) if axes else ()
    sizes = sizes * 2 if len(sizes) == 1 else sizes  # images, unless there are more letters
    batch = f", batch {roles['batch'][0]}" if "batch" in roles else ""
    return f"input ({', '.join((channels, *sizes))}{'' if sizes else ','}){batch}"


def _arguments(roles: Assignment, *names: str) -> str:
    return "".join(f", {name}={roles[name][0]}" for name in names if name in roles)


def _outs(roles: Assignment) -> tuple[str, ...]:
    """Return the output channels, which without a letter are the input's or do not matter."""
    return roles.get("out") or ((*roles["in"], _spare("out", roles)) if "in" in roles else (_spare("out", roles),))


def _kernels(roles: Assignment) -> tuple[Any, ...]:
    return (roles["kernel"][0],) if "kernel" in roles else _KERNELS


def _convolutions(roles: Assignment) -> Iterator[_Form]:
    quantities = (*_SHAPES, *_COUNTED, *(("receptive_field",) if "dilation" in roles else ()))
    more = _arguments(roles, "stride", "dilation", "groups")
    paddings = (_arguments(roles, "padding"),) if "padding" in roles else ("", ', padding="same"')
    for out in _outs(roles):
        for kernel in _kernels(roles):
            for padding in paddings:
                for bias in ("true", "false"):
                    step = f"Conv({out}, {kernel}{more}{padding}, bias={bias})"
                    yield _Form(f"{_input(roles)}; {step}", "conv1", quantities)


def _depthwise(roles: Assignment) -> Iterator[_Form]:
    for kernel in roles.get("kernel", ("3", "5")):
        for padding in ("", ', padding="same"'):
            for bias in ("true", "false"):
                step = f"Conv(channels, {kernel}, groups=channels{_arguments(roles, 'stride')}{padding}, bias={bias})"
                yield _Form(f"{_input(roles)}; {step}", "conv1", _COUNTED)


def _transposed(roles: Assignment) -> Iterator[_Form]:
    more = _arguments(roles, "stride", "padding", "output_padding", "dilation", "groups")
    for out in _outs(roles):
        for kernel in _kernels(roles):
            step = f"ConvTranspose({out}, {kernel}{more})"
            yield _Form(f"{_input(roles)}; {step}", "convtranspose1", (*_SHAPES, *_COUNTED))


def _pools(roles: Assignment) -> Iterator[_Form]:
    for kernel in _kernels(roles):
        step = f"MaxPool({kernel}{_arguments(roles, 'stride', 'padding', 'dilation')})"
        yield _Form(f"{_input(roles)}; {step}", "maxpool1", (*_SHAPES, "params"))


def _dense(roles: Assignment) -> Iterator[_Form]:
    for flat in (True, False) if "size" in roles else (False,):
        for out in _outs(roles):
            for bias in ("true", "false"):
                body = f"{_input(roles, flat)}; {'Flatten; ' if flat else ''}Linear({out}, bias={bias})"
                yield _Form(body, "linear1", _COUNTED)


def _normalised(roles: Assignment) -> Iterator[_Form]:
    yield _Form(f"{_input(roles)}; BatchNorm", "batchnorm1", ("params", "weights", "buffers"))


def _flattened(roles: Assignment) -> Iterator[_Form]:
    yield _Form(f"{_input(roles)}; Flatten", "flatten1", ("output",))


def _padded(roles: Assignment) -> Iterator[_Form]:
    yield _Form(f"{_input(roles)}; Pad({roles['padding'][0]})", "pad1", _SHAPES)


def _stacks(roles: Assignment) -> Iterator[_Form]:
    """Yield convolutions one after the other: two and three alike, or one for each letter of a kernel."""
    kernels = roles.get("kernel", ())
    strides = roles.get("stride", ("1",))
    for depth in (len(kernels),) if len(kernels) > 1 else (2, 3):
        steps = (
            f"Conv(1, {_last(kernels, i)}, stride={_last(strides, i)}{_arguments(roles, 'dilation')})"
            for i in range(depth)
        )
        yield _Form(f"input (1, 9999, 9999); {'; '.join(steps)}", f"conv{depth}", ("receptive_field",))


def _last(names: tuple[str, ...], place: int) -> str:
    return names[min(place, len(names) - 1)]


# What makes networks, and the roles that it has a use for.
_WINDOW = frozenset({"size", "in", "kernel", "stride", "padding", "dilation", "batch"})
_FORMS: tuple[tuple[frozenset[str], Callable[[Assignment], Iterator[_Form]]], ...] = (
    (_WINDOW | {"out", "groups"}, _convolutions),
    (_WINDOW | {"out", "groups", "output_padding"}, _transposed),
    (_WINDOW, _pools),
    (frozenset({"size", "in", "batch"}), _normalised),
    (frozenset({"size", "in", "kernel", "stride", "batch"}), _depthwise),
    (frozenset({"size", "in", "out", "batch"}), _dense),
    (frozenset({"size", "in"}), _flattened),
    (frozenset({"kernel", "stride", "dilation"}), _stacks),
)
