"""From values back to formulas for people: SymPy expressions as trees, in a stable and readable order.

Terms stand by falling degree, positive before negative; so ⌊(H + 2p − k)/s⌋ + 1 and 9(H − 2)² + 9(H − 4)² read as in a
textbook, whatever order SymPy keeps them in. Of the ways to write a sum, the one with the fewest characters is shown.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from math import gcd
from typing import Any

from sympy import (
    Add,
    And,
    Eq,
    Expr,
    Ge,
    Gt,
    Integer,
    Le,
    Lt,
    Max,
    Min,
    Mod,
    Mul,
    Ne,
    Not,
    Or,
    Piecewise,
    Pow,
    Product,
    Rational,
    Sum,
    Symbol,
    ceiling,
    floor,
    oo,
)
from sympy.core.relational import Relational

from symcnn.algebra.operations import outermost
from symcnn.algebra.polynomial import (
    Number,
    Polynomial,
    add,
    as_expression,
    atoms,
    monomial_expression,
    polynomial,
    scale,
)
from symcnn.algebra.quotient import Quotient, inside, inside_as_floor
from symcnn.algebra.symbols import expression
from symcnn.formula import nodes as f
from symcnn.formula.notation import text
from symcnn.formula.powers import gathered, growth, is_below, plain
from symcnn.formula.shorten import Items, Part, Way, rational, read, ways

_RELATIONS: dict[type[Any], str] = {Eq: "==", Ne: "!=", Ge: ">=", Le: "<=", Gt: ">", Lt: "<"}


def express(value: Any) -> f.Formula:
    """Return the formula of a value: an integer, a fraction or an expression that this library made."""
    if isinstance(value, (Relational, And, Or, Not)):
        return express_relation(value)
    return _express(expression(value))


def shown(value: Any) -> str:
    """Return a value as it stands in a message: `⌊H/2⌋ − 2`, `(3, 5)`, `true`.

    >>> shown((3, True, Fraction(1, 2)))
    '(3, true, 1/2)'
    """
    if isinstance(value, tuple):
        return f"({', '.join(map(shown, value))})"
    if isinstance(value, bool):
        return str(value).lower()
    return text(express(value)) if isinstance(value, (int, Fraction, Expr)) else str(value)


def express_shape(values: tuple[Any, ...]) -> f.Formula:
    """Return a shape, `C×H×W`."""
    items = tuple(express(value) for value in values)
    return items[0] if len(items) == 1 else f.Shape(items)


def express_relation(relation: Any) -> f.Formula:
    """Return a condition: `H >= 5`, `C % g == 0`."""
    if isinstance(relation, (And, Or)):
        operator = "and" if isinstance(relation, And) else "or"
        return f.Logic(operator, tuple(express_relation(part) for part in sorted(relation.args, key=str)))
    if isinstance(relation, Not):
        return f.Not(express_relation(relation.args[0]))
    operator = next(sign for kind, sign in _RELATIONS.items() if isinstance(relation, kind))
    return f.Comparison((express(relation.lhs), express(relation.rhs)), (operator,))


@lru_cache(maxsize=10_000)  # tables say the same many times
def _express(expr: Expr) -> f.Formula:
    match expr:
        case Symbol():
            return f.Name(expr.name)
        case Rational():
            negative, node = _term(expr)
            return _negated(node) if negative else node
        case Add() | Mul():
            return _shortest_expression(expr)
        case Pow():
            return _shortest_expression(expr) if isinstance(expr.base, Add) else _power(expr)
        case floor() | ceiling():
            return _rounded(expr)
        case Mod():
            return f.Product((_factor(_express(expr.args[0])), _factor(_express(expr.args[1]))), ("%",))
        case Max() | Min():
            name = "max" if isinstance(expr, Max) else "min"
            return f.Apply(f.Name(name), tuple(_express(a) for a in sorted(expr.args, key=_order)))
        case Piecewise():
            return _cases(expr)
        case Sum() | Product():
            body, index, start, end = outermost(expr)
            sign = "sum" if isinstance(expr, Sum) else "product"
            return f.Iterated(sign, f.Name(index.name), _express(start), _express(end), _express(body))
    if expr is oo:
        return f.Name("∞")
    raise TypeError(f"no notation for {type(expr).__name__}")


def _cases(expr: Piecewise) -> f.Formula:
    *cases, (otherwise, _) = expr.args
    return f.Cases(tuple((_express(v), express_relation(c)) for v, c in cases), _express(otherwise))


def _shortest_expression(expr: Expr) -> f.Formula:
    """Return the shortest form, as it stands only where tidying makes it longer: `(2W − 2)²` but `2C·(W − 1)`.

    A sign more is no reason: 16H·(2C + 21k), not 8H·(4C + 42k).
    """
    tidied = read(expr)
    shortest = _shortest(frozenset(tidied.items()))
    if not any(isinstance(atom, Add) for atom in atoms(tidied)) or (as_it_stands := read(expr, False)) == tidied:
        return shortest
    plain = _in_parts(Way([Part(number, monomial) for monomial, number in as_it_stands.items()]))
    return plain if _length(plain) < _length(shortest) - _has_content(plain) else shortest


@lru_cache(maxsize=10_000)
def _shortest(items: Items) -> f.Formula:
    poly: Polynomial = dict(items)
    if not poly:
        return f.Number(0)
    if len(poly) == 1:
        return _in_parts(next(ways(poly)))
    return min(((_in_parts(way), way.weight) for way in ways(poly)), key=lambda way: _length(way[0]) * way[1])[0]


def _length(node: f.Formula) -> int:
    return len(text(node))


def _in_parts(way: Way) -> f.Formula:
    """Return a sum of which every part is a term, or factors before a sum in brackets."""
    if len(way.parts) == 1:
        negative, node = _part(way.parts[0])
        return _negated(node) if negative else node
    ordered = sorted(way.parts, key=lambda part: _order(_part_expression(part)))
    return _sum(_positive_first([_part(part) for part in ordered]))


def _part(part: Part) -> tuple[bool, f.Formula]:
    number, monomial, inner = part
    if inner == _UNIT:
        return _scaled(number, monomial_expression(monomial), [])
    bracket = _shortest(inner)
    if isinstance(bracket, f.Coefficient):  # 9·8(H² − 18H + 102) is 72(H² − 18H + 102)
        number, bracket = number * bracket.number.value, bracket.factor
    elif isinstance(bracket, f.Sum) and (content := _content(bracket)) > 1 and (less := _divided(inner, content)):
        return _part(Part(number * content, monomial, less))  # 8k·(4C + 42k) is 16k·(2C + 21k)
    return _scaled(number, monomial_expression(monomial), [bracket])


def _divided(inner: Items, content: int) -> Items | None:
    """Return a sum divided by a factor of the coefficients that it has, perhaps when it is written out; else None."""
    poly: Polynomial = dict(inner)
    if any(number % content for number in poly.values()):
        poly = polynomial(as_expression(poly))
    if any(number.denominator == 1 and number % content for number in poly.values()):
        return None
    return frozenset(scale(poly, Fraction(1, content)).items())


def _has_content(node: f.Formula) -> bool:
    """Tell whether a product has a sum with a common factor among its factors."""
    factors = node.factors if isinstance(node, f.Product) else (node.factor,) if isinstance(node, f.Coefficient) else ()
    sums = (factor.inner for factor in factors if isinstance(factor, f.Group))
    return any(isinstance(inner, f.Sum) and _content(inner) > 1 for inner in sums) or any(map(_has_content, factors))


def _content(node: f.Sum) -> int:
    """Return the common factor of the numbers in the terms of a sum."""
    return gcd(*map(_number_of, node.terms))


def _number_of(term: f.Formula) -> int:
    match term:
        case f.Number(int(value)):
            return value
        case f.Coefficient(f.Number(int(value)), _):
            return value
        case f.Product((first, *_), operators) if set(operators) == {"*"}:
            return _number_of(first)
    return 1


_UNIT = Part(1, frozenset()).inner


def _part_expression(part: Part) -> Expr:
    """Return a part as an expression, only to be put in order."""
    factors = [monomial_expression(part.monomial)]
    if part.inner != _UNIT:
        factors.append(as_expression(dict(part.inner)))
    return Mul(expression(part.number), *factors, evaluate=False)


def _negated(node: f.Formula) -> f.Formula:
    return f.Sign("-", f.Group(node) if isinstance(node, f.Sum) else node)


def _positive_first(terms: list[tuple[bool, f.Formula]]) -> list[tuple[bool, f.Formula]]:
    """Begin with what is added, where there is something: 85 − 14H."""
    return sorted(terms, key=lambda term: bool(term[0])) if terms[0][0] else terms


def _sum(terms: list[tuple[bool, f.Formula]]) -> f.Formula:
    first = _negated(terms[0][1]) if terms[0][0] else terms[0][1]
    signs = tuple("-" if negative else "+" for negative, _ in terms[1:])
    return f.Sum((first, *(node for _, node in terms[1:])), signs)


def _term(expr: Expr) -> tuple[bool, f.Formula]:
    """Return whether a term is negative, and the term without its sign."""
    number, rest = expr.as_coeff_Mul()
    return _scaled(rational(number), rest, [])


def _scaled(number: Number, rest: Expr, sums: list[f.Formula]) -> tuple[bool, f.Formula]:
    """Return whether number·rest·sums is negative, and its formula without the sign."""
    size, factors = gathered(-number if number < 0 else number, rest)
    above, below = _split(factors)
    above += sums
    if size.numerator != 1 or not above:
        above.insert(0, f.Number(size.numerator))
    if size.denominator != 1:
        below.insert(0, f.Number(size.denominator))
    return number < 0, _fraction(above, below)


def _split(factors: list[Expr]) -> tuple[list[f.Formula], list[f.Formula]]:
    """Return the factors above and below the fraction bar, symbols before brackets."""
    above: list[f.Formula] = []
    below: list[f.Formula] = []
    for factor in sorted(factors, key=_factor_order):
        if isinstance(factor, Pow) and is_below(factor.exp):
            below.append(_base(1 / factor))
        else:
            above.append(_base(factor))
    return above, below


def _base(factor: Expr) -> f.Formula:
    return _power(factor) if isinstance(factor, Pow) else _express(factor)


def _fraction(above: list[f.Formula], below: list[f.Formula]) -> f.Formula:
    top = _product(above or [f.Number(1)])
    if not below:
        return top
    bottom = _product(below)
    if isinstance(bottom, (f.Product, f.Coefficient)):
        bottom = f.Group(bottom)
    return f.Product((f.Group(top) if isinstance(top, f.Sum) else top, _factor(bottom)), ("/",))


def _product(factors: list[f.Formula]) -> f.Formula:
    if len(factors) == 1:
        return factors[0]
    first, *rest = (_factor(part) for factor in factors for part in _spliced(factor))
    rest = [f.Group(factor) if isinstance(factor, f.Coefficient) else factor for factor in rest]
    if isinstance(first, f.Number) and _joins(rest[0]):
        first, rest = f.Coefficient(first, rest[0]), rest[1:]
    return f.Product((first, *rest), ("*",) * len(rest)) if rest else first


def _spliced(factor: f.Formula) -> tuple[f.Formula, ...]:
    """Return what a factor adds to a product: of a product its own factors, which need no brackets."""
    return (factor,) if not isinstance(factor, f.Product) or _is_divided(factor) else factor.factors


def _joins(node: f.Formula) -> bool:
    """2w is a product; 2e3 would be a number and 2x5 a shape."""
    base = node.base if isinstance(node, f.Power) else node
    return not (isinstance(base, (f.Apply, f.Number)) or (isinstance(base, f.Name) and base.name[0] in "eExX"))


def _factor(node: f.Formula) -> f.Formula:
    return f.Group(node) if isinstance(node, (f.Sum, f.Sign, f.Comparison)) or _is_divided(node) else node


def _is_divided(node: f.Formula) -> bool:
    return isinstance(node, f.Product) and set(node.operators) != {"*"}


def _power(expr: Pow) -> f.Formula:
    if is_below(expr.exp):
        return _fraction([], [_base(1 / expr)])
    number, exponent = plain(expr)
    base = _express(number)
    if not isinstance(base, (f.Name, f.Number, f.Floor, f.Ceiling, f.Apply)):
        base = f.Group(base)
    return f.Power(base, _express(exponent))


def _rounded(expr: Expr) -> f.Formula:
    """Return a floor or a ceiling, whichever is shorter: ⌊(H + 13)/16⌋ is ⌈(H − 2)/16⌉."""
    value = inside(expr)
    floored, ceiled = isinstance(expr, floor), isinstance(expr, ceiling)
    node = f.Floor(_quotient(value)) if floored else f.Ceiling(_quotient(value))
    if not value.is_integral() or (ceiled and not inside_as_floor(expr).is_integral()):
        return node
    last = add({frozenset(): -1}, {value.monomial: value.number})
    other = Quotient(add(value.numerator, last, -1 if floored else 1), value.number, value.monomial)
    written = _quotient(other)
    return min(node, f.Ceiling(written) if floored else f.Floor(written), key=_length)


def _quotient(value: Quotient) -> f.Formula:
    """Return the inside of a floor over one fraction bar, never as H/2 − 1/2."""
    top = _express(Quotient(value.numerator, 1, frozenset()).expression())
    number, factors = gathered(value.number, _monomial(value))
    below = ([f.Number(number)] if number != 1 else []) + _split(factors)[0]
    return _fraction([top], below)


def _monomial(value: Quotient) -> Expr:
    return Mul(*(Pow(atom, exponent) for atom, exponent in value.monomial))


def _degree(expr: Expr) -> Number:
    match expr:
        case Symbol():
            return 1
        case Add():
            return max(_degree(term) for term in expr.args)
        case Mul():
            return sum(map(_degree, expr.args))
        case Pow():
            exponent = expr.exp
            return _degree(expr.base) * rational(exponent) if isinstance(exponent, Rational) else growth(expr)
        case floor() | ceiling():
            return _degree(expr.args[0])
        case Max() | Min():
            return max(_degree(part) for part in expr.args)
    return 0


def _order(term: Expr) -> tuple[Any, ...]:
    """Sort terms: by falling degree, positive first, by name, and (H − 2)² before (H − 4)²."""
    number, rest = term.as_coeff_Mul()
    factors = sorted(Mul.make_args(rest), key=_factor_order)
    return (
        bool(term.is_number),
        -_degree(rest),
        bool(number < 0),
        [_factor_order(factor) for factor in factors],
        -number,
    )


@lru_cache(maxsize=10_000)
def _factor_order(factor: Expr) -> tuple[Any, ...]:
    base, exponent = (factor.base, factor.exp) if isinstance(factor, Pow) else (factor, Integer(1))
    if isinstance(base, Symbol):
        return 0, base.name, 0, 0, -_whole(exponent), ""
    constant = base.as_coeff_Add()[0] if isinstance(base, Add) else Integer(0)
    symbols = ",".join(sorted(s.name for s in base.free_symbols))
    divisor = inside(base).number if isinstance(base, (floor, ceiling)) else 0  # ⌈H/2⌉ before ⌈H/16⌉
    return 1, symbols, -rational(constant), divisor, -_whole(exponent), _spelt(base)


def _spelt(base: Expr) -> str:
    return str(base) if isinstance(base, Rational) else text(_express(base))


def _whole(exponent: Expr) -> int:
    return int(exponent) if isinstance(exponent, Integer) else 0
