"""Whether the closed form of repetitions divides by their number: then it does not hold where there are none."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Expr, Pow

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.symbols import Value
from symcnn.analysis.derivation import Derivation, Leaf
from symcnn.analysis.tensor import Tensor


def divides_by_zero_where_none(body: Derivation, last: Tensor, count: Expr, arithmetic: Arithmetic) -> bool:
    """Tell whether what a repeated body has, or the tensor that leaves it, divides by what may be 0 with the count."""
    divisors = {divisor for value in (*last.shape, *_values(body)) for divisor in _divisors(value)}
    about = (divisor for divisor in divisors if divisor.free_symbols & count.free_symbols)
    return any(arithmetic.compare("==", divisor, 0) is not False for divisor in about)


def _values(body: Derivation) -> Iterator[Value]:
    for item in body.items:
        if isinstance(item, Leaf):
            yield from item.outcome.output.shape
            yield from item.outcome.counted.values()
        else:
            yield from _values(item.body)
            yield item.times


def _divisors(value: Value) -> Iterator[Expr]:
    if isinstance(value, Expr):
        for power in value.atoms(Pow):
            if power.exp.could_extract_minus_sign():
                yield power.base
