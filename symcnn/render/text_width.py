"""Which columns of a table there is room for, and how wide each is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rich.cells import cell_len

from symcnn.report import Column

BETWEEN = 3  # columns of space between the columns of a table
_MOST_CUT = 8  # characters for which words are cut rather than a column left out
_LEAST_CUT = 12  # what a column of cut words keeps


def fitted(texts: Sequence[Sequence[str]], columns: Sequence[Column], most: int, firm: bool) -> dict[int, int]:
    """Return the columns that are shown, with their widths.

    Columns with a rank are left out first. Then cells are broken at spaces, and a few words anywhere. Where that is not
    enough and the width is `firm`, other columns are left out, those of the largest rank first and of these the last.
    """
    kept = list(range(len(texts)))
    while total_width(max(map(cell_len, texts[place])) for place in kept) > most:
        least = max(kept, key=lambda place: columns[place].rank)
        if columns[least].rank <= 0:
            break
        kept.remove(least)
    while True:
        widths = _broken_at_spaces({place: texts[place] for place in kept}, most)
        cut = _cut(widths, columns, most) if firm else widths
        if cut is not None:
            return cut
        if len(kept) == 1:
            return {kept[0]: max(most, 2)}
        kept.remove(max(kept[1:], key=lambda place: (columns[place].rank, place)))


def _broken_at_spaces(texts: Mapping[int, Sequence[str]], most: int) -> dict[int, int]:
    """Return a width for each column: as wide as its cells, or narrower, down to its longest word, to fit in `most`."""
    widths = {place: max(map(cell_len, column)) for place, column in texts.items()}
    words = {place: max(map(_longest_word, column)) for place, column in texts.items()}
    while total_width(widths.values()) > most and any(widths[place] > words[place] for place in widths):
        widest = max((place for place in widths if widths[place] > words[place]), key=lambda place: widths[place])
        widths[widest] -= 1
    return widths


def _cut(widths: Mapping[int, int], columns: Sequence[Column], most: int) -> dict[int, int] | None:
    """Return widths that fit because some words, and no numbers, are cut; None where too much were to be cut."""
    found, excess = dict(widths), total_width(widths.values()) - most
    if excess > _MOST_CUT:
        return None
    for _ in range(excess):
        wide = [place for place in found if found[place] > _LEAST_CUT and not columns[place].right]
        if not wide:
            return None
        found[max(wide, key=lambda place: found[place])] -= 1
    return found


def _longest_word(text: str) -> int:
    return len(indent_of(text)) + max(map(cell_len, text.split()), default=0)


def indent_of(text: str) -> str:
    """Return the spaces with which a text begins."""
    return " " * (len(text) - len(text.lstrip(" ")))


def total_width(widths: Iterable[int]) -> int:
    """Return the width of a table with columns of these widths."""
    widths = list(widths)
    return sum(widths) + BETWEEN * (len(widths) - 1)
