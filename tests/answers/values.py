"""Answers as values, without reading them: what the judge makes of a formula of the formula language."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from sympy import Expr

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.symbols import exact, symbol
from symcnn.answers.answered import Answered, Policy
from symcnn.answers.deciding import decide
from symcnn.answers.reference import Question, question
from symcnn.answers.verdict import Verdict

CHAIN = ["H + 2*P >= K"]
OUTPUT = "floor((H + 2*P - K)/S) + 1"


def asked_about(reference: Any, answer: str, assume: Any = (), **about: Any) -> tuple[Question, Any]:
    """Return the question and the value of an answer in its symbols, to which those of the answer are added."""
    names = sorted({*question(reference, assume=assume).given.symbols, *question(answer).given.symbols})
    asked = question(reference, symbols=names, assume=assume, **about)
    meant = question(answer, symbols=names, assume=assume)
    return asked, meant.value


def verdict_on(answer: str, reference: Any, assume: Any = (), accept: Any = (), **about: Any) -> Verdict:
    """Return the verdict on the value of a formula."""
    asked, value = asked_about(reference, answer, assume, **about)
    values = value if isinstance(value, tuple) else (value,)
    return decide(Answered(values, isinstance(value, tuple)), asked, Policy(frozenset(accept)))


H, K, S = (symbol(name) for name in "HKS")
_arithmetic = Arithmetic()


def _rounded(pair: tuple[Expr, int, bool]) -> Expr:
    inner, divisor, up = pair
    return (_arithmetic.ceiling if up else _arithmetic.floor)(_arithmetic.divide(inner, divisor))


_leaves = st.one_of(st.sampled_from([H, K, S]), st.integers(-4, 9).map(lambda n: exact(n)))


def _grown(inner: Any) -> Any:
    pairs = st.tuples(inner, inner)
    return st.one_of(
        pairs.map(lambda p: _arithmetic.total(list(p))),
        pairs.map(lambda p: _arithmetic.product(list(p), [])),
        st.tuples(inner, st.integers(1, 6), st.booleans()).map(_rounded),
    )


values = st.recursive(_leaves, _grown, max_leaves=7)
"""Formulas over H, K, S as the library works them out: sums, products, floors and ceilings over numbers."""
