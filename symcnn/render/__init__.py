"""Documents and results as text, markdown, LaTeX and JSON: one function each, in one table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from symcnn.analysis import Analysis
from symcnn.compare import Comparison
from symcnn.document import analysis_document, comparison_document
from symcnn.errors import NotSupportedError, SymcnnError, did_you_mean
from symcnn.render.json import json_text
from symcnn.render.latex import latex_text
from symcnn.render.markdown import markdown_text
from symcnn.render.text import plain_text
from symcnn.report import Document

DOCUMENT_FORMATS: dict[str, Callable[[Document], str]] = {
    "text": plain_text,
    "markdown": markdown_text,
    "latex": latex_text,
}
FORMATS = (*DOCUMENT_FORMATS, "json")
PLANNED_FORMATS = ("html", "csv")


def render(result: Analysis | Comparison, format: str = "text") -> str:
    """Return an analysis or a comparison as text in one of the formats text, markdown, latex, json.

    Raises `SymcnnError` for an unknown format.

    >>> from symcnn import analyse, parse
    >>> a = analyse(parse("net one { input C×L; Conv(C, 3, bias=false) }")["one"])
    >>> print(render(a, "markdown").splitlines()[-3])
    * **defined for**: $L \\ge 3$
    """
    check_format(format)
    if format == "json":
        return json_text(result)
    return render_document(document_of(result), format)


def render_document(document: Document, format: str) -> str:
    """Return a document in one of the formats text, markdown, latex."""
    check_format(format)
    return DOCUMENT_FORMATS[format](document)


def check_format(format: str) -> None:
    """Raise `SymcnnError` for a format that is not there."""
    if format in PLANNED_FORMATS:
        raise NotSupportedError(f"the format {format}", hint=f"formats are {', '.join(FORMATS)}")
    if format not in FORMATS:
        raise SymcnnError(
            f"unknown format '{format}'", hint=did_you_mean(format, FORMATS, f"formats are {', '.join(FORMATS)}")
        )


def document_of(result: Any) -> Document:
    """Return the document of an analysis or a comparison."""
    return comparison_document(result) if isinstance(result, Comparison) else analysis_document(result)
