"""Options that several commands have."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar, cast

import click

_FORMATS = "text, markdown, latex, json"
_DIGITS = "en (1,234,567), de (1.234.567), fr, ch, si, none"

Command = TypeVar("Command", bound=Callable[..., None])


def output_options(command: Command) -> Command:
    """Give a command the options of what is written, and where."""
    to_file = click.option(
        "-o", "--output", metavar="OUT", help="Write to a file, replaced only when its content is whole."
    )
    format_ = click.option(
        "--format", "format_", default="text", metavar="F", help=f"One of {_FORMATS}. Default: text."
    )
    whole = click.option("--standalone", is_flag=True, help="With --format latex: a whole document for pdflatex.")
    return format_(whole(to_file(command)))


def style_options(command: Command) -> Command:
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

    return cast(Command, styled)


NETS = click.option(
    "--net", "names", multiple=True, metavar="N", help="A net of the file; default: every net with an input."
)
AT = click.option("--at", "values", multiple=True, metavar="H=224", help="Also give the numbers for these values.")
LANGUAGE = click.option(
    "--lang", "language", default="en", metavar="en|zh", help="The language of the words. Default: en."
)
ASSUME = click.option("--assume", multiple=True, metavar="COND", help='A condition to rely on, as in "H % 32 == 0".')
SET = click.option("--set", "settings", multiple=True, metavar="p=EXPR", help="Set a parameter of the net.")

COUNT = click.option(
    "--count", "counts", multiple=True, metavar="CONVENTION", help="Also count as these do: fvcore,torch,macs+bias."
)
RECONCILE = click.option(
    "--count", "counts", multiple=True, metavar="A,B", help="Explain instead why conventions A and B count differently."
)
