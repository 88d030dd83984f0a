"""Conventions that are seen in a formula alone: what it counts is told by its quantity, or by its form."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from sympy import Expr, Symbol

from symcnn.algebra.operations import product
from symcnn.algebra.polynomial import ONE, Monomial, Polynomial, add, as_expression, degree, inverse, polynomial, times
from symcnn.algebra.symbols import Value, exact, is_number
from symcnn.answers.reference import Question

Named = tuple[str, Value]  # the name of a convention, and what it makes of the formula

BATCHES = ("N", "B", "n", "b", "batch", "bs", "batch_size", "batchsize")
COSTS = ("macs", "flops")
BYTES = 4  # of a float32
_COST_DEGREE = 3  # K·C·H is a number of operations; H·W one of positions
_SIZES = ("H", "W", "h", "w")  # and what begins so, as H_out


def conventions_of_formula(asked: Question) -> Iterator[Named]:
    """Yield what can be said of a formula or number alone: what it counts is seen by its quantity or its form."""
    value, quantity = asked.value, asked.quantity
    poly = polynomial(value)
    costs = quantity in COSTS or (not quantity and is_cost(poly))
    if asked.kind == "bytes":
        yield ("elements", product((Fraction(1, BYTES), value)))
    if quantity == "flops" or (costs and quantity != "macs" and _is_doubled(poly)):
        yield ("macs", product((Fraction(1, 2), value)))
        yield from _fewer_additions(poly)
    elif costs:
        yield ("flops", product((2, value)))
    if costs:
        yield ("training", product((3, value)))
        yield from _of_one_sample(poly)
    yield from _without_bias(poly)
    if quantity in ("", "params"):
        yield from _with_bias(poly, costs)
        yield from _statistics(value, poly)
    if quantity in ("params", "weights", "activations"):
        yield ("bytes", product((BYTES, value)))


def _of_one_sample(poly: Polynomial) -> Iterator[Named]:
    """Yield what one sample counts, where the whole batch is counted."""
    for name in BATCHES:
        batch = next((a for m in poly for a, _ in m if isinstance(a, Symbol) and a.name == name), None)
        if batch is not None and all((batch, 1) in m for m in poly):
            yield ("one_sample", as_expression({m - {(batch, 1)}: c for m, c in poly.items()}))


def is_cost(poly: Polynomial) -> bool:
    """Tell whether a formula counts operations: products of spatial sizes with channels or kernels."""
    return any(degree(m) >= _COST_DEGREE and any(_is_size(atom) for atom, _ in m) for m in poly)


def _is_size(atom: Expr) -> bool:
    return isinstance(atom, Symbol) and (atom.name[:1] in _SIZES or atom.name in ("f_w", "f_h"))


def _is_doubled(poly: Polynomial) -> bool:
    top = max(map(degree, poly), default=0)
    return all(c % 2 == 0 for m, c in poly.items() if degree(m) == top)


def _fewer_additions(poly: Polynomial) -> Iterator[Named]:
    """Yield (2n − 1)·x for 2·n·x, and the other way; n has the kernel and the input channels, x are the outputs."""
    top = next((m for m in poly if degree(m) == max(map(degree, poly))), ONE)
    outputs = frozenset((atom, e) for atom, e in top if not _is_tap(atom, e))
    if not outputs or outputs == top:
        return
    if set(poly) == {top}:
        yield ("mul_add", as_expression(add(poly, {outputs: 1}, -1)))
    elif set(poly) == {top, outputs} and poly[outputs] == -1:
        yield ("two_macs", as_expression({top: poly[top]}))


def _is_tap(atom: Expr, exponent: int) -> bool:
    name = atom.name if isinstance(atom, Symbol) else ""
    return name[:1] in ("K", "k") or _is_input_channel(name)


def _is_input_channel(name: str) -> bool:
    return name in ("C", "Ci", "Cin", "M") or ("in" in name.lower() and name[:1] in ("C", "c", "n"))


def _without_bias(poly: Polynomial) -> Iterator[Named]:
    """Yield A·x for A·x + x: the same without one number for each output."""
    bias = _bias_of(poly)
    if bias is not None:
        rest = {m: c for m, c in poly.items() if m != bias}
        yield ("no_bias", exact(as_expression(rest)))


def _bias_of(poly: Polynomial) -> Monomial | None:
    """Return a term x that divides all others, each at least twice: one number for each of x outputs."""
    for monomial, coefficient in poly.items():
        others = [m for m in poly if m != monomial]
        if coefficient != 1 or not monomial or not others:
            continue
        over = [dict(times(m, inverse(monomial))) for m in others]
        divides = all(o.get(atom, 0) >= 0 for o in over for atom, _ in monomial)
        if divides and all(sum(e for e in o.values() if e > 0) > 1 for o in over):
            return monomial
    return None


def _with_bias(poly: Polynomial, costs: bool) -> Iterator[Named]:
    """Yield A·x + x for a single A·x, where x is clearly the number of output channels."""
    if len(poly) != 1 or costs:
        return
    ((monomial, _),) = poly.items()
    outputs = [a for a, e in monomial if isinstance(a, Symbol) and e == 1 and "out" in a.name.lower()]
    if len(outputs) == 1 and len(monomial) > 1:
        yield ("bias", as_expression(add(poly, {frozenset(((outputs[0], 1),)): 1})))


def _statistics(value: Value, poly: Polynomial) -> Iterator[Named]:
    """Yield 4C for 2C, and the other way: with the running mean and variance beside the scale and the shift."""
    if is_number(value) or ONE in poly or any(degree(m) != 1 for m in poly):
        return
    if set(poly.values()) == {2}:
        yield ("running_statistics", product((2, value)))
    if set(poly.values()) == {4}:
        yield ("learned_only", product((Fraction(1, 2), value)))
