"""What the comments of a library say: the heading of the group that a definition stands in, and what a net is."""

from __future__ import annotations

from symcnn.tree import Layer, Net

_HEADING, _COMMENT = "## ", "# "


def heading(definition: Layer | Net) -> str:
    """Return the last comment before a definition that begins with ##, or "" if there is none."""
    before = definition.span.source.text[: definition.span.start].splitlines()
    found = (line for line in reversed(before) if line.startswith(_HEADING))
    return next(found, "").removeprefix(_HEADING).strip()


def comment(definition: Layer | Net) -> str:
    """Return the comment in the lines right above a definition, or "" if there is none."""
    lines = definition.span.source.text[: definition.span.start].splitlines()[:-1]
    found: list[str] = []
    while lines and lines[-1].startswith(_COMMENT):
        found.insert(0, lines.pop().removeprefix(_COMMENT).strip())
    return " ".join(found)
