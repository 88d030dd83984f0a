"""Documents and results as text, markdown, LaTeX and JSON: one function each, in one table."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from symcnn.analysis import Analysis
from symcnn.document.analysis import analysis_document
from symcnn.errors import NotSupportedError, SymcnnError, did_you_mean
from symcnn.render.json import analysis_json
from symcnn.render.latex import latex_text
from symcnn.render.markdown import markdown_text
from symcnn.render.text import plain_text, terminal_text
from symcnn.report import Document

if TYPE_CHECKING:
    from symcnn.compare import Comparison

DOCUMENT_FORMATS: dict[str, Callable[[Document], str]] = {
    "text": plain_text,
    "markdown": markdown_text,
    "latex": latex_text,
}
FORMATS = (*DOCUMENT_FORMATS, "json")
TERMINAL = "terminal"  # text for the terminal in front of the user, as wide as it is
PLANNED_FORMATS = ("html", "csv")


def render(result: Analysis | Comparison, format: str = "text") -> str:
    r"""Return an analysis or a comparison as text in one of the formats text, markdown, latex, json.

    Raises `SymcnnError` for an unknown format.

    >>> from symcnn import analyse, parse
    >>> a = analyse(parse("net one { input C×L; Conv(C, 3, bias=false) }")["one"])
    >>> print(render(a, "markdown").splitlines()[-3])
    * **defined for**: $L \ge 3$
    """
    check_format(format)
    if isinstance(result, Analysis):
        return analysis_json(result) if format == "json" else render_document(analysis_document(result), format)
    # Derivations do not wait for what only comparisons need.
    from symcnn.document.comparison import comparison_document
    from symcnn.render.json_comparison import comparison_json

    return comparison_json(result) if format == "json" else render_document(comparison_document(result), format)


def render_document(document: Document, format: str) -> str:
    """Return a document in one of the formats text, markdown, latex."""
    check_format(format)
    return terminal_text(document) if format == TERMINAL else DOCUMENT_FORMATS[format](document)


def check_format(format: str) -> None:
    """Raise `SymcnnError` for a format that is not there."""
    if format in PLANNED_FORMATS:
        raise NotSupportedError(f"the format {format}", hint=f"formats are {', '.join(FORMATS)}")
    if format not in (*FORMATS, TERMINAL):
        raise SymcnnError(
            f"unknown format '{format}'", hint=did_you_mean(format, FORMATS, f"formats are {', '.join(FORMATS)}")
        )
