"""What `solve` does, between its arguments and its output."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import click

from symcnn.cli.work import asked_for, pairs, symbols_of
from symcnn.errors import SymcnnError
from symcnn.formula.style import Style

if TYPE_CHECKING:
    from symcnn.solve import Solution


def solved(
    file: str,
    relation: str,
    unknown: str,
    names: Sequence[str],
    settings: Iterable[str],
    values: Sequence[str],
    assume: tuple[str, ...],
    format_: str,
    style: Style,
) -> str:
    """Return the output of `solve`, of all nets of the file that have the symbol."""
    at = pairs(values, "--at")
    analyses = asked_for(file, names, settings, (), assume, format_)
    from symcnn.render import render_all
    from symcnn.solve import solve

    known = {name for analysis in analyses for name in analysis.symbols}
    asked = [analysis for analysis in analyses if unknown in analysis.symbols] or analyses
    solutions: list[Solution] = []
    errors: list[tuple[str, SymcnnError]] = []
    for analysis in asked:
        own = {name: value for name, value in at.items() if name in analysis.symbols or name not in known}
        try:
            solutions.append(solve(analysis, relation, unknown, **own))
        except SymcnnError as error:
            errors.append((analysis.net, error))
    if not solutions:
        raise errors[0][1]
    for net, refusal in errors:  # of several nets those that have no answer are named
        click.echo(f"warning: {net}: {refusal.message}", err=True)
    new = {s.name for x in solutions for answer in x.answers for s in (answer.left - answer.right).free_symbols}
    style.check_symbols(symbols_of(analyses) | new)
    return render_all(solutions, format_, style)
