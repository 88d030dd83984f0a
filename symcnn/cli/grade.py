"""The command `grade`. What it does is imported inside it."""

from __future__ import annotations

import click

_EXAMPLES = """\b
Examples:
  symcnn grade examples/quiz_papers.toml examples/class.csv
  symcnn grade examples/quiz_papers.toml examples/class.csv -o marked.csv
  symcnn grade examples/quiz_papers.toml examples/class.csv -o marked.html --lang zh
  symcnn grade examples/quiz_papers.toml --lint
"""


@click.command(epilog=_EXAMPLES)
@click.argument("quiz")
@click.argument("answers", required=False)
@click.option("--lint", is_flag=True, help="Instead: check the quiz, which mistakes its numbers hide, and its keys.")
@click.option(
    "--format", "format_", metavar="F", help="One of csv, html, markdown, text, json. Default: by -o, or text."
)
@click.option("--lang", "language", metavar="en|zh", help="The language of the words. Default: the quiz's.")
@click.option("--jobs", type=click.IntRange(1, 64), metavar="N", help="So many processes. Default: one for each core.")
@click.option("--fresh", is_flag=True, help="Begin anew, also where a run was interrupted.")
@click.option("-o", "--output", metavar="OUT", help="Write to a file; a run that was interrupted then goes on.")
def grade(
    quiz: str,
    answers: str | None,
    lint: bool,
    format_: str | None,
    language: str | None,
    jobs: int | None,
    fresh: bool,
    output: str | None,
) -> None:
    """Mark a class: the answers of a CSV file to the questions of a QUIZ in TOML."""
    from symcnn.cli.marking import graded
    from symcnn.cli.quizzing import say_lint

    if lint:
        say_lint(quiz, format_ or "text", language, output)
    graded(quiz, answers, format_, language, output, jobs, fresh)
