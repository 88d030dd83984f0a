"""The commands. Heavy modules are imported inside them: `--help` and `--version` wait for nothing."""

from __future__ import annotations

import contextlib
import functools
import gc
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from symcnn import __version__
from symcnn.cli.quiz import quiz
from symcnn.errors import SymcnnError, bounded_nesting, did_you_mean, printable, writable_numbers

if TYPE_CHECKING:
    from symcnn.formula.style import Style

_FORMATS = "text, markdown, latex, json"
_DIGITS = "en (1,234,567), de (1.234.567), fr, ch, si, none"


# A run is short and leaves few cycles behind: looking for them costs a tenth of it, most while SymPy is imported.
gc.set_threshold(100_000, 50, 50)


class _Group(click.Group):
    """Shows every mistake of a user as one message with exit code 2, never as a traceback."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        try:
            with bounded_nesting("this"), writable_numbers():
                sys.exit(super().main(*args, **(kwargs | {"standalone_mode": False})) or 0)
        except SymcnnError as error:
            _complain(str(error))
        except click.exceptions.NoArgsIsHelpError as error:
            error.show()
        except click.ClickException as error:  # an unknown option, a missing argument
            context = getattr(error, "ctx", None)
            more = f"\n  see {context.command_path} --help" if context is not None else ""
            _complain(printable(error.format_message()[:1].lower() + error.format_message()[1:].rstrip(".")) + more)
        except (KeyboardInterrupt, click.Abort):
            _complain("interrupted")
        sys.exit(2)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError:
            hint = did_you_mean(args[0], self.commands, f"commands are {', '.join(self.commands)}")
            raise SymcnnError(f"unknown command '{args[0]}'", hint=hint) from None


def _complain(message: str) -> None:
    """Print an error; where even that cannot be written, the exit code says it."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        click.echo(f"error: {message}", err=True)


_Command = TypeVar("_Command", bound=Callable[..., None])


def _output_options(command: _Command) -> _Command:
    to_file = click.option(
        "-o", "--output", metavar="OUT", help="Write to a file, replaced only when its content is whole."
    )
    format_ = click.option(
        "--format", "format_", default="text", metavar="F", help=f"One of {_FORMATS}. Default: text."
    )
    whole = click.option("--standalone", is_flag=True, help="With --format latex: a whole document for pdflatex.")
    return format_(whole(to_file(command)))


def _style_options(command: _Command) -> _Command:
    """Give a command the options of how formulas look, as one argument `style`."""

    @click.option(
        "--notation", "notations", multiple=True, metavar="C_in=N_{i-1}", help="LaTeX of your own for a symbol."
    )
    @click.option("--digits", default="en", metavar="D", help=f"Digits in groups, one of {_DIGITS}. Default: en.")
    @click.option("--si", is_flag=True, help="Numbers alone in M and G, rounded to three digits.")
    @functools.wraps(command)
    def styled(*args: Any, notations: tuple[str, ...], digits: str, si: bool, **kwargs: Any) -> None:
        from symcnn.cli import work

        command(*args, style=work.styled(notations, digits, si), **kwargs)

    return cast(_Command, styled)


_ASSUME = click.option("--assume", multiple=True, metavar="COND", help='A condition to rely on, as in "H % 32 == 0".')
_SET = click.option("--set", "settings", multiple=True, metavar="p=EXPR", help="Set a parameter of the net.")

_COUNT = click.option(
    "--count", "counts", multiple=True, metavar="CONVENTION", help="Also count as these do: fvcore,thop,torch."
)
_RECONCILE = click.option(
    "--count", "counts", multiple=True, metavar="A,B", help="Explain instead why conventions A and B count differently."
)

