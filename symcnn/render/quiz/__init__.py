"""Exams and keys for paper, for the screen and for learning platforms: one function each, in one table."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING

from symcnn.errors import SymcnnError, did_you_mean, writable_numbers
from symcnn.formula.style import Style
from symcnn.render import TERMINAL

if TYPE_CHECKING:
    from symcnn.answers.making.problem import Paper

# For readers, as an exam or as its key; LaTeX here is a whole document.
PAGES = ("text", "markdown", "latex", "html")
# For other programs, the keys with them: where each is written.
_WRITERS = {
    "toml": "toml:toml_text",
    "json": "data:json_text",
    "csv": "data:csv_text",
    "gift": "gift:gift_text",
    "moodle": "moodle:moodle_text",
    "stack": "stack:stack_text",
}
_ENDINGS = {"tex": "latex", "md": "markdown", "txt": "text", "htm": "html", "xml": "moodle"}  # and what they mean
FORMATS = (*PAGES, *_WRITERS)


def render_quiz(paper: Paper, format: str = "text", *, key: bool = False, choice: bool = False) -> str:
    """Return an exam in one of the formats text, markdown, latex, html, toml, json, csv, gift, moodle, stack.

    `key` gives the key of the first four instead, with the working; `choice` asks by multiple choice. The language is
    that of the quiz. Raises `SymcnnError` for an unknown format, and for what a format cannot say.
    """
    check_quiz_format(format)
    language = paper.quiz.lang
    with writable_numbers():
        if format in (*PAGES, TERMINAL):
            return _page(paper, format, key, choice, Style(language=language, standalone=format == "latex"))
        module, name = _WRITERS[format].split(":")
        write: Callable[[Paper, bool], str] = getattr(import_module(f"symcnn.render.quiz.{module}"), name)
        return write(paper, choice)


def check_quiz_format(format: str) -> None:
    """Raise `SymcnnError` for a format that is not there."""
    if format not in (*FORMATS, TERMINAL):
        meant = _ENDINGS.get(str(format), str(format))
        hint = did_you_mean(meant, FORMATS, f"formats are {', '.join(FORMATS)}")
        raise SymcnnError(f"unknown format '{format}' of a quiz", hint=hint)


def _page(paper: Paper, format: str, key: bool, choice: bool, style: Style) -> str:
    from symcnn.document.exam import exam_document, key_document
    from symcnn.render import render_document

    document = (key_document if key else exam_document)(paper, style.language, choice)
    if format == "html":
        from symcnn.render.quiz.html import html_text

        return html_text(document, style)
    return render_document(document, format, style)
