"""The commands beside derive, explain and compare. What they do is imported inside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from symcnn.cli.options import ASSUME, AT, LANGUAGE, NETS, SET, output_options, style_options

if TYPE_CHECKING:
    from symcnn.formula.style import Style

_CHECK_EXAMPLE = """\b
Examples:
  symcnn check examples/lenet.cnn --layer conv1 --quantity params --answer "(5*5*1+1)*32"
  symcnn check zoo/resnet50 --at H=224,W=224 --quantity macs --answer "4.1 GMACs" --accept approx
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
  symcnn conventions macs+bias+norm
"""
_VERIFY_EXAMPLE = """\b
Examples:
  symcnn verify examples/lenet.cnn
  symcnn verify examples/unet.cnn --net unet --at H=572 --verbose
  symcnn verify zoo/resnet50 --at H=224,W=224 --at H=225,W=193 --format markdown
"""
_MEMORY_EXAMPLE = """\b
Examples:
  symcnn memory examples/lenet.cnn --optimizer adam
  symcnn memory examples/vgg16.cnn --at H=224,W=224 --dtype float16 --peak 312e12 --bandwidth 2e12
  symcnn memory examples/vgg16.cnn --at H=224,W=224 --peak P --bandwidth B
  symcnn memory examples/lenet.cnn --layer conv1 --winograd 2
"""
_SOLVE_EXAMPLE = """\b
Examples:
  symcnn solve examples/depth.cnn "receptive_field >= 224" --for n --net stacked --at k=3
  symcnn solve examples/depth.cnn "receptive_field >= R" --for n --net stacked
  symcnn solve examples/vgg16.cnn "macs <= 15e9" --for H --assume "W == H"
"""


@click.command(epilog=_CHECK_EXAMPLE)
@click.argument("file")
@click.option("--quantity", required=True, metavar="Q", help="output, size, params, macs, flops, receptive_field, …")
@click.option("--layer", metavar="L", help="A layer or block, by its name or path; default: the whole network.")
@click.option("--answer", required=True, metavar="TEXT", help='The answer; "-" reads it from standard input.')
@click.option("--net", "names", multiple=True, metavar="N", help="The net, where the file has several.")
@SET
@click.option("--at", "values", multiple=True, metavar="H=224", help="Ask for the number at these values.")
@ASSUME
@click.option("--locale", metavar="L", help="How the answer writes numbers, as in en, de or fr: 9.248 or 9,248.")
@click.option("--accept", multiple=True, metavar="NAME", help="Also right: approx, asymp, assume, a convention.")
@click.option("--format", "format_", default="text", metavar="F", help="One of text, json. Default: text.")
@LANGUAGE
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


@click.command(epilog=_LAYERS_EXAMPLE)
@click.argument("kind", required=False)
@click.option("--lang", "language", default="en", metavar="en|zh", help="The language about mistakes. Default: en.")
@output_options
def layers(kind: str | None, language: str, format_: str, standalone: bool, output: str | None) -> None:
    """Print the reference of all layer kinds, or of one KIND: arguments, rules, known mistakes."""
    from symcnn.cli import work
    from symcnn.formula.style import PLAIN

    style = work.in_language(work.whole(PLAIN, standalone, format_), language)
    work.write(work.reference(kind, work.destined(format_, output), style), output)


@click.command(epilog=_CONVENTIONS_EXAMPLE)
@click.argument("convention", required=False)
@output_options
def conventions(convention: str | None, format_: str, standalone: bool, output: str | None) -> None:
    """Print the counting conventions, or one CONVENTION with its formula for each layer kind."""
    from symcnn.cli import work
    from symcnn.cli.counting import conventions_reference
    from symcnn.formula.style import PLAIN

    style = work.whole(PLAIN, standalone, format_)
    work.write(conventions_reference(convention, work.destined(format_, output), style), output)


@click.command(epilog=_VERIFY_EXAMPLE)
@click.argument("file")
@click.option("--against", default="torch", metavar="FRAMEWORK", help="The framework: torch.")
@NETS
@SET
@click.option(
    "--at", "values", multiple=True, metavar="H=224", help="Sizes to run; again for more of them. Default: a few."
)
@ASSUME
@click.option("-v", "--verbose", is_flag=True, help="Show every layer, not only what differs.")
@output_options
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


@click.command(epilog=_MEMORY_EXAMPLE)
@click.argument("file")
@NETS
@SET
@AT
@ASSUME
@click.option("--dtype", default="float32", metavar="T", help="The data type of all numbers. Default: float32.")
@click.option("--optimizer", default="sgd", metavar="O", help="sgd, momentum, adagrad, rmsprop, adam, adamw.")
@click.option("--mixed", is_flag=True, help="The optimiser keeps its numbers and a copy of the weights in float32.")
@click.option("--peak", metavar="FLOPS", help="Operations per second of a machine, as in 312e12 or 312T; or a symbol.")
@click.option("--bandwidth", metavar="BYTES", help="Bytes per second of its memory, as in 2e12 or 2T; or a symbol.")
@click.option("--count", "convention", default="flops", metavar="C", help="How operations are counted. Default: flops.")
@click.option("--layer", "layers", multiple=True, metavar="L", help="Instead, what this convolution costs as im2col.")
@click.option(
    "--winograd", "tiles", multiple=True, type=int, metavar="M", help="And by F(m, r) with tiles of M outputs."
)
@style_options
@output_options
def memory(
    file: str,
    names: tuple[str, ...],
    settings: tuple[str, ...],
    values: tuple[str, ...],
    assume: tuple[str, ...],
    format_: str,
    standalone: bool,
    output: str | None,
    style: Style,
    **options: Any,
) -> None:
    """Give the memory of FILE: bytes stored and alive, access, and the roofline bound of a machine."""
    from symcnn.cli import work
    from symcnn.cli.footprint import Wanted, remembered

    style = work.whole(style, standalone, format_)
    format_ = work.destined(format_, output)
    work.write(remembered(file, names, settings, values, assume, format_, style, Wanted(**options)), output)


@click.command(epilog=_SOLVE_EXAMPLE)
@click.argument("file")
@click.argument("relation")
@click.option("--for", "unknown", required=True, metavar="N", help="The symbol whose values are looked for.")
@NETS
@SET
@click.option("--at", "values", multiple=True, metavar="k=3", help="The values of other symbols.")
@ASSUME
@style_options
@output_options
def solve(
    file: str,
    relation: str,
    unknown: str,
    names: tuple[str, ...],
    settings: tuple[str, ...],
    values: tuple[str, ...],
    assume: tuple[str, ...],
    format_: str,
    standalone: bool,
    output: str | None,
    style: Style,
) -> None:
    """Find for which values of a symbol RELATION holds in FILE, as in "macs <= 600e6": exact, or in closed form."""
    from symcnn.cli import work
    from symcnn.cli.solving import solved

    style = work.whole(style, standalone, format_)
    format_ = work.destined(format_, output)
    work.write(solved(file, relation, unknown, names, settings, values, assume, format_, style), output)