_MAIN_EXAMPLE = """\b
Example:
  symcnn compare examples/stacked.cnn
"""
_DERIVE_EXAMPLE = """\b
Examples:
  symcnn derive examples/lenet.cnn
  symcnn derive examples/vgg16.cnn --at H=224 --at W=224
  symcnn derive examples/vgg16.cnn --assume "H == W" --format latex -o vgg16.tex
  symcnn derive examples/vgg16.cnn --at H=224,W=224 --si --notation H=H_0
  symcnn derive zoo/resnet50 --set width=w
  symcnn derive zoo/resnet50 --count fvcore,thop,torch --at H=224,W=224
"""
_EXPLAIN_EXAMPLE = """\b
Examples:
  symcnn explain examples/lenet.cnn
  symcnn explain examples/lenet.cnn --layer conv1 --quantity params
  symcnn explain examples/vgg16.cnn --at H=224,W=224 --lang zh --format markdown
  symcnn explain zoo/resnet50 --count thop,fvcore --at H=224,W=224
"""
_COMPARE_EXAMPLE = """\b
Examples:
  symcnn compare examples/stacked.cnn
  symcnn compare examples/stacked.cnn three seven --quantity macs
"""
_CHECK_EXAMPLE = """\b
Examples:
  symcnn check examples/lenet.cnn --layer conv1 --quantity params --answer "(5*5*1+1)*32"
  symcnn check zoo/resnet50 --at H=224,W=224 --quantity macs --answer "4.1 GMACs" --accept approx
"""
_GRADE_EXAMPLE = """\b
Examples:
  symcnn grade examples/quiz_papers.toml examples/class.csv
  symcnn grade examples/quiz_papers.toml examples/class.csv -o marked.csv
  symcnn grade examples/quiz_papers.toml examples/class.csv -o marked.html --lang zh
"""
_LAYERS_EXAMPLE = """\b
Examples:
  symcnn layers
  symcnn layers Conv
"""
_CONVENTIONS_EXAMPLE = """\b
Examples:
  symcnn conventions
  symcnn conventions fvcore
"""
_VERIFY_EXAMPLE = """\b
Examples:
  symcnn verify examples/lenet.cnn
  symcnn verify examples/unet.cnn --net unet --at H=572 --verbose
  symcnn verify zoo/resnet50 --at H=224,W=224 --at H=225,W=193 --format markdown
"""


@click.group(cls=_Group, epilog=_MAIN_EXAMPLE, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="symcnn")
def main() -> None:
    """Derive closed forms for convolutional networks: shapes, parameters, MACs, receptive fields."""


@main.command(epilog=_DERIVE_EXAMPLE)
@click.argument("file")
@click.option("--net", "names", multiple=True, metavar="N", help="A net of the file; default: every net with an input.")
@_SET
@click.option("--at", "values", multiple=True, metavar="H=224", help="Also give the numbers for these values.")
@_ASSUME
@_COUNT
@_style_options
@_output_options
def derive(
    file: str,
    names: tuple[str, ...],
    settings: tuple[str, ...],
    values: tuple[str, ...],
    assume: tuple[str, ...],
    counts: tuple[str, ...],
    format_: str,
    standalone: bool,
    output: str | None,
    style: Style,
) -> None:
    """Derive closed forms for FILE: the table of layers and the totals ("-" reads standard input)."""
    from symcnn.cli import work

    style = work.whole(style, standalone, format_)
    format_ = work.destined(format_, output)
    work.write(work.derived(file, names, settings, values, assume, format_, style, counts), output)


@main.command(epilog=_EXPLAIN_EXAMPLE)
@click.argument("file")
@click.option("--net", "names", multiple=True, metavar="N", help="A net of the file; default: every net with an input.")
@click.option("--layer", "layers", multiple=True, metavar="L", help="Only this layer or block, by its name or path.")
@click.option(
    "--quantity", "quantities", multiple=True, metavar="Q", help="Only this: size, params, macs, receptive_field, …"
)
@_SET
@click.option("--at", "values", multiple=True, metavar="H=224", help="Work with these numbers instead of symbols.")
@_ASSUME
@_RECONCILE
@click.option("--lang", "language", default="en", metavar="en|zh", help="The language of the words. Default: en.")
@_style_options
@_output_options
def explain(
    file: str,
    names: tuple[str, ...],
    layers: tuple[str, ...],
    quantities: tuple[str, ...],
    settings: tuple[str, ...],
    values: tuple[str, ...],
    assume: tuple[str, ...],
    counts: tuple[str, ...],
    language: str,
    format_: str,
    standalone: bool,
    output: str | None,
    style: Style,
) -> None:
    """Show the working for FILE: formula = values put in = result, layer by layer, and the totals as sums."""
    from symcnn.cli import work

    style = work.in_language(work.whole(style, standalone, format_), language)
    format_ = work.destined(format_, output)
    part = (layers, quantities)
    if counts:
        from symcnn.cli.counting import reconciled

        work.write(reconciled(file, names, part, settings, values, assume, format_, style, counts), output)
        return
    work.write(work.explained(file, names, part, settings, values, assume, format_, style), output)


@main.command(epilog=_COMPARE_EXAMPLE)
@click.argument("file")
@click.argument("nets", nargs=-1)
@click.option("--quantity", "quantities", multiple=True, metavar="Q", help="macs, params, flops, activations, …")
@click.option("--grow", "growing", multiple=True, metavar="H", help="The symbol that grows in limits; default: sizes.")
@_SET
@_ASSUME
@_style_options
@_output_options
def compare(
    file: str,
    nets: tuple[str, ...],
    quantities: tuple[str, ...],
    growing: tuple[str, ...],
    settings: tuple[str, ...],
    assume: tuple[str, ...],
    format_: str,
    standalone: bool,
    output: str | None,
    style: Style,
) -> None:
    """Compare NETS of FILE: each with the last one; without NETS, all of the file that have an input."""
    from symcnn.cli import work

    style = work.whole(style, standalone, format_)
    format_ = work.destined(format_, output)
    work.write(work.compared(file, nets, quantities, growing, settings, assume, format_, style), output)


