"""Documents and results as text, markdown, LaTeX and JSON: one function each, in one table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeAlias

from symcnn.analysis import Analysis
from symcnn.errors import NotSupportedError, SymcnnError, did_you_mean, writable_numbers
from symcnn.formula.style import PLAIN, Style
from symcnn.report import Document

if TYPE_CHECKING:
    from symcnn.analysis.reconciliation import Reconciliation
    from symcnn.answers.grading.sheet import Sheet
    from symcnn.compare import Comparison
    from symcnn.derive import Explanation
    from symcnn.interop.verification import Verification
    from symcnn.memory import ConvolutionCosts, Memory, Roofline
    from symcnn.solve import Solution

    Result: TypeAlias = (
        Analysis
        | Sheet
        | Comparison
        | Explanation
        | Verification
        | Reconciliation
        | Memory
        | Roofline
        | ConvolutionCosts
        | Solution
    )

TERMINAL = "terminal"  # text for the terminal in front of the user, as wide as it is
# Where each format is written: imported only when it is asked for.
_DOCUMENT_WRITERS = {
    "text": ("symcnn.render.text", "plain_text"),
    TERMINAL: ("symcnn.render.text", "terminal_text"),
    "markdown": ("symcnn.render.markdown", "markdown_text"),
    "latex": ("symcnn.render.latex", "latex_text"),
}
# What each result is written by, as a document and as JSON; imported when it is asked for.
_PAGES = {
    "Analysis": ("document.analysis:analysis_document", "render.json:analysis_json"),
    "Comparison": ("document.comparison:comparison_document", "render.json_comparison:comparison_json"),
    "Reconciliation": (
        "document.reconciliation:reconciliation_document",
        "render.json_reconciliation:reconciliation_json",
    ),
    "Verification": ("document.verification:verification_document", "render.json_verification:verification_json"),
    "Memory": ("document.memory:memory_document", "render.json_memory:memory_json"),
    "Roofline": ("document.memory:memory_document", "render.json_memory:memory_json"),
    "ConvolutionCosts": ("document.convolution:convolution_document", "render.json_convolution:convolution_json"),
    "Solution": ("document.solution:solution_document", "render.json_solution:solution_json"),
    "Explanation": ("document.explanation:explanation_document", "render.json_explanation:explanation_json"),
}
FORMATS = ("text", "markdown", "latex", "json")
PLANNED_FORMATS = ("html", "csv")


def render(result: Result, format: str = "text", style: Style = PLAIN) -> str:
    r"""Return an analysis, a comparison or a working as text in one of the formats text, markdown, latex, json.

    Raises `SymcnnError` for an unknown format.

    >>> from symcnn import analyse, parse
    >>> a = analyse(parse("net one { input C×L; Conv(C, 3, bias=false) }")["one"])
    >>> print(render(a, "markdown").splitlines()[-3])
    * **defined for**: $L \ge 3$
    """
    return render_all((result,), format, style)


def render_all(results: Sequence[Result], format: str = "text", style: Style = PLAIN) -> str:
    """Return several results of one kind as one text, comparisons with the same second net; JSON is of one alone.

    Raises `SymcnnError` for an unknown format.
    """
    if [type(result).__name__ for result in results] == ["Sheet"]:
        return str(_function("render.sheet:render_sheet")(*results, format, style.language))
    check_format(format)
    for result in results:
        if type(result).__name__ not in _PAGES:
            hint = "render takes what symcnn.analyse, symcnn.compare, symcnn.derive or symcnn.solve returned"
            raise SymcnnError(f"there is no page of a {type(result).__name__}", hint=hint)
    page, as_data = _PAGES[type(results[0]).__name__]
    with writable_numbers():
        if format == "json":
            (result,) = results
            return str(_function(as_data)(result))
        return render_document(_function(page)(*results, language=style.language), format, style)


def _function(where: str) -> Callable[..., Any]:
    module, function = where.split(":")
    found: Callable[..., Any] = getattr(import_module(f"symcnn.{module}"), function)
    return found


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
