"""What dominates when sizes grow: the leading terms of an analysis, asked for and marked as approximations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sympy import Expr, Mul, Symbol

from symcnn.algebra.growth import leading_term
from symcnn.analysis import Analysis
from symcnn.analysis.result import Quantities
from symcnn.errors import SymcnnError, did_you_mean


@dataclass(frozen=True)
class Asymptotics(Quantities):
    """The leading terms of an analysis: its quantities, each ~ to the exact one as the `growing` symbols grow together.

    A quantity that has no leading term to give (differences of roundings) is None.
    """

    analysis: Analysis
    growing: tuple[Symbol, ...]

    def count(self, quantity: str) -> Any:
        """Return the leading term of a quantity, or None."""
        return leading_term(self.analysis.count(quantity), self.growing)

    def order(self, quantity: str) -> Expr | None:
        """Return the growth without its constant factor, what stands in Θ( )."""
        leading = self.count(quantity)
        if leading is None:
            return None
        terms = [term for term in leading.as_ordered_terms() if term]
        return sum((_growth(term) for term in terms), start=Mul(0))


def asymptotics(analysis: Analysis, *names: str) -> Asymptotics:
    """Return the leading terms as the symbols of these names grow; by default those of the input's spatial sizes.

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


def _growth(term: Expr) -> Expr:
    return term.as_coeff_Mul()[1]
