"""Documents and results as text, markdown, LaTeX and JSON: one function each, in one table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, TypeGuard

from symcnn.analysis import Analysis
from symcnn.document.analysis import analysis_document
from symcnn.errors import NotSupportedError, SymcnnError, did_you_mean, writable_numbers
from symcnn.formula.style import PLAIN, Style
from symcnn.report import Document

if TYPE_CHECKING:
    from symcnn.compare import Comparison

TERMINAL = "terminal"  # text for the terminal in front of the user, as wide as it is
# Where each format is written: imported only when it is asked for.
_DOCUMENT_WRITERS = {
    "text": ("symcnn.render.text", "plain_text"),
    TERMINAL: ("symcnn.render.text", "terminal_text"),
    "markdown": ("symcnn.render.markdown", "markdown_text"),
    "latex": ("symcnn.render.latex", "latex_text"),
}
FORMATS = ("text", "markdown", "latex", "json")
PLANNED_FORMATS = ("html", "csv")


def render(result: Analysis | Comparison, format: str = "text", style: Style = PLAIN) -> str:
    r"""Return an analysis or a comparison as text in one of the formats text, markdown, latex, json.

    Raises `SymcnnError` for an unknown format.

    >>> from symcnn import analyse, parse
    >>> a = analyse(parse("net one { input C×L; Conv(C, 3, bias=false) }")["one"])
    >>> print(render(a, "markdown").splitlines()[-3])
    * **defined for**: $L \ge 3$
    """
    return render_all((result,), format, style)


def render_all(results: Sequence[Analysis | Comparison], format: str = "text", style: Style = PLAIN) -> str:
    """Return several analyses, or several comparisons with the same second net, as one text; JSON is of one alone.

    Raises `SymcnnError` for an unknown format.
    """
    check_format(format)
    for result in results:
        if not (isinstance(result, Analysis) or _is_comparison(result)):
            hint = "render takes what symcnn.analyse or symcnn.compare returned"
            raise SymcnnError(f"there is no page of a {type(result).__name__}", hint=hint)
    with writable_numbers():
        if format == "json":
            (result,) = results
            return _json(result)
        return render_document(_document(results), format, style)


def _is_comparison(result: object) -> TypeGuard[Comparison]:
    return hasattr(result, "same_receptive_field")  # derivations do not wait for the module of comparisons


def _document(results: Sequence[Analysis | Comparison]) -> Document:
    sections = [section for r in results if isinstance(r, Analysis) for section in analysis_document(r).sections]
    comparisons = [result for result in results if _is_comparison(result)]
    if comparisons:
        from symcnn.document.comparison import comparison_document

        sections += comparison_document(*comparisons).sections
    return Document(tuple(sections))


def _json(result: Analysis | Comparison) -> str:
    if isinstance(result, Analysis):
        from symcnn.render.json import analysis_json

        return analysis_json(result)
    from symcnn.render.json_comparison import comparison_json

    return comparison_json(result)


def render_document(document: Document, format: str, style: Style = PLAIN) -> str:
    """Return a document in one of the formats text, markdown, latex."""
    check_format(format)
    module, function = _DOCUMENT_WRITERS[format]
    writer: Callable[[Document, Style], str] = getattr(import_module(module), function)
    return writer(document, style)


def check_format(format: str) -> None:
    """Raise `SymcnnError` for a format that is not there."""
    format = str(format)
    if format in PLANNED_FORMATS:
        raise NotSupportedError(f"the format {format}", hint=f"formats are {', '.join(FORMATS)}")
    if format not in (*FORMATS, TERMINAL):
        raise SymcnnError(
            f"unknown format '{format}'", hint=did_you_mean(format, FORMATS, f"formats are {', '.join(FORMATS)}")
        )
