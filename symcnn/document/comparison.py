"""A comparison as a document: quantities side by side, and where one overtakes the other, with the proof."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from sympy import Expr, Symbol, oo

from symcnn.algebra.signs import Run
from symcnn.algebra.symbols import exact
from symcnn.analysis import Analysis
from symcnn.compare import Comparison, QuantityComparison
from symcnn.crossover import Crossover
from symcnn.document.conventions import title
from symcnn.document.field import field_cell
from symcnn.document.legend import assumption_lines, condition_items, symbol_lines
from symcnn.document.lines import CONVENTION, alone, line, listed, percent
from symcnn.document.proof import piece_lines, sign_proof
from symcnn.document.words import only_english, word
from symcnn.formula import nodes as f
from symcnn.report import Advice, Block, Column, Document, Line, Listing, Math, Paragraph, Section, Table

_WORDS = {-1: "fewer", 0: "equally many", 1: "more"}
_VERBS = {word("formulas_for", "en"): "has"}  # of what stands for a network alone
_MOST_RUNS = 12


def comparison_document(*comparisons: Comparison, language: str = "en") -> Document:
    """Return the document of a comparison; several with the same second net begin with one table of all nets."""
    only_english(language)
    if len(comparisons) == 1:
        (comparison,) = comparisons
        return Document((_section(comparison, (_table(comparison), *_statements(comparison))),))
    pairs = tuple(_section(comparison, _statements(comparison)) for comparison in comparisons)
    return Document((_overview(comparisons), *pairs))


def _section(comparison: Comparison, blocks: tuple[Block, ...]) -> Section:
    return Section(f"{comparison.first.net} against {comparison.second.net}", blocks)


def _statements(comparison: Comparison) -> tuple[Block, ...]:
    return (*(_quantity(comparison, q) for q in comparison.quantities), _structure(comparison))


def _overview(comparisons: tuple[Comparison, ...]) -> Section:
    """Return the table of all nets, a column each; a row for each quantity."""
    last = comparisons[-1]
    nets = [*(comparison.first for comparison in comparisons), last.second]
    rows = [
        (line(title(q.quantity)), *(line(c[q.quantity].first) for c in comparisons), line(q.second))
        for q in last.quantities
    ]
    if any(net.receptive_field.size for net in nets):
        rows.append((line("receptive field"), *(_field(net) for net in nets)))
    rows.append((line("weight layers"), *(line(net.weight_layers) for net in nets)))
    rows.append((line("nonlinearities"), *(line(net.nonlinearities) for net in nets)))
    columns = (Column(""), *(Column(net.net, right=True) for net in nets))
    blocks: list[Block] = [Table(columns, tuple(rows)), Paragraph(line(CONVENTION), note=True)]
    if any(net.symbols for net in nets):
        blocks.append(Listing((("symbols", symbol_lines(*nets)),)))
    *others, second = (net.net for net in nets)
    return Section(f"{', '.join(others)} against {second}", tuple(blocks))


def _table(comparison: Comparison) -> Table:
    growing = comparison.quantities[0].growing
    depends = any(q.ratio is not None and q.ratio.free_symbols & set(q.growing) for q in comparison.quantities)
    ratio = Column("ratio for large ", right=True, more=listed(growing)) if depends else Column("ratio", right=True)
    nets = (Column(analysis.net, right=True) for analysis in (comparison.first, comparison.second))
    columns = (Column(""), *nets, ratio, Column("saving", right=True))
    rows = []
    for q in comparison.quantities:
        limit = line("→ ∞") if q.limit is oo else line() if q.limit is None else line(q.limit)
        rows.append((line(title(q.quantity)), line(q.first), line(q.second), limit, _saving(q)))
    return Table(columns, tuple(rows))


def _saving(q: QuantityComparison) -> Line:
    """Return the saving for large sizes: in percent, or as a formula where it has one."""
    if q.limit_saving is None or q.limit_saving.is_number:
        return saving_line(q.limit_saving)
    return line(q.limit_saving)


def saving_line(saving: Expr | None) -> Line:
    """Return a saving in percent where it is a number; a negative one costs more."""
    value = exact(saving) if saving is not None else None
    return percent(Fraction(value)) if isinstance(value, (int, Fraction)) else ()


def _said(saving: Expr | None) -> Line:
    """Return `, a saving of 28 %`, where there is one."""
    known = saving is not None and saving.is_number and saving > 0
    return (*line(", a saving of "), *saving_line(saving)) if known else ()


def _quantity(comparison: Comparison, q: QuantityComparison) -> Listing:
    lines: list[Line] = [line("difference ", alone(q.difference))]
    if q.ratio is not None:
        lines.append(_ratio_line(q, q.ratio))
    first, second = q.leading
    if q.ratio is not None and q.ratio.free_symbols & set(q.growing) and first is not None and second is not None:
        lines.append(_leading_line(q, first, second))
    lines += _verdict(comparison, q)
    return Listing(((title(q.quantity), tuple(lines)),))


def _ratio_line(q: QuantityComparison, ratio: Expr) -> Line:
    return (*line("ratio ", alone(ratio)), *(_said(q.saving) if ratio.is_number else ()))


def _leading_line(q: QuantityComparison, first: Expr, second: Expr) -> Line:
    parts = line("~ ", first, " against ~ ", second)
    if q.limit is None:
        return parts
    together = line(" as ", *listed(q.growing, " and "), " grow in proportion") if len(q.growing) > 1 else ()
    return (*parts, *line(": the ratio tends to ", q.limit), *together, *_said(q.limit_saving))


def _verdict(comparison: Comparison, q: QuantityComparison) -> list[Line]:
    name, noun = comparison.first.net, title(q.quantity)
    formal = comparison.first.formal or comparison.second.formal  # with fewer repetitions there are other formulas
    always = f"{name} {'always ' if q.difference.free_symbols and not formal else ''}has "
    there = " where these formulas hold" if formal else ""
    if q.evident == 0:
        return [line(f"{name} has as many {noun} as {comparison.second.net}{there}")]
    if q.evident is not None:
        return [line(f"{always}{_WORDS[q.evident]} {noun}{there}")]
    crossover = q.crossover
    if crossover is None:
        never = f"{name} never has {_WORDS[q.never]} {noun}{there}" if q.never else ""
        return [line(never) if never else _undecided(comparison, q)]
    if not crossover.runs or len(crossover.runs) > _MOST_RUNS:
        return [_last_word(name, noun, crossover), *piece_lines(crossover)]
    if len(crossover.runs) == 1:
        return [line(f"{always}{_WORDS[crossover.runs[0].sign]} {noun}{there}"), *sign_proof(crossover)]
    parts: list[Any] = [f"{name} has "]
    for place, run in enumerate(crossover.runs):
        parts += [", " if place else "", f"{_WORDS[run.sign]}{'' if place else ' ' + noun} ", *_range(run, crossover)]
    return [line(*parts), *sign_proof(crossover)]


def _undecided(comparison: Comparison, q: QuantityComparison) -> Line:
    """Say on which symbols the sign depends, and what would leave one of them: kernels are small, other sizes 64."""
    which = f"which has fewer {title(q.quantity)} "
    if len(q.deciding) == 1:
        return line(f"{which}is not decided: {q.obstacle}")
    kernels = _kernels(comparison)
    others = sorted(q.deciding, key=lambda symbol: (symbol not in kernels, symbol.name))[:-1]
    fixed = " and ".join(f"{symbol.name} == {_usual(3 if symbol in kernels else 64, symbol, q)}" for symbol in others)
    depends = line(f"{which}depends on ", *listed(q.deciding[:-1]), " and ", q.deciding[-1], " together")
    return (*depends, Advice(f"; assume more, as {fixed}"))


def _kernels(comparison: Comparison) -> set[Expr]:
    """Return the values that are kernel sizes."""
    layers = (*comparison.first.layers, *comparison.second.layers)
    sizes = ((x.rules.parameters.get("kernel_size"), x.values) for x in layers)
    return {
        size for parameter, values in sizes if parameter and parameter.per_axis for size in values[parameter.symbol]
    }


def _usual(value: int, symbol: Symbol, q: QuantityComparison) -> Any:
    """Return a usual value of a symbol, or the legal one next to it."""
    least, most = q.facts.least(symbol), q.facts.upper.get(symbol)
    within = max(value if most is None else min(value, most), least or 0)
    modulus, residue = q.facts.residues.get(symbol, (1, 0))
    return within + (residue - within) % modulus if modulus > 1 else within


def _range(run: Run, crossover: Crossover) -> list[Any]:
    symbol = crossover.symbol
    if run.end is None:
        return ["from ", symbol, f" = {run.start} on"]
    if run.start == run.end:
        return ["at ", symbol, f" = {run.start}"]
    between = f.Comparison((f.Number(run.start), f.Name(symbol.name), f.Number(run.end)), ("<=", "<="))
    return ["for ", Math(between)]


def _last_word(name: str, noun: str, crossover: Crossover) -> Line:
    if not crossover.runs:
        return line(f"which has fewer {noun} keeps changing with ", crossover.symbol)
    last = crossover.runs[-1]
    changes = len(crossover.runs) - 1
    return line(
        f"{name} has {_WORDS[last.sign]} {noun} ", *_range(last, crossover), f"; before, this changes {changes} times"
    )


def _structure(comparison: Comparison) -> Listing:
    first, second = comparison.first, comparison.second
    items: list[tuple[str, tuple[Line, ...]]] = []
    if first.receptive_field.size or second.receptive_field.size:
        words = {True: "the same", False: "different", None: "not decided"}[comparison.same_receptive_field]
        field = (*line(f"{words}: "), *_field(first))
        if comparison.same_receptive_field is not True:
            field = (*field, *line(" against "), *_field(second))
        items.append(("receptive field", (field,)))
    items.append(("weight layers", (line(first.weight_layers, " against ", second.weight_layers),)))
    items.append(("nonlinearities", (_nonlinearities(comparison),)))
    if assumed := assumption_lines(first, second):
        items.append(("assuming", assumed))
    for analysis in (first, second):
        for label, lines in condition_items(analysis):
            items.append((f"{analysis.net} {_VERBS.get(label, 'is')} {label}", lines))
    return Listing(tuple(items))


def _field(analysis: Analysis) -> Line:
    return field_cell(analysis.receptive_field.size) or line("none, its input has no axes")


def _nonlinearities(comparison: Comparison) -> Line:
    first, second = comparison.first, comparison.second
    counted = line(first.nonlinearities, " against ", second.nonlinearities)
    if first.nonlinearities == 0 and second.nonlinearities == 0:
        more = line(
            " written; with one after each weight layer ", first.weight_layers, " against ", second.weight_layers
        )
        return (*counted, *more)
    return counted
