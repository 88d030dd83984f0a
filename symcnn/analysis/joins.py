"""Branches brought together: which sizes must agree, which are broadcast, and what comes out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sympy import Expr, ceiling, floor

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.conditions import Truth
from symcnn.algebra.operations import product, total
from symcnn.algebra.symbols import Value
from symcnn.analysis.body import Body
from symcnn.analysis.derivation import Place
from symcnn.analysis.tensor import Tensor
from symcnn.errors import SymcnnError
from symcnn.source import Span

CONCAT = "concat"
_Demand = Callable[[Truth, int], None]  # what must hold, and the number of the branch that breaks it


@dataclass(frozen=True, slots=True)
class Joined:
    """The tensor that a join makes; `broadcast` says for each branch along which axes its size 1 is repeated."""

    tensor: Tensor
    broadcast: tuple[tuple[bool, ...], ...]


def joined(joint: str, tensors: Sequence[Tensor], arithmetic: Arithmetic, demand: _Demand) -> Joined:
    """Return what `add`, `multiply` or `concat` makes of tensors with equally many axes.

    Sizes along an axis are equal, or of `add` and `multiply` provably 1, which is broadcast; so are channels, but
    `concat` adds them up. `demand` takes what must hold for that, and raises where it never does.
    """
    first, *others = tensors
    axes = range(len(first.sizes))
    stretches = joint != CONCAT
    if all(t.sizes == first.sizes and (t.channels == first.channels or not stretches) for t in others):
        tensor = first if stretches else Tensor(arithmetic.total([t.channels for t in tensors]), first.sizes)
        return Joined(tensor, ((False,) * len(axes),) * len(tensors))
    found = [_agreed([t.sizes[axis] for t in tensors], arithmetic, demand, stretches) for axis in axes]
    if stretches:
        channels, _ = _agreed([t.channels for t in tensors], arithmetic, demand, stretches)
    else:
        channels = arithmetic.total([t.channels for t in tensors])
    broadcast = tuple(tuple(stretched[place] for _, stretched in found) for place in range(len(tensors)))
    return Joined(Tensor(channels, tuple(size for size, _ in found)), broadcast)


def _agreed(
    sizes: Sequence[Value], arithmetic: Arithmetic, demand: _Demand, stretches: bool
) -> tuple[Value, list[bool]]:
    """Return the size on which branches agree, not rounded if one is not, and which of them are broadcast to it."""
    stretched = [stretches and size == 1 for size in sizes]
    if all(stretched):
        return 1, [False] * len(sizes)
    first = stretched.index(False)
    for place, size in enumerate(sizes):
        if not stretched[place] and place != first:
            demand(arithmetic.agree(sizes[first], size), place)
    agreeing = [size for size, wide in zip(sizes, stretched, strict=True) if not wide]
    return next((size for size in agreeing if not _is_rounded(size)), sizes[first]), stretched


def _is_rounded(size: Value) -> bool:
    return isinstance(size, Expr) and size.has(floor, ceiling)


def cropped(tensor: Tensor, wanted: Tensor, arithmetic: Arithmetic) -> tuple[tuple[Value, ...], list[Truth]]:
    """Return what a centre crop takes from each side, per axis, and what must hold: it is a nonnegative integer."""
    margins, claims = [], []
    for size, kept in zip(tensor.sizes, wanted.sizes, strict=True):
        margin = arithmetic.divide(total((size, product((-1, kept)))), 2)
        margins.append(margin)
        claims += [arithmetic.integral(margin), arithmetic.compare(">=", margin, 0)]
    return tuple(margins), list(map(arithmetic.settle, claims))


def disagreement(joint: str, body: Body, places: Sequence[Place], place: int, span: Span) -> SymcnnError:
    """Return the error of two branches that never fit each other, with what each is and where it comes from."""
    first, other = (body.tensor_at(places[i]) for i in (0, place))
    come = [_origin(body, places[i]) for i in (0, place)]
    hint = f"{first} {come[0]}, {other} {come[1]}"
    if len(first.sizes) == len(other.sizes) and joint == CONCAT:
        hint += "; concat wants equal sizes and adds up the channels"
    return SymcnnError(f"{joint} joins {first} and {other}, which never agree", span, hint)


def _origin(body: Body, place: Place) -> str:
    span = body.origin_at(place)
    if span is None:
        return "is the input"
    return f"comes from {' '.join(span.text.split())} ({span.source.name}:{span.line}:{span.column})"
