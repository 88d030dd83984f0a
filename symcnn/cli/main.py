"""The commands. Heavy modules are imported inside them: `--help` and `--version` wait for nothing."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import click

from symcnn import __version__
from symcnn.cli.commands import check, conventions, layers, memory, solve, verify
from symcnn.cli.grade import grade
from symcnn.cli.group import Group
from symcnn.cli.options import ASSUME, AT, COUNT, LANGUAGE, NETS, RECONCILE, SET, output_options, style_options
from symcnn.cli.quiz import quiz

if TYPE_CHECKING:
    from symcnn.formula.style import Style


# A run is short and leaves few cycles behind: looking for them costs a tenth of it, most while SymPy is imported.
gc.set_threshold(100_000, 50, 50)


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
  symcnn derive zoo/resnet50 --count flops,training --rate 312e12 --at H=224,W=224
"""
_EXPLAIN_EXAMPLE = """\b
Examples:
  symcnn explain examples/lenet.cnn
  symcnn explain examples/lenet.cnn --layer conv1 --quantity params
  symcnn explain examples/vgg16.cnn --at H=224,W=224 --lang zh --format markdown
  symcnn explain zoo/resnet50 --count thop,fvcore --at H=224,W=224
  symcnn explain examples/lenet.cnn --quantity training
"""
_COMPARE_EXAMPLE = """\b
Examples:
  symcnn compare examples/stacked.cnn
  symcnn compare examples/stacked.cnn three seven --quantity macs
  symcnn compare examples/deep_or_wide.cnn pyramid dilated --grow n
"""


@click.group(cls=Group, epilog=_MAIN_EXAMPLE, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="symcnn")
def main() -> None:
    """Derive closed forms for convolutional networks: shapes, parameters, MACs, receptive fields."""


@main.command(epilog=_DERIVE_EXAMPLE)
@click.argument("file")
@NETS
@SET
@AT
@ASSUME
@COUNT
@click.option("--rate", metavar="312e12", help="FLOP/s of a machine, as in 312e12 or 312T: also give the ideal time.")
@style_options
@output_options
def derive(
    file: str,
    names: tuple[str, ...],
    settings: tuple[str, ...],
    values: tuple[str, ...],
    assume: tuple[str, ...],
    counts: tuple[str, ...],
    rate: str | None,
    format_: str,
    standalone: bool,
    output: str | None,
    style: Style,
) -> None:
    """Derive closed forms for FILE: the table of layers and the totals ("-" reads standard input)."""
    from symcnn.cli import work

    style = work.whole(style, standalone, format_)
    format_ = work.destined(format_, output)
    work.write(work.derived(file, names, settings, values, assume, format_, style, counts, rate), output)


@main.command(epilog=_EXPLAIN_EXAMPLE)
@click.argument("file")
@NETS
@click.option("--layer", "layers", multiple=True, metavar="L", help="Only this layer or block, by its name or path.")
@click.option(
    "--quantity", "quantities", multiple=True, metavar="Q", help="Only this: size, params, macs, receptive_field, …"
)
@SET
@click.option("--at", "values", multiple=True, metavar="H=224", help="Work with these numbers instead of symbols.")
@ASSUME
@RECONCILE
@LANGUAGE
@style_options
@output_options
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
@click.option(
    "--grow", "growing", multiple=True, metavar="H", help="What grows in limits, sizes or a depth; default: sizes."
)
@SET
@ASSUME
@style_options
@output_options
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


for command in (layers, conventions, verify, memory, solve, check, grade, quiz):
    main.add_command(command)
