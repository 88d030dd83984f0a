"""The command `quiz`: exams, keys, exports, their check, and the interview."""

from __future__ import annotations

import click

from symcnn.errors import SymcnnError

_FORMATS = "text, markdown, latex, html, toml, json, csv, gift, moodle, stack"
_EXAMPLES = """\b
Examples:
  symcnn quiz --count 5 --seed 7
  symcnn quiz --count 5 --seed 7 --key -o key.tex
  symcnn quiz examples/lenet.cnn --quantity params --choice
  symcnn quiz --seed 7 --formulas --choice
  symcnn quiz --seed 7 -o exam.toml
  symcnn quiz exam.toml --format moodle -o exam.xml
  symcnn quiz exam.toml --lint
  symcnn quiz --ask --level 1
"""


@click.command(epilog=_EXAMPLES)
@click.argument("file", required=False)
@click.option(
    "-n",
    "--count",
    type=int,
    metavar="N",
    help="How many questions are drawn. Default: 10, or as many as are worth asking.",
)
@click.option("--seed", metavar="S", help="The same seed draws the same questions. Default: 0; to --ask a new one.")
@click.option("--quantity", "quantities", multiple=True, metavar="Q", help="Only ask for this: output, params, macs, …")
@click.option("--template", "templates", multiple=True, metavar="T", help="Only draw from this template.")
@click.option("--level", type=int, metavar="L", help="1 one rule, 2 several, 3 a whole network. Default: all.")
@click.option("--formulas", is_flag=True, help="Only ask for formulas: symbols of the networks stay as they are.")
@click.option("--title", default="", metavar="TEXT", help="The title of the exam.")
@click.option("--choice", is_flag=True, help="Multiple choice; the wrong options are known mistakes.")
@click.option("--key", is_flag=True, help="The key with the working, instead of the exam.")
@click.option("--lint", is_flag=True, help="Instead: which mistakes the numbers cannot tell apart, and wrong keys.")
@click.option("--ask", is_flag=True, help="Instead: ask in the terminal, with hints.")
@click.option("--lang", "language", metavar="en|zh", help="The language of the words. Default: en, or the quiz's own.")
@click.option("--format", "format_", metavar="F", help=f"One of {_FORMATS}. Default: by -o, or text.")
@click.option("-o", "--output", metavar="OUT", help="Write to a file, replaced only when its content is whole.")
def quiz(
    file: str | None,
    count: int | None,
    seed: str | None,
    quantities: tuple[str, ...],
    templates: tuple[str, ...],
    level: int | None,
    formulas: bool,
    title: str,
    choice: bool,
    key: bool,
    lint: bool,
    ask: bool,
    language: str | None,
    format_: str | None,
    output: str | None,
) -> None:
    """Set an exam from templates, from networks at random sizes, or from a quiz.

    Without FILE the templates are those of symcnn; FILE has networks (.cnn), or questions or templates (.toml).

    Exit code 0; with --lint 1 if there is something to say, with --ask 1 if not all was answered right.
    """
    from symcnn.cli import quizzing, work
    from symcnn.cli.endings import QUIZZES, by_ending

    if ask and (lint or key or output or choice):
        raise SymcnnError("--ask goes with no other output", hint="leave out --lint, --key, --choice and -o")
    drawing = quizzing.Drawing(file, count, seed, quantities, templates, level, formulas, title, language)
    if ask:
        from symcnn.cli.interview import interviewed

        click.get_current_context().exit(interviewed(quizzing.paper_of(drawing, fresh=True)))
    if lint:
        text, code = quizzing.linted(drawing, format_, output)
        work.write(text, output)
        click.get_current_context().exit(code)
    chosen = work.destined(format_ or by_ending(output, QUIZZES, "text"), output)
    work.write(quizzing.printed(drawing, chosen, key, choice, output), output)
