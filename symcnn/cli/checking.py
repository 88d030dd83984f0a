"""What `check` does: one answer against a quantity of a net, and the verdict as text or JSON."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from symcnn.cli.work import asked_for
from symcnn.document.words import check_language
from symcnn.errors import SymcnnError, did_you_mean, printable

if TYPE_CHECKING:
    from symcnn.answers.verdict import Verdict

FORMATS = ("text", "json")
_MOST_CHARACTERS = 100_000  # of an answer on standard input; readable ones are shorter by far


def checked(
    file: str,
    names: tuple[str, ...],
    settings: Iterable[str],
    values: Iterable[str],
    assume: tuple[str, ...],
    about: tuple[str, str | None],
    answer: str,
    locale: str | None,
    accept: tuple[str, ...],
    format_: str,
    language: str,
) -> tuple[str, int]:
    """Return the verdict as it is printed, and the exit code; `about` has the quantity and the layer."""
    check_language(language)
    if format_ not in FORMATS:
        raise SymcnnError(f"unknown format '{format_}' of a verdict", hint=did_you_mean(format_, FORMATS, "text, json"))
    analyses = asked_for(file, names, settings, values, assume, "text")
    if len(analyses) > 1:
        listed = ", ".join(analysis.net for analysis in analyses)
        raise SymcnnError(f"an answer is about one net, and {file} has several", hint=f"choose with --net: {listed}")
    if answer == "-" and file == "-":
        raise SymcnnError("the net and the answer cannot both be on standard input", hint="name a file")
    from symcnn.answers.judge import check

    quantity, layer = about
    text = _typed() if answer == "-" else answer
    found = check(text, analyses[0], locale=locale, quantity=quantity, layer=layer, accept=accept)
    shown = found.to_json() if format_ == "json" else "\n".join(_lines(found, language))
    return shown + "\n", 0 if found.right else 1


def _typed() -> str:
    if sys.stdin is None:
        raise SymcnnError("standard input is closed", hint="give the answer with --answer")
    return sys.stdin.buffer.read(_MOST_CHARACTERS).decode("utf-8", "replace").rstrip("\r\n")


def _lines(found: Verdict, language: str) -> Iterator[str]:
    """Yield the verdict with its message, and how the answer was read."""
    english = language == "en"
    yield f"{found.verdict}: {printable(found.message[language])}"
    if found.reading_text:
        yield f"  {'read as' if english else '读作'} {printable(found.reading_text)}"
    for repair in found.repairs if english else found.repairs_chinese:
        yield f"  {'mended' if english else '已修正'}: {printable(repair)}"
    if found.condition:
        yield f"  {'condition' if english else '条件'}: {found.condition}"
    if found.convention:
        yield f"  {'convention' if english else '约定'}: {found.convention}"
    for slip in found.slips:
        where = f" ({', '.join(slip.layers)})" if slip.layers else ""
        yield f"  {slip.id}{where}: {slip.text if english else slip.zh}"
