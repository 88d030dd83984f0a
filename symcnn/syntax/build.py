"""From lark's trees to formula nodes: one method for each rule of `formula.lark`."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from lark import Token, Tree

from symcnn.errors import SymcnnError
from symcnn.formula import nodes as f
from symcnn.source import Source, Span

_DEEPEST = 250  # levels of a tree, signs and powers included
_MOST_DIGITS = 400  # of one number
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_PLAIN = {"≤": "<=", "≥": ">=", "≠": "!=", "−": "-", "·": "*", "⋅": "*"}


class FormulaBuilder:
    """Builds formula nodes; every method takes a span and the built children of a rule."""

    def __init__(self, source: Source) -> None:
        self.source = source

    def build(self, tree: Any, depth: int = 0) -> Any:
        """Build a node from a lark tree; tokens and placeholders stay as they are."""
        if not isinstance(tree, Tree):
            return tree
        if depth > _DEEPEST:
            raise SymcnnError("this is nested too deeply", self.span(tree))
        children = [self.build(child, depth + 1) for child in tree.children]
        rule = str(tree.data).rsplit("__", 1)[-1]
        return getattr(self, rule)(self.span(tree), children)

    def span(self, tree: Tree[Any]) -> Span:
        """Return where a rule was read."""
        meta = tree.meta
        return Span(self.source, 0, 0) if meta.empty else Span(self.source, meta.start_pos, meta.end_pos)

    def token_span(self, token: Token) -> Span:
        """Return where a token was read."""
        assert token.start_pos is not None and token.end_pos is not None
        return Span(self.source, token.start_pos, token.end_pos)

    def number(self, span: Span, children: list[Any]) -> f.Number:
        text = str(children[0])
        mantissa, _, exponent = text.lower().partition("e")
        if len(mantissa) > _MOST_DIGITS or len(exponent) > 4 or abs(int(exponent or 0)) > _MOST_DIGITS:
            raise SymcnnError(f"a number may have {_MOST_DIGITS} digits at most", span)
        value = Fraction(text)
        return f.Number(value.numerator if value.denominator == 1 else value, span=span)

    def name(self, span: Span, children: list[Any]) -> f.Name:
        return f.Name(str(children[0]), span=span)

    def text(self, span: Span, children: list[Any]) -> f.Text:
        return f.Text(unquoted(children[0]), span=span)

    def true(self, span: Span, _: list[Any]) -> f.Truth:
        return f.Truth(True, span=span)

    def false(self, span: Span, _: list[Any]) -> f.Truth:
        return f.Truth(False, span=span)

    def group(self, span: Span, children: list[Any]) -> f.Group:
        return f.Group(children[0], span=span)

    def tuple(self, span: Span, children: list[Any]) -> f.Tuple:
        return f.Tuple(tuple(children), span=span)

    def shape(self, span: Span, children: list[Any]) -> f.Shape:
        return f.Shape(tuple(children), span=span)

    def floor(self, span: Span, children: list[Any]) -> f.Floor:
        return f.Floor(children[0], span=span)

    def ceiling(self, span: Span, children: list[Any]) -> f.Ceiling:
        return f.Ceiling(children[0], span=span)

    def apply(self, span: Span, children: list[Any]) -> f.Apply:
        return f.Apply(children[0], tuple(child for child in children[1:] if child is not None), span=span)

    def power_of(self, span: Span, children: list[Any]) -> f.Power:
        return f.Power(children[0], children[1], span=span)

    def superscript(self, span: Span, children: list[Any]) -> f.Power:
        base, raised = children
        exponent = f.Number(int(str(raised).translate(_SUPERSCRIPTS)), span=self.token_span(raised))
        return f.Power(base, exponent, span=span)

    def coefficient(self, span: Span, children: list[Any]) -> f.Coefficient:
        return f.Coefficient(children[0], children[1], span=span)

    def sign(self, span: Span, children: list[Any]) -> f.Sign:
        return f.Sign(_plain(children[0]), children[1], span=span)

    def product(self, span: Span, children: list[Any]) -> f.Product:
        return f.Product(tuple(children[::2]), tuple(map(_plain, children[1::2])), span=span)

    def sum(self, span: Span, children: list[Any]) -> f.Sum:
        return f.Sum(tuple(children[::2]), tuple(map(_plain, children[1::2])), span=span)

    def comparison(self, span: Span, children: list[Any]) -> f.Comparison:
        return f.Comparison(tuple(children[::2]), tuple(map(_plain, children[1::2])), span=span)

    def negation(self, span: Span, children: list[Any]) -> f.Not:
        return f.Not(children[0], span=span)

    def both(self, span: Span, children: list[Any]) -> f.Logic:
        return f.Logic("and", tuple(children), span=span)

    def either(self, span: Span, children: list[Any]) -> f.Logic:
        return f.Logic("or", tuple(children), span=span)

    def choice(self, span: Span, children: list[Any]) -> f.Choice:
        return f.Choice(children[0], children[1], children[2], span=span)


def unquoted(token: Token) -> str:
    """Return what stands between the quotation marks."""
    return str(token)[1:-1]


def _plain(token: Token) -> str:
    return _PLAIN.get(str(token), str(token))
