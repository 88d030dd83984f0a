"""Tables for a paper: booktabs, over several pages where they are long, and never wider than the text.

A table that is too wide is first set in smaller type, then its widest cells are broken, then its least columns are left
out. It is never scaled: type below 7 pt is not read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from symcnn.formula.style import Style
from symcnn.render.latex_line import Cell, broken_cell, cell_of, cell_width, least_width, line_latex
from symcnn.render.latex_words import guarded
from symcnn.report import Line, Table, Words

_LONG = 28  # rows that may not fit on what is left of a page
_MOST_LINES = 2  # of a broken cell, while columns can be left out instead
_MOST_BROKEN = 0.3  # of the rows
_STEP = 4.0  # points by which a column is made narrower
_NARROWEST = 40.0  # where even that does not help, cells are broken inside brackets and between digits


@dataclass(frozen=True)
class _Type:
    """A size of type, drawn the wider the smaller it is.

    The command, its widths as a part of those at 10 pt, and half the space between columns in points.
    """

    command: str
    scale: float
    gap: float


_SIZES = (_Type("\\normalsize", 1, 6), _Type("\\small", 0.93, 5), _Type("\\footnotesize", 0.86, 4))
_SMALLEST = _Type("\\scriptsize", 0.81, 3)


@dataclass(frozen=True)
class _Layout:
    """Which columns are kept, how wide each may be at 10 pt, and in which type."""

    kept: tuple[int, ...]
    widths: tuple[float, ...]
    type: _Type


def table_latex(table: Table, room: float, style: Style) -> str:
    """Return a table that fits into a room, in points; where columns are left out, a comment says which."""
    lines = [tuple(cell_of(line, style) for line in row) for row in (_titles(table), *table.rows, *table.foot)]
    layout = _laid_out(table, lines, room)
    levels = [row[0].level for row in lines]
    heads = [then > level for level, then in pairwise(levels)] + [False]
    head, *rows = (_row(cells, layout, goes_on) for cells, goes_on in zip(lines, heads, strict=True))
    body, foot = "".join(rows[: len(table.rows)]), "".join(rows[len(table.rows) :])
    inner = body + (f"\\midrule\n{foot}" if foot else "")
    columns = "".join("r" if table.columns[place].right else "l" for place in layout.kept)
    setting = f"{layout.type.command}\\setlength{{\\tabcolsep}}{{{layout.type.gap:g}pt}}\n"
    drawn = _long(columns, head, inner) if len(rows) > _LONG else _short(columns, head, inner)
    return f"{_left_out(table, layout)}{{{setting}{drawn}\\par}}\n"


def _titles(table: Table) -> tuple[Line, ...]:
    return tuple((Words(column.title), *column.more) for column in table.columns)


def _short(columns: str, head: str, inner: str) -> str:
    whole = f"\\toprule\n{head}\\midrule\n{inner}\\bottomrule\n"
    return f"\\begin{{center}}\n\\begin{{tabular}}{{@{{}}{columns}@{{}}}}\n{whole}\\end{{tabular}}\n\\end{{center}}\n"


def _long(columns: str, head: str, inner: str) -> str:
    """Return a table over several pages, each with the head."""
    above = f"\\toprule\n{head}\\midrule\n\\endhead\n"
    below = f"\\midrule\n\\multicolumn{{{len(columns)}}}{{@{{}}r@{{}}}}{{continued on the next page}}\\\\\n\\endfoot\n"
    start = f"\\begin{{longtable}}{{@{{}}{columns}@{{}}}}\n{above}{below}\\bottomrule\n\\endlastfoot\n"
    return f"{start}{inner}\\end{{longtable}}\n"


def _left_out(table: Table, layout: _Layout) -> str:
    titles = dict.fromkeys(c.called or c.title for place, c in enumerate(table.columns) if place not in layout.kept)
    return f"% left out, as the page is too narrow: {', '.join(titles)}\n" if titles else ""


def _row(cells: tuple[Cell, ...], layout: _Layout, goes_on: bool) -> str:
    """Return a row, of as many lines as its highest cell; one that others are indented under does not end a page."""
    columns = [broken_cell(cells[place], width) for place, width in zip(layout.kept, layout.widths, strict=True)]
    height = max(map(len, columns))
    lines = [[column[number] if number < len(column) else "" for column in columns] for number in range(height)]
    written = " \\\\*\n".join("  " + guarded(" & ".join(line)) for line in lines)
    return f"{written} \\\\{'*' * goes_on}{'[3pt]' if height > 1 else ''}\n"


def _laid_out(table: Table, lines: list[tuple[Cell, ...]], room: float) -> _Layout:
    """Return the first layout that fits and whose cells are hardly broken; else the narrowest."""
    kept = tuple(range(len(table.columns)))
    cells = [Counter(cell_width(row[place]) for row in lines) for place in kept]  # many are alike
    natural = list(map(max, cells))
    for type_ in _SIZES:
        if _total(natural, type_) <= room:
            return _Layout(kept, tuple(natural), type_)
    least = [max(least_width(row[place]) for row in lines) for place in kept]
    for kept, type_ in _candidates(table):
        layout = _narrowed(kept, cells, least, room, type_)
        if layout is not None and _is_calm(lines, layout):
            return layout
    narrow = [min(_NARROWEST, width) for width in natural]
    return (
        _narrowed(kept, cells, least, room, _SMALLEST)
        or _narrowed(kept, cells, narrow, room, _SMALLEST)
        or (_Layout(kept, tuple(narrow[place] for place in kept), _SMALLEST))
    )


def _candidates(table: Table) -> Iterable[tuple[tuple[int, ...], _Type]]:
    """Yield columns and types: the columns of the largest rank go first, and those of the least only at the end."""
    ranks = sorted({max(column.rank, 0) for column in table.columns}, reverse=True)
    kept = [tuple(place for place, c in enumerate(table.columns) if c.rank <= rank) for rank in ranks]
    for part in (kept[:-1], kept[-1:]):
        for type_ in (_SIZES[-1], _SMALLEST):
            yield from ((columns, type_) for columns in part)


def _total(widths: Iterable[float], type_: _Type) -> float:
    widths = list(widths)
    return type_.scale * sum(widths) + 2 * type_.gap * (len(widths) - 1)


def _narrowed(
    kept: tuple[int, ...], cells: list[Counter[float]], least: list[float], room: float, type_: _Type
) -> _Layout | None:
    """Return the columns made narrower until all fit, those first where this breaks the fewest cells.

    Returns None if they cannot be so narrow.
    """
    widths = {place: max(cells[place]) for place in kept}
    known: dict[tuple[int, float], int] = {}  # a column that stays as it is breaks as many cells as before

    def broken(place: int, width: float) -> int:
        if (place, width) not in known:
            known[place, width] = _broken(cells[place], width)
        return known[place, width]

    while _total(widths.values(), type_) > room:
        shrinking = [place for place in kept if widths[place] > least[place]]
        if not shrinking:
            return None
        chosen = min(shrinking, key=lambda p: (broken(p, widths[p] - _STEP), -widths[p]))
        widths[chosen] = max(least[chosen], widths[chosen] - _STEP)
    return _Layout(kept, tuple(widths[place] for place in kept), type_)


def _broken(cells: Counter[float], width: float) -> int:
    """Return how many of the cells are wider; each time one is wider again counts once more."""
    return sum(times * int(cell / width) for cell, times in cells.items() if cell > width)


def _is_calm(lines: list[tuple[Cell, ...]], layout: _Layout) -> bool:
    heights = [
        max(_height(cells[p], w) for p, w in zip(layout.kept, layout.widths, strict=True)) for cells in lines[1:]
    ]
    broken = sum(height > 1 for height in heights)
    return max(heights) <= _MOST_LINES and broken <= max(1, _MOST_BROKEN * len(heights))


def _height(cell: Cell, width: float) -> int:
    return 1 if cell_width(cell) <= width else len(broken_cell(cell, width))


def table_note(line: Line, style: Style) -> str:
    """Return what stands in small type under a table."""
    return f"{{\\footnotesize\\sloppy\\noindent {line_latex(line, style)}\\par}}\n"
