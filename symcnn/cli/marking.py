"""What `grade` does: a quiz and the answers of a class, and the sheet, written when all is marked."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from symcnn.cli import work
from symcnn.cli.endings import SHEETS, by_ending
from symcnn.errors import SymcnnError, printable

_MOST_NAMED = 20  # reasons why answers are not marked


def graded(
    quiz: str,
    answers: str | None,
    format_: str | None,
    language: str | None,
    output: str | None,
    jobs: int | None,
    fresh: bool,
) -> None:
    """Mark a class and write the sheet; with an output a run that was interrupted goes on where it was."""
    from symcnn.answers.grading.journal import PARTIAL
    from symcnn.answers.grading.run import grade
    from symcnn.answers.grading.table import load_answers
    from symcnn.answers.questions import load_quiz
    from symcnn.document.words import check_language
    from symcnn.render.progress import progress
    from symcnn.render.sheet import check_sheet_format, render_sheet
    from symcnn.render.sheet_html import require_jinja

    if answers is None:
        raise SymcnnError("the answers of the class are missing", hint="as in symcnn grade QUIZ.toml ANSWERS.csv")
    chosen = work.destined(check_sheet_format(format_ or by_ending(output, SHEETS, "csv")), output)
    if chosen == "html":
        require_jinja()  # before a class is marked, not after
    if language is not None:
        check_language(language)
    asked = load_quiz(quiz)
    work.warn(asked.warnings)
    given = load_answers(answers, asked)
    work.warn(given.warnings)
    _check_output(output, quiz, answers)
    journal = None if output is None else Path(output + PARTIAL)
    if fresh and journal is not None:
        journal.unlink(missing_ok=True)
    with progress(asked.title or Path(quiz).stem) as tick:
        sheet = grade(asked, given, jobs=jobs, resume=journal, tick=tick)
    work.write(render_sheet(sheet, chosen, language), output)
    _say_what_is_refused(given.refused)


def _say_what_is_refused(refused: Mapping[tuple[str, str], tuple[str, str]]) -> None:
    """Count the answers that were not marked, and name each row of the table that is at fault."""
    if not refused:
        return
    reasons = dict.fromkeys(why for why, _ in refused.values())
    said = "1 answer is" if len(refused) == 1 else f"{len(refused)} answers are"
    listed = "".join(f"\n  {printable(why)}" for why in list(reasons)[:_MOST_NAMED])
    more = len(reasons) - _MOST_NAMED
    rest = f"\n  and {more} more, each said in its row of the sheet" if more > 0 else ""
    click.echo(f"warning: {said} not marked{listed}{rest}", err=True)


def _check_output(output: str | None, *inputs: str) -> None:
    if output is not None and any(Path(output).resolve() == Path(one).resolve() for one in inputs):
        raise SymcnnError(f"the sheet cannot replace {output}", hint="give it another name with -o")
