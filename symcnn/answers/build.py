"""From words to trees: one method for each rule of `answer.lark`. It keeps nothing, so that one serves all threads."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from symcnn.answers import tree
from symcnn.answers.reading import Member, Unit
from symcnn.answers.rounding import half_place
from symcnn.answers.tokens import Token
from symcnn.answers.unreadable import Unreadable
from symcnn.formula import nodes as f
from symcnn.source import Span

_ARGUMENTS = {"floor": 1, "ceil": 1, "int": 1, "sqrt": 1, "abs": 1, "factorial": 1, "pow": 2, "mod": 2,
    "rounddown": 2, "quotient": 2, "binomial": 2}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Axis:
    """A size of a shape with its name."""

    name: str
    size: Any
    span: Any


@dataclass(frozen=True, slots=True)
class Chain:
    """The members of an answer and the relations between them."""

    members: tuple[Member, ...]
    relations: tuple[str, ...]


class Builder:
    """Builds nodes; every method takes the built children of a rule."""

    def answer(self, parts: list[Any]) -> Chain:
        members = tuple(part for part in parts if isinstance(part, Member))
        relations = tuple(str(part.value) for part in parts if isinstance(part, Token) and part.type != "LABEL")
        return Chain(members, tuple("=" if r in ("==", ":=") else "≈" if r == "~" else r for r in relations))

    def formula(self, parts: list[Any]) -> Member:
        return _member(parts[0], parts[1])

    def about(self, parts: list[Any]) -> Member:
        return _member(parts[1], parts[2], True)

    def nothing(self, parts: list[Any]) -> Member:
        return _member(f.Number(0, span=parts[0].span), parts[1])

    def combination(self, parts: list[Any]) -> Member:
        above, below, unit = parts
        for side in (above, below):
            if isinstance(side, f.Product):
                hint = "write (n choose 2) in brackets"
                raise Unreadable("syntax", "where what is chosen from begins is not clear", side.span, hint)
        return _member(tree.Binomial(_bare(above), _bare(below), span=above.span.to(below.span)), unit)

    def order(self, parts: list[Any]) -> Member:
        return Member("order", (parts[1],), parts[0].span.to(parts[1].span), parts[0].value)

    def shape(self, parts: list[Any]) -> Member:
        names = tuple(part.name for part in parts if isinstance(part, Axis))
        items = tuple(part.size if isinstance(part, Axis) else part for part in parts)
        return Member("shape", items, parts[0].span.to(parts[-1].span), "", names)

    def axis(self, parts: list[Any]) -> Axis:
        return Axis(parts[0].value, parts[1], parts[0].span.to(parts[1].span))

    def total(self, parts: list[Any]) -> f.Sum:
        return f.Sum(
            tuple(parts[::2]), tuple(part.value for part in parts[1::2]), span=parts[0].span.to(parts[-1].span)
        )

    def times(self, parts: list[Any]) -> f.Product:
        left, sign, right = parts
        span = left.span.to(right.span)
        if isinstance(left, f.Product):
            return f.Product((*left.factors, right), (*left.operators, sign.value), span=span)
        return f.Product((left, right), (sign.value,), span=span)

    def juxtaposed(self, parts: list[Any]) -> f.Product:
        return f.Product(tuple(parts), ("*",) * (len(parts) - 1), span=parts[0].span.to(parts[-1].span))

    def sign(self, parts: list[Any]) -> f.Sign:
        return f.Sign(parts[0].value, parts[1], span=parts[0].span.to(parts[1].span))

    def series(self, parts: list[Any]) -> tree.Repeated:
        sign, index, _, first, last, term = parts
        span = sign.span.to(term.span)
        return tree.Repeated(sign.value, index.value, first, _bare(last), term, span=span)

    def summed(self, parts: list[Any]) -> tree.Repeated:
        sign, term, index, first, last = parts
        return tree.Repeated(sign.value, index.value, first, last, term, span=sign.span.to(last.span))

    def raised(self, parts: list[Any]) -> f.Power:
        return f.Power(parts[0], _bare(parts[1]), span=parts[0].span.to(parts[1].span))

    def factorial(self, parts: list[Any]) -> tree.Factorial:
        return tree.Factorial(parts[0], span=parts[0].span.to(parts[1].span))

    def percent(self, parts: list[Any]) -> tree.Percent:
        return tree.Percent(parts[0], span=parts[0].span.to(parts[1].span))

    def number(self, parts: list[Any]) -> f.Number:
        scaled = parts[0].value
        if scaled.half is not None:
            return tree.Rounded(scaled.value, scaled.half, span=parts[0].span)
        return f.Number(scaled.value, span=parts[0].span)

    def name(self, parts: list[Any]) -> f.Name:
        return f.Name(parts[0].value, span=parts[0].span)

    def group(self, parts: list[Any]) -> f.Group:
        return f.Group(parts[0], span=parts[0].span)

    def braces(self, parts: list[Any]) -> Any:
        """Return what is in braces, which show nothing: a sum among factors is in brackets."""
        return parts[0] if isinstance(parts[0], (f.Number, f.Name, f.Group)) else f.Group(parts[0], span=parts[0].span)

    def floor(self, parts: list[Any]) -> f.Floor:
        return f.Floor(parts[1], span=parts[0].span.to(parts[2].span))

    def ceiling(self, parts: list[Any]) -> f.Ceiling:
        return f.Ceiling(parts[1], span=parts[0].span.to(parts[2].span))

    def absolute(self, parts: list[Any]) -> tree.Absolute:
        return tree.Absolute(parts[1], span=parts[0].span.to(parts[2].span))

    def fraction(self, parts: list[Any]) -> tree.Fraction:
        return tree.Fraction(_bare(parts[1]), _bare(parts[2]), span=parts[0].span.to(parts[2].span))

    def binomial(self, parts: list[Any]) -> tree.Binomial:
        return tree.Binomial(*map(_bare, parts[-2:]), span=parts[0].span.to(parts[-1].span))

    def root(self, parts: list[Any]) -> tree.Root:
        degree = parts[0].value if isinstance(parts[0].value, int) else 2
        return tree.Root(_bare(parts[1]), degree, span=parts[0].span.to(parts[1].span))

    def call(self, parts: list[Any]) -> Any:
        head, arguments = parts[0], tuple(parts[1:])
        name, span = head.value, head.span.to(arguments[-1].span)
        if len(arguments) != _ARGUMENTS.get(name, len(arguments)):
            raise Unreadable("syntax", f"{name} does not take {len(arguments)} arguments", span)
        match name:
            case "floor":
                return f.Floor(arguments[0], span=span)
            case "ceil":
                return f.Ceiling(arguments[0], span=span)
            case "int":
                return tree.Truncated(arguments[0], span=span)
            case "sqrt":
                return tree.Root(arguments[0], span=span)
            case "abs":
                return tree.Absolute(arguments[0], span=span)
            case "factorial":
                return tree.Factorial(f.Group(arguments[0]), span=span)
            case "pow":
                return f.Power(f.Group(arguments[0]), arguments[1], span=span)
            case "binomial":
                return tree.Binomial(*arguments, span=span)
            case "mod":
                return f.Group(f.Product(tuple(map(f.Group, arguments)), ("%",), span=span), span=span)
            case "plus" | "times" | "quotient" | "rounddown":
                return _of_a_table(name, arguments, span)
        return f.Apply(f.Name(name, span=head.span), arguments, span=span)


def _of_a_table(name: str, arguments: tuple[Any, ...], span: Span) -> Any:
    """Return what a function of a spreadsheet does: SUM, PRODUCT, QUOTIENT, and ROUNDDOWN to the whole."""
    if name == "rounddown":
        if _integer(arguments[1]) != 0:
            raise Unreadable("unknown", "a number is rounded down to a whole one only", span, "as in ROUNDDOWN(x, 0)")
        return tree.Truncated(arguments[0], span=span)
    if len(arguments) == 1:
        return f.Group(arguments[0], span=span)
    parts = tuple(part if isinstance(part, (f.Number, f.Name)) else f.Group(part, span=part.span) for part in arguments)
    signs = {"plus": "+", "times": "*", "quotient": "/"}[name]
    found = (f.Sum if name == "plus" else f.Product)(parts, (signs,) * (len(parts) - 1), span=span)
    return tree.Truncated(found, span=span) if name == "quotient" else f.Group(found, span=span)


def _bare(node: Any) -> Any:
    return node.inner if isinstance(node, f.Group) else node


def _member(node: Any, unit: Token | None, approximate: bool = False) -> Member:
    measured: Unit | None = None if unit is None else unit.value
    span = node.span if unit is None else node.span.to(unit.span)
    half = _half_unit(node)
    if half is None and measured is not None and measured.factor > 1:
        written = _integer(_bare(node))
        half = None if written is None else half_place(written) or Fraction(1, 2)  # 102 MB, as 102M
    return Member("formula", (node,), span, "", (), half, measured, approximate)


def _half_unit(node: Any) -> Fraction | None:
    """Return half a unit in the last place of a number that is written as a rounded one, else None."""
    match node:
        case tree.Rounded(_, half):
            assert isinstance(half, Fraction)
            return half
        case f.Sign(_, inner) | f.Group(inner):
            return _half_unit(inner)
        case tree.Percent(inner):
            whole = _half_unit(inner)
            return None if whole is None else whole / 100
        case f.Product((tree.Rounded(_, half), f.Power(f.Number(10), exponent)), ("*",)):
            power = _integer(exponent)
            return None if power is None or abs(power) > 400 else half * Fraction(10) ** power
        case f.Product((f.Number(int(value)), f.Power(f.Number(10), exponent)), ("*",)) if value:
            power = _integer(exponent)
            if power is None or not 0 < power <= 400:
                return None
            return half_place(value * 10**power)  # 16·10^5, as 1.6·10^6
        case f.Power(f.Number(10), exponent):
            power = _integer(exponent)
            return None if power is None or not 0 < power <= 400 else Fraction(10**power, 2)
    return None


def _integer(node: Any) -> int | None:
    match node:
        case f.Number(int(value)):
            return value
        case f.Sign("-", f.Number(int(value))):
            return -value
    return None
