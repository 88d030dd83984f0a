"""An answer as it was read, in LaTeX and in plain text: the echo that shows a learner what was understood."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from itertools import pairwise
from typing import Any

from symcnn.answers import tree
from symcnn.answers.reading import Member, Reading
from symcnn.formula import nodes as f
from symcnn.formula.notation import LATEX, UNICODE, Notation

_RELATIONS = {"=": "=", "≈": r"\approx", "→": r"\to", "≤": r"\le", "≥": r"\ge", "≠": r"\ne", "<": "<", ">": ">"}
_ORDERS = {"O": r"\mathcal{O}", "o": "o", "Θ": r"\Theta", "Ω": r"\Omega", "~": r"\sim"}


class _AnswerNotation(Notation):
    """LaTeX with what only answers have."""

    def write(self, node: Any, around: int = 0) -> str:
        text = super().write(node, around)
        return self._bracketed(text) if around and isinstance(node, tree.Repeated) else text

    def _write(self, node: Any) -> str:
        match node:
            case tree.Repeated(sign, index, first, last, term):
                limits = rf"_{{{self.name(index)}={self.write(first)}}}^{{{self.write(last)}}}"
                return rf"\{sign}{limits} {self.write(term, 7)}"
            case tree.Fraction(above, below):
                return rf"\frac{{{self.write(above)}}}{{{self.write(below)}}}"
            case tree.Binomial(above, below):
                return rf"\binom{{{self.write(above)}}}{{{self.write(below)}}}"
            case f.Power(tree.Fraction() as base, exponent):
                return super()._write(f.Power(f.Group(base), exponent))
            case f.Product(_, operators) if "//" in operators:
                return super()._write(_with_floors(node))
            case f.Product(factors, operators) if _mixes(factors):
                shown = (f.Group(x) if isinstance(x, tree.Fraction) else x for x in factors[1:])
                return super()._write(f.Product((factors[0], *shown), operators))
            case tree.Root(inner, degree):
                return rf"\sqrt{'' if degree == 2 else f'[{degree}]'}{{{self.write(inner)}}}"
            case tree.Factorial(inner):
                return f"{self.write(inner, 11)}!"
            case tree.Percent(inner):
                return rf"{self.write(inner, 11)}\%"
            case tree.Truncated(inner):
                return rf"\operatorname{{int}}{self._bracketed(self.write(inner))}"
            case tree.Absolute(inner):
                return rf"\left|{self.write(inner)}\right|"
        return super()._write(node)


class _PlainNotation(Notation):
    """Plain text, as a terminal shows it, with what only answers have."""

    def write(self, node: Any, around: int = 0) -> str:
        text = super().write(node, around)
        loose = isinstance(node, tree.Repeated) or (isinstance(node, tree.Fraction) and around > _FACTOR)
        return self._bracketed(text) if around and loose else text

    def _write(self, node: Any) -> str:
        match node:
            case tree.Repeated(sign, index, first, last, term):
                limits = f"_{{{index}={self.write(first)}}}^{{{self.write(last)}}}"
                return f"{_SERIES[sign]}{limits} {self.write(term, _FACTOR)}"
            case tree.Fraction(above, below):
                return f"{self.write(above, _FACTOR)}/{self.write(_whole(below), _FACTOR)}"
            case tree.Binomial(above, below):
                return self._bracketed(f"{self.write(above)} choose {self.write(below)}")
            case f.Power(tree.Fraction() as base, exponent):
                return super()._write(f.Power(f.Group(base), exponent))
            case f.Product(_, operators) if "//" in operators:
                return super()._write(_with_floors(node))
            case tree.Root(inner, degree):
                raised = "" if degree == 2 else str(degree).translate(_RAISED)
                return f"{raised}√{self._bracketed(self.write(inner))}"
            case tree.Factorial(inner):
                return f"{self.write(inner, _ATOM)}!"
            case tree.Percent(inner):
                return f"{self.write(inner, _ATOM)}%"
            case tree.Truncated(inner):
                return f"int{self._bracketed(self.write(inner))}"
            case tree.Absolute(inner):
                return f"|{self.write(inner)}|"
        return super()._write(node)


def _whole(below: Any) -> Any:
    """Return what stands below a line, in brackets where it is a product."""
    return f.Group(below) if isinstance(below, f.Product) else below


def _as(kind: Any, notation: Notation) -> Any:
    return kind(**{part.name: getattr(notation, part.name) for part in fields(notation) if part.init})


_FACTOR, _ATOM = 7, 11  # how tightly a factor and the operand of a sign behind it are held
_SERIES = {"sum": "∑", "prod": "∏"}
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
ANSWER: _AnswerNotation = _as(_AnswerNotation, LATEX)
PLAIN: _PlainNotation = _as(_PlainNotation, UNICODE)


def _mixes(factors: tuple[Any, ...]) -> bool:
    """Tell whether a fraction stands behind a number, which looks like 2½."""
    return any(isinstance(a, f.Number) and isinstance(b, tree.Fraction) for a, b in pairwise(factors))


def _with_floors(node: f.Product) -> Any:
    """Write a // b as the floor that it is."""
    result: Any = node.factors[0]
    for operator, factor in zip(node.operators, node.factors[1:], strict=True):
        if operator == "//":
            result = f.Floor(f.Product((result, factor), ("/",)))
        elif isinstance(result, f.Product):
            result = f.Product((*result.factors, factor), (*result.operators, operator))
        else:
            result = f.Product((result, factor), (operator,))
    return result


def latex(reading: Reading) -> str:
    """Return an answer in LaTeX, for math mode: its members with the relations between them."""
    return _chained(reading, member_latex, _RELATIONS)


def plain(reading: Reading) -> str:
    """Return an answer in plain text with the signs of Unicode, as a terminal shows it."""
    return _chained(reading, member_plain, {})


def _chained(reading: Reading, shown: Callable[[Member], str], relations: Mapping[str, str]) -> str:
    text = shown(reading.members[0])
    for relation, member in zip(reading.relations, reading.members[1:], strict=True):
        text += f" {relations.get(relation, relation)} {shown(member)}"
    return text


def member_latex(member: Member) -> str:
    """Return one member of a chain in LaTeX."""
    shown = [ANSWER.write(item) for item in member.items]
    if member.form == "shape":
        sizes = _sizes(member, shown, ANSWER)
        return sizes if member.names else rf"\left({sizes}\right)"
    if member.form == "order":
        return rf"\sim {shown[0]}" if member.order == "~" else rf"{_ORDERS[member.order]}\left({shown[0]}\right)"
    unit = rf"\,\text{{{_plain(member.unit.name)}}}" if member.unit else ""
    return (r"\approx " if member.approximate else "") + shown[0] + unit


def member_plain(member: Member) -> str:
    """Return one member of a chain in plain text."""
    shown = [PLAIN.write(item) for item in member.items]
    if member.form == "shape":
        sizes = _sizes(member, shown, PLAIN)
        return sizes if member.names else f"({sizes})"
    if member.form == "order":
        return f"~ {shown[0]}" if member.order == "~" else f"{member.order}({shown[0]})"
    unit = f" {_plain(member.unit.name)}" if member.unit else ""
    return ("≈ " if member.approximate else "") + shown[0] + unit


def _sizes(member: Member, shown: list[str], notation: Notation) -> str:
    if not member.names:
        return ", ".join(shown)
    return ", ".join(f"{notation.name(n)}={s}" for n, s in zip(member.names, shown, strict=True))


def _plain(word: str) -> str:
    return "".join(c for c in word if c.isalnum() or c in "-/ ")
