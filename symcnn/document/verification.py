"""A verification as a document: how much was compared, what differs, what was not compared, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from symcnn.document.lines import TITLES, line, shape
from symcnn.document.words import only_english
from symcnn.formula import nodes as f
from symcnn.interop.verification import (
    EQUAL,
    FOLLOWS,
    NOT_COMPARED,
    NOT_REACHED,
    REFUSED,
    Outside,
    Row,
    Run,
    Verification,
)
from symcnn.report import Block, Column, Document, Line, Listing, Math, Paragraph, Section, Table, Words

_MOST_LISTED = 6  # names of layers that stand one after the other
_TITLES = {"torch": "PyTorch"}
_CALLED = TITLES | {"output": "output"}


def verification_document(*verifications: Verification, language: str = "en", verbose: bool = False) -> Document:
    """Return the document of some verifications; a `verbose` one has a table of all layers for each set of sizes."""
    only_english(language)
    return Document(tuple(part for v in verifications for part in _sections(v, verbose)))


def _sections(verification: Verification, verbose: bool) -> Iterator[Section]:
    blocks: list[Block] = [Paragraph(_summary(verification))]
    if any(run.rows for run in verification.runs):
        blocks += [block for block in (_differences(verification), _notes(verification)) if block]
    yield Section(verification.net, tuple(blocks))
    if verbose:
        for run in verification.runs:
            more = line(" at ", *_values(run.values)) if run.values else ()
            yield Section(verification.net, (_table(run),), more=more)


def _summary(verification: Verification) -> Line:
    """Say how many layers were compared, at which sizes, and whether all are equal."""
    against = f"{_TITLES.get(verification.framework, verification.framework)} {verification.version}"
    if not verification.compared:
        return line(f"nothing to compare with {against}")
    layers = "1 layer" if verification.compared == 1 else f"{verification.compared:,} layers"
    return line(f"{layers} compared with {against}", *_sizes(verification.runs), f": {_verdict(verification)}")


def _verdict(verification: Verification) -> str:
    if verification.is_equal:
        return "all equal" if verification.compared > 1 else "equal"
    paths = {row.path for row in verification.rows if row.has_failed and row.is_judged}
    if not paths:
        return "the totals differ"
    return "1 layer differs" if len(paths) == 1 else f"{len(paths)} layers differ"


def _sizes(runs: tuple[Run, ...]) -> Line:
    """Return ` at H = 224, 225`, or ` at (H, W) = (224, 224), (225, 193)`."""
    names = list(dict.fromkeys(name for run in runs for name in run.values))
    if not names:
        return ()
    listed = [", ".join(str(run.values.get(name, "–")) for name in names) for run in runs]
    if len(names) == 1:
        return line(" at ", Math(f.Name(names[0])), f" = {', '.join(listed)}")
    between = [part for name in names for part in (Words(", "), Math(f.Name(name)))][1:]
    return line(" at (", *between, f") = {', '.join(f'({values})' for values in listed)}")


def _values(values: Any) -> list[Any]:
    parts: list[Any] = []
    for name, value in values.items():
        parts += [", "] if parts else []
        parts += [Math(f.Name(name)), f" = {value}"]
    return parts


def _differences(verification: Verification) -> Table | None:
    """Return a table with what differs, each layer at the first sizes where it does."""
    rows: list[tuple[Line, ...]] = []
    for run, row in _first(verification, lambda row: bool(row.is_judged and row.has_failed)):
        rows += _differing(row, run)
    for run in verification.runs:
        if run.total and run.total.has_failed and not any(row.has_failed for row in run.rows):
            rows += _differing(run.total, run)
            break
    columns = ("layer", "PyTorch's module", "at", "quantity")
    titles = (*map(Column, columns), Column("symcnn", right=True), Column("PyTorch", right=True))
    return Table(titles, tuple(rows)) if rows else None


def _differing(row: Row, run: Run) -> Iterator[tuple[Line, ...]]:
    begin = (line(row.path), line(row.module or row.kind), line(*_values(run.values)))
    if row.verdict == REFUSED:
        yield (*begin, line("output"), shape(row.ours.output), line(f"refused: {row.reason}"))
    for quantity, ours, theirs in row.differences:
        yield (*begin, line(_CALLED[quantity]), _value(ours), _value(theirs))


def _value(value: Any) -> Line:
    return shape(value) if isinstance(value, tuple) else line(value)


def _first(verification: Verification, wanted: Any) -> Iterator[tuple[Run, Row]]:
    """Yield every layer that is wanted once, in the first run where it is."""
    found = set()
    for run in verification.runs:
        for row in run.rows:
            if wanted(row) and row.path not in found:
                found.add(row.path)
                yield run, row


def _notes(verification: Verification) -> Listing | None:
    items: list[tuple[str, tuple[Line, ...]]] = []
    for verdict in (NOT_COMPARED, FOLLOWS, NOT_REACHED):
        rows = [row for _, row in _first(verification, lambda row, verdict=verdict: row.verdict == verdict)]
        if rows:
            items.append((verdict, tuple(_listed(rows, with_reason=verdict == NOT_COMPARED))))
    uncounted = [row for _, row in _first(verification, _is_uncounted)]
    if uncounted:
        items.append(("MACs not counted", tuple(_listed(uncounted, with_reason=False))))
    if verification.outside:
        items.append(("not defined", tuple(map(_outside, verification.outside))))
    return Listing(tuple(items)) if items else None


def _is_uncounted(row: Row) -> bool:
    return row.theirs is not None and row.theirs.macs is None


def _listed(rows: Iterable[Row], with_reason: bool) -> Iterator[Line]:
    """Yield lines of the names of layers, those of a kind together: `shift1, shift2 (ShiftConv): no such module`."""
    key = (lambda row: (row.kind, row.reason)) if with_reason else (lambda row: ("", ""))
    for (kind, reason), alike in groupby(sorted(rows, key=key), key=key):
        names = [row.path for row in alike]
        more = f" and {len(names) - _MOST_LISTED} more" if len(names) > _MOST_LISTED else ""
        yield line(", ".join(names[:_MOST_LISTED]) + more + (f" ({kind}): {reason}" if reason else ""))


def _outside(outside: Outside) -> Line:
    """Say what PyTorch makes of sizes for which the network is not defined."""
    conditions: list[Any] = []
    for relation in outside.broken:
        conditions += [" and "] if conditions else []
        conditions.append(relation)
    start = ["at ", *_values(outside.values), ", as it needs ", *conditions]
    if outside.output is None:
        return line(*start, f"; PyTorch fails too: {outside.reason}")
    made = "makes an empty tensor " if 0 in outside.output else "takes it and makes "
    return line(*start, f"; but PyTorch {made}", *shape(outside.output))


def _table(run: Run) -> Table:
    """Return the table of all layers."""
    columns = (
        Column("layer"),
        Column("PyTorch's module", rank=1),
        Column("output"),
        Column("params", right=True),
        Column("MACs", right=True),
        Column("verdict"),
    )
    rows = tuple(_cells(row) for row in run.rows)
    foot = (_cells(run.total),) if run.total else ()
    return Table(columns, rows, foot)


def _cells(row: Row) -> tuple[Line, ...]:
    name = row.path + (f" ×{row.times}" if row.times > 1 else "")
    facts = row.theirs or row.ours
    macs = row.ours.macs if facts.macs is None else facts.macs
    verdict = row.verdict if row.verdict == EQUAL or not row.reason else f"{row.verdict}: {row.reason}"
    return (line(name), line(row.module), shape(facts.output), line(facts.params), line(macs), line(verdict))
