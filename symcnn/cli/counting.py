"""What the commands do with counting conventions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from symcnn.cli.work import asked_for
from symcnn.errors import SymcnnError
from symcnn.formula.style import Style


def conventions_reference(name: str | None, format_: str, style: Style) -> str:
    """Return the output of `conventions`."""
    from symcnn.document.conventions import convention_document, conventions_data, conventions_document
    from symcnn.library.convention import find_convention, known_conventions
    from symcnn.render import check_format, render_document
    from symcnn.render.json import data_text

    check_format(format_)
    found = [find_convention(known) for known in ([name] if name else known_conventions())]
    if format_ == "json":
        return data_text(conventions_data(found))
    document = convention_document(found[0]) if name else conventions_document(found)
    return render_document(document, format_, style)


def reconciled(
    file: str,
    names: Sequence[str],
    part: tuple[tuple[str, ...], tuple[str, ...]],
    settings: Iterable[str],
    values: Iterable[str],
    assume: tuple[str, ...],
    format_: str,
    style: Style,
    counts: Iterable[str],
) -> str:
    """Return the output of `explain --count`: each convention with the last one, a single one with MACs."""
    if any(part):
        raise SymcnnError("--count explains the totals", hint="leave out --layer and --quantity")
    counts = tuple(counts)
    conventions = listed(counts)
    if len(conventions) == 1 and sum(len(text.split(",")) for text in counts) > 1:
        raise SymcnnError(f"--count compares {conventions[0]} with itself", hint=f"as in --count {conventions[0]},macs")
    *others, last = conventions if len(conventions) > 1 else (*conventions, "macs")
    analyses = asked_for(file, names, settings, values, assume, format_, conventions)
    from symcnn.render import render_all

    found = [analysis.reconcile(other, last) for analysis in analyses for other in others]
    if format_ == "json" and len(found) > 1:
        raise SymcnnError("JSON is of two conventions", hint=f"as in --count {others[0]},{last}")
    style.check_symbols({name for analysis in analyses for name in (analysis.symbolic or analysis).symbols})
    return render_all(found, format_, style)


def listed(counts: Iterable[str]) -> tuple[str, ...]:
    """Read `fvcore,thop`, each name once."""
    names = tuple(name.strip() for text in counts for name in text.split(","))
    if not all(names):
        raise SymcnnError("--count wants the names of conventions", hint="as in --count fvcore,thop")
    return tuple(dict.fromkeys(names))
