"""Shapes whose sizes have names: C=64, H=32, W=32, and H×W×C = 32×32×64; and those written as powers: 19²."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from symcnn.algebra.symbols import Value
from symcnn.answers.reading import Member, Reading
from symcnn.answers.vocabulary import AXIS_WORDS
from symcnn.formula import nodes as f

AXES = ("N", "C", "D", "L", "H", "W")  # in their order
_LABEL = re.compile(r"\b[NCDLHW](?:\s*[x×,*]\s*[NCDLHW])+\b")


def with_axes(reading: Reading) -> Reading:
    """Return a reading in which the letters before a shape name its sizes: W×H×C = 32×24×36."""
    last = reading.members[-1]
    if last.form != "shape" or last.names:
        return reading
    if len(reading.members) == 2 and set(names := _letters(reading.members[0])) <= set(reading.free):
        free = tuple(name for name in reading.free if name not in names)
        named = _named(last, names)
        return replace(reading, members=(named,), relations=(), free=free) if named.names else reading
    found = _LABEL.search(reading.label)
    if len(reading.members) > 1 or found is None:
        return reading
    return replace(reading, members=(_named(last, tuple(re.findall(r"[A-Z]", found[0]))),))


def with_powers(reading: Reading, count: int) -> Reading:
    """Return a reading in which the shape 32×24² has so many sizes: 32×24×24."""
    members = tuple(_expanded(member, count) for member in reading.members)
    return _mended(reading, members)


def _expanded(member: Member, count: int) -> Member:
    if member.form != "shape" or member.names or len(member.items) >= count or set(",;") & set(member.span.text):
        return member  # (32, 24²) has two sizes
    items: list[Any] = []
    for item in member.items:
        match item:
            case f.Power(base, f.Number(int(power))) if 1 < power <= count:
                items += [base] * power
            case _:
                items.append(item)
    return replace(member, items=tuple(items)) if len(items) == count else member


def with_squares(reading: Reading, axes: int) -> Reading:
    """Return a reading in which 19², and 19·19, is the size 19×19 of so many axes."""
    return _mended(reading, tuple(_squared(member, axes) for member in reading.members))


def _mended(reading: Reading, members: tuple[Member, ...]) -> Reading:
    if members == reading.members:
        return reading
    english, chinese = "a power read as sizes that are alike", "乘方按各边相等的尺寸读"
    return replace(
        reading,
        members=members,
        repairs=(*reading.repairs, english),
        repairs_chinese=(*reading.repairs_chinese, chinese),
    )


def _squared(member: Member, axes: int) -> Member:
    if member.form != "formula" or member.unit is not None or member.approximate:
        return member
    match member.items[0]:
        case f.Power(base, f.Number(power)) if power == axes:
            return replace(member, form="shape", items=(base,) * axes, half_unit=None)
        case f.Product(factors, signs) if len(factors) == axes and len(set(factors)) == 1 and set(signs) == {"*"}:
            return replace(member, form="shape", items=factors, half_unit=None)
    return member


def in_order(values: tuple[Value, ...], names: tuple[str, ...]) -> tuple[Value, ...]:
    """Return the sizes in the order of the axes; as they stand where other names are among theirs."""
    letters = _letters_of(names)
    if not names or not set(letters) <= set(AXES) or len(set(letters)) < len(letters):
        return values
    return tuple(values[place] for place in sorted(range(len(values)), key=lambda place: AXES.index(letters[place])))


def _letters_of(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the letters of axes; what is called depth beside height and width is the number of channels."""
    found = tuple(name if name in AXES else AXIS_WORDS.get(name.lower(), name) for name in names)
    if "C" in found or not {"H", "W"} <= set(found):
        return found
    return tuple("C" if letter == "D" else letter for letter in found)


def _letters(member: Member) -> tuple[str, ...]:
    return tuple(item.name if isinstance(item, f.Name) else "" for item in member.items)


def _named(member: Member, names: tuple[str, ...]) -> Member:
    fit = len(names) == len(set(names)) == len(member.items) and set(names) <= set(AXES)
    return replace(member, names=names) if fit else member
