"""The working shown: for each layer and quantity the formula, the values put in, and the result; totals as sums.

The formula is that of the layer's kind as a textbook writes it, the values stand where its author put the names, and
the result is what the analysis found; so the lines can be checked one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.analysis import Analysis, Layer
from symcnn.analysis.paths import layers_at
from symcnn.derive.equations import FIELD, Line
from symcnn.derive.field import Step, backward
from symcnn.derive.layer import EXPLAINED, EXPLAINED_NAMES, SHOWN, LayerWorking, layer_working
from symcnn.derive.repetitions import Repetitions, repetitions
from symcnn.derive.totals import totals
from symcnn.errors import SymcnnError, did_you_mean
from symcnn.library.convention import known_conventions

__all__ = ["EXPLAINED", "EXPLAINED_NAMES", "Explanation", "LayerWorking", "Line", "Repetitions", "derive"]


@dataclass(frozen=True)
class Explanation:
    """The working of a network: its layers, the totals as sums, and the receptive field from the output back."""

    analysis: Analysis
    layers: tuple[LayerWorking, ...]
    totals: tuple[Line, ...]
    backward: tuple[Step, ...] | None  # None: no one way sees all that the branches see together
    repetitions: tuple[Repetitions, ...] = ()  # symbolic numbers of them


def derive(
    analysis: Analysis, layer: str | Sequence[str] | None = None, quantity: str | Sequence[str] | None = None
) -> Explanation:
    """Return the working of an analysis, of some layers by their paths or names, of some quantities, or of all.

    Raises `SymcnnError` for a layer or quantity that is not there.

    >>> from symcnn import analyse, parse
    >>> from symcnn.formula.notation import text
    >>> found = derive(analyse(parse("net a { input 1×28×28; Conv(32, 5) }")["a"]), quantity="params")
    >>> [text(side) for side in found.layers[0].lines[0].equation.sides]
    ['(k·k·C + 1)·m', '(5·5·1 + 1)·32', '832']
    """
    if not isinstance(analysis, Analysis):
        hint = "analyse the net first: symcnn.analyse(net)"
        raise SymcnnError(f"derive takes an analysis, not a {type(analysis).__name__}", hint=hint)
    names, asked = _listed(layer), tuple(_known_quantity(analysis, name) for name in _listed(quantity))
    wanted = asked or SHOWN
    chosen = {x.place: x for name in names for x in _chosen(analysis, name)}
    layers = tuple(chosen[place] for place in sorted(chosen)) if names else analysis.layers
    arithmetic = Arithmetic(analysis.facts)
    found = (layer_working(x, analysis.batch, wanted, arithmetic, bool(asked)) for x in layers)
    whole = not names
    # The field of one layer, or of what one label names, is worked out both ways where it is asked for.
    start = layers[-1] if len(names) == 1 and FIELD in asked else None
    return Explanation(
        analysis,
        tuple(working for working in found if working.lines or names),
        tuple(totals(analysis, wanted)) if whole else (),
        backward(analysis, start) if (whole or start) and FIELD in wanted and analysis.input[1:] else (),
        repetitions(analysis) if whole else (),
    )


def _listed(names: str | Sequence[str] | None) -> tuple[str, ...]:
    return () if names is None else (names,) if isinstance(names, str) else tuple(names)


def _known_quantity(analysis: Analysis, quantity: str) -> str:
    """Return the name of a quantity, or of what a counting convention counts."""
    if quantity in EXPLAINED:
        return quantity
    try:
        return analysis.beside(quantity).columns[0]
    except SymcnnError as error:
        if error.message != f"unknown convention '{quantity}'":
            raise
        known = (*EXPLAINED, *(() if analysis.counting is None else known_conventions(analysis.counting.file)))
        hint = did_you_mean(quantity, known, f"known are {', '.join(EXPLAINED)}, and counting conventions")
        raise SymcnnError(f"unknown quantity '{quantity}'", hint=hint) from None
    return quantity


def _chosen(analysis: Analysis, name: str) -> tuple[Layer, ...]:
    found = layers_at(analysis, name)
    if not found:
        paths = [layer.path for layer in analysis.layers]
        hint = did_you_mean(name, paths, f"the layers are {', '.join(paths)}")
        raise SymcnnError(f"{analysis.net} has no layer '{name}'", hint=hint)
    return found