@main.command(epilog=_CHECK_EXAMPLE)
@click.argument("file")
@click.option("--quantity", required=True, metavar="Q", help="output, size, params, macs, flops, receptive_field, …")
@click.option("--layer", metavar="L", help="A layer or block, by its name or path; default: the whole network.")
@click.option("--answer", required=True, metavar="TEXT", help='The answer; "-" reads it from standard input.')
@click.option("--net", "names", multiple=True, metavar="N", help="The net, where the file has several.")
@_SET
@click.option("--at", "values", multiple=True, metavar="H=224", help="Ask for the number at these values.")
@_ASSUME
@click.option("--locale", metavar="L", help="How the answer writes numbers, as in en, de or fr: 9.248 or 9,248.")
@click.option("--accept", multiple=True, metavar="NAME", help="Also right: approx, asymp, assume, a convention.")
@click.option("--format", "format_", default="text", metavar="F", help="One of text, json. Default: text.")
@click.option("--lang", "language", default="en", metavar="en|zh", help="The language of the words. Default: en.")
@click.option("-o", "--output", metavar="OUT", help="Write to a file, replaced only when its content is whole.")
def check(
    file: str,
    quantity: str,
    layer: str | None,
    answer: str,
    names: tuple[str, ...],
    settings: tuple[str, ...],
    values: tuple[str, ...],
    assume: tuple[str, ...],
    locale: str | None,
    accept: tuple[str, ...],
    format_: str,
    language: str,
    output: str | None,
) -> None:
    """Judge an answer about FILE: exit code 0 if it is right, 1 if it is not, 2 if the question cannot be asked."""
    from symcnn.cli import work
    from symcnn.cli.checking import checked

    about = (quantity, layer)
    text, code = checked(file, names, settings, values, assume, about, answer, locale, accept, format_, language)
    work.write(text, output)
    click.get_current_context().exit(code)


@main.command(epilog=_GRADE_EXAMPLE)
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


@main.command(epilog=_LAYERS_EXAMPLE)
@click.argument("kind", required=False)
@click.option("--lang", "language", default="en", metavar="en|zh", help="The language about mistakes. Default: en.")
@_output_options
def layers(kind: str | None, language: str, format_: str, standalone: bool, output: str | None) -> None:
    """Print the reference of all layer kinds, or of one KIND: arguments, rules, known mistakes."""
    from symcnn.cli import work
    from symcnn.formula.style import PLAIN

    style = work.in_language(work.whole(PLAIN, standalone, format_), language)
    work.write(work.reference(kind, work.destined(format_, output), style), output)


@main.command(epilog=_CONVENTIONS_EXAMPLE)
@click.argument("convention", required=False)
@_output_options
def conventions(convention: str | None, format_: str, standalone: bool, output: str | None) -> None:
    """Print the counting conventions, or one CONVENTION with its formula for each layer kind."""
    from symcnn.cli import work
    from symcnn.cli.counting import conventions_reference
    from symcnn.formula.style import PLAIN

    style = work.whole(PLAIN, standalone, format_)
    work.write(conventions_reference(convention, work.destined(format_, output), style), output)


@main.command(epilog=_VERIFY_EXAMPLE)
@click.argument("file")
@click.option("--against", default="torch", metavar="FRAMEWORK", help="The framework: torch.")
@click.option("--net", "names", multiple=True, metavar="N", help="A net of the file; default: every net with an input.")
@_SET
@click.option(
    "--at", "values", multiple=True, metavar="H=224", help="Sizes to run; again for more of them. Default: a few."
)
@_ASSUME
@click.option("-v", "--verbose", is_flag=True, help="Show every layer, not only what differs.")
@_output_options
def verify(
    file: str,
    against: str,
    names: tuple[str, ...],
    settings: tuple[str, ...],
    values: tuple[str, ...],
    assume: tuple[str, ...],
    verbose: bool,
    format_: str,
    standalone: bool,
    output: str | None,
) -> None:
    """Hold FILE against real modules, layer by layer: exit code 0 if all is equal, 1 if something differs."""
    from symcnn.cli import against as other
    from symcnn.cli import work
    from symcnn.formula.style import PLAIN

    style = work.whole(PLAIN, standalone, format_)
    format_ = work.destined(format_, output)
    text, code = other.verified(file, names, against, settings, values, assume, format_, verbose, style)
    work.write(text, output)
    click.get_current_context().exit(code)


main.add_command(quiz)
