"""What dominates when sizes grow: the leading terms of an analysis, asked for and marked as approximations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import lcm
from typing import Any

from sympy import Expr, Symbol

from symcnn.algebra.assumptions import facts_from
from symcnn.algebra.facts import Facts
from symcnn.algebra.growth import leading_term
from symcnn.algebra.polynomial import as_expression, content, polynomial, scale
from symcnn.analysis import Analysis
from symcnn.analysis.result import Quantities
from symcnn.errors import SymcnnError, did_you_mean
from symcnn.formula.express import shown
from symcnn.formula.shorten import parted


@dataclass(frozen=True)
class Asymptotics(Quantities):
    """The leading terms of an analysis: its quantities, each ~ to the exact one as the `growing` symbols grow together.

    Powers such as 2ⁿ of a depth n outgrow polynomials. A quantity that has no leading term to give (differences of
    roundings, sⁿ where s may be 1, 2ⁿ beside 2ᵐ) is None.
    """

    analysis: Analysis
    growing: tuple[Symbol, ...]

    def count(self, quantity: str) -> Any:
        """Return the leading term of a quantity, or None."""
        return self._leading(self.analysis.count(quantity))

    @property
    def receptive_field(self) -> tuple[Expr | None, ...]:
        """The leading terms of what one output sees of the input, one for each axis."""
        return tuple(None if size is None else self._leading(size) for size in self.analysis.receptive_field.size)

    def order(self, quantity: str) -> Any:
        """Return the growth without its constant factor, what stands in Θ( ); of the receptive field for each axis."""
        if quantity == "receptive_field":
            return tuple(_order(leading) for leading in self.receptive_field)
        return _order(self.count(quantity))

    def theta(self, quantity: str) -> str:
        """Return the growth as text, such as "Θ(2^n)"; raises `SymcnnError` where there is none, or several.

        >>> from symcnn import analyse, parse
        >>> a = analyse(parse('net s { input C×H×H; repeat n { Conv(C, k, padding="same", bias=false) } }')["s"])
        >>> asymptotics(a, "n").theta("macs"), asymptotics(a, "n", "C").theta("receptive_field")
        ('Θ(C²·H²·k²·n)', 'Θ(n·(k − 1))')
        """
        order = self.order(quantity)
        if isinstance(order, tuple):
            if len(set(order)) != 1:
                raise SymcnnError(f"{quantity} grows differently on each axis", hint="order() returns them all")
            order = order[0]
        if order is None:
            raise SymcnnError(f"{quantity} has no leading term")
        return f"Θ({shown(order)})"

    def _leading(self, value: Any) -> Expr | None:
        return leading_term(value, self.growing, self._facts)

    @cached_property
    def _facts(self) -> Facts:
        facts, _ = facts_from((*self.analysis.assumed, *self.analysis.claims))
        return facts


def asymptotics(analysis: Analysis, *names: str) -> Asymptotics:
    """Return the leading terms as the symbols of these names grow; by default those of the input's spatial sizes.

    Where the input has no such symbol, all grow. A depth n grows when it is named, alone or beside sizes: "n", "H".
    Raises `SymcnnError` for a symbol that the analysis does not have.

    >>> from symcnn import analyse, parse
    >>> a = analyse(parse("net s { input 1×H×H; Conv(1, 3, bias=false); Conv(1, 3, bias=false) }")["s"])
    >>> asymptotics(a).macs
    18*H**2
    """
    if not isinstance(analysis, Analysis):
        hint = "analyse the net first: symcnn.analyse(net)"
        raise SymcnnError(f"asymptotics takes an analysis, not a {type(analysis).__name__}", hint=hint)
    if analysis.values is not None:
        raise SymcnnError("asymptotics takes an analysis with symbols, not its values")
    return Asymptotics(analysis, growing_symbols([analysis], names))


def growing_symbols(analyses: Iterable[Analysis], names: Iterable[str] = ()) -> tuple[Symbol, ...]:
    """Return the symbols of these names; by default those of the spatial sizes of the inputs, else all."""
    analyses = list(analyses)
    known = {name: symbol for analysis in analyses for name, symbol in analysis.symbols.items()}
    for name in names:
        if name not in known:
            listed = f"the symbols are {', '.join(sorted(known))}" if known else "there are no symbols"
            raise SymcnnError(f"there is no symbol '{name}'", hint=did_you_mean(name, known, listed))
    chosen = {known[name] for name in names}
    if not chosen:
        chosen = {s for analysis in analyses for size in analysis.input[1:] for s in size.free_symbols}
    return tuple(sorted(chosen or set(known.values()), key=lambda symbol: symbol.name))


def _order(leading: Expr | None) -> Expr | None:
    """Leave the coefficients away; where some are negative, only what all have in common: 2k·n − 2n is n(k − 1)."""
    if leading is None:
        return None
    poly = polynomial(leading)
    if all(coefficient > 0 for coefficient in poly.values()):
        return as_expression(dict.fromkeys(poly, 1))
    below = lcm(*(c.denominator for c in poly.values()))
    common, rest = parted(as_expression(scale(poly, Fraction(below, content(c * below for c in poly.values())))))
    return common * rest
