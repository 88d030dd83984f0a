"""The command `grade`. What it does is imported inside it."""

from __future__ import annotations

import click

_EXAMPLES = """\b
The keys of a question; most may stand at the head of the quiz, for all questions:
  id              heads its column of the answers
  net, file       its network, as a text or a file in the folder of the quiz; several of them: name
  name            without net and file: a network of the zoo
  reference       a formula instead of a network; ids of questions in it stand for their answers (after)
  quantity        output, size, channels, weights, params, macs, flops, receptive_field, …
  layer           of which it is asked; left out: of the whole network
  layers          a table, one answer for each layer: q1.conv1, q1.conv2, …; table = true: of all layers
  marks           of one answer; in a table of each row, so that four rows have four times as many
  after           earlier questions: what is right after a learner's own answers to them earns its marks
  accept          also right: approx, asymp, assume, or conventions such as no_bias, channels_last
  credit          shares by verdict, convention, mistake, or follow: { convention = 0.25, M11 = 0.5 };
                  without it assume, convention, approx and asymp earn 0.5 where they are not accepted
  at, set         values of symbols, and of the parameters of the network: { H = 224 }
  assume          conditions on symbols; symbols, aliases: their domains, and other names for them
  text, answer    what is asked, in words; a key, which --lint checks
  locale, kind    how numbers are written (en, de, …); number, formula, shape, order, bytes

\b
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
        say_lint(quiz, format_, language, output)
    graded(quiz, answers, format_, language, output, jobs, fresh)
