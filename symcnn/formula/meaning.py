"""What a formula means: its tree is compiled once to a closure, which serves integers and symbols alike.

The closures take a `Frame`: the arithmetic with its facts, the values of names, and the current axis. So this module
needs no SymPy either.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

from symcnn.errors import SymcnnError, did_you_mean
from symcnn.formula import nodes as f
from symcnn.formula.taps import taps
from symcnn.formula.values import Frame, Function, Meaning, Sides, condition, counted, number, undecided

_EQUALITIES = {"==": True, "!=": False}
_NUMBERS = (f.Number, f.Sum, f.Product, f.Coefficient, f.Power, f.Floor, f.Ceiling)  # whatever they are made of


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The names a rule may use, where only some may be used. `per_axis` names have one value per axis."""

    known: frozenset[str] | None = None  # None: any name; what nothing binds is a symbol
    per_axis: frozenset[str] = frozenset()
    folding: bool = False  # inside prod( ), or a rule that is evaluated axis by axis

    def folded(self) -> Vocabulary:
        """Return the same names, per-axis ones allowed."""
        return Vocabulary(self.known, self.per_axis, True)


ANY_NAME = Vocabulary()


def meaning(node: f.Formula, names: Vocabulary = ANY_NAME) -> Meaning:
    """Compile a formula; raises `SymcnnError` at once for a name that a rule does not know."""
    return _COMPILERS[type(node)](node, names)


def _constant(node: f.Number | f.Truth | f.Text, names: Vocabulary) -> Meaning:
    value = node.value
    return lambda frame: value


def _tuple(node: f.Tuple | f.Shape, names: Vocabulary) -> Meaning:
    parts = [meaning(item, names) for item in node.items]
    return lambda frame: tuple(part(frame) for part in parts)


def _result(node: f.Cases | f.Iterated, names: Vocabulary) -> Meaning:
    raise TypeError("results are shown, not read")


def _numeric(node: f.Formula, names: Vocabulary) -> Meaning:
    inner, span = meaning(node, names), node.span
    while isinstance(node, f.Group):
        node = node.inner
    if isinstance(node, _NUMBERS):
        return inner

    def evaluate(frame: Frame) -> Any:
        value = inner(frame)
        return value if type(value) is int else number(value, span)

    return evaluate


def _condition(node: f.Formula, names: Vocabulary) -> Meaning:
    inner = meaning(node, names)
    return lambda frame: condition(inner(frame), node.span)


def _name(node: f.Name, names: Vocabulary) -> Meaning:
    name, span = node.name, node.span
    if names.known is not None and name not in names.known:
        listed = f"here are known {', '.join(sorted(names.known))}"
        raise SymcnnError(f"unknown name '{name}'", span, did_you_mean(name, names.known, listed))
    if name in names.per_axis:
        if not names.folding:
            raise SymcnnError(f"'{name}' has one value per axis", span, f"fold it, as in prod({name})")
        return lambda frame: frame.values[name][frame.axis]

    def look_up(frame: Frame) -> Any:
        try:
            return frame.values[name]
        except SymcnnError as error:
            if error.span is None:
                error.span = span
            raise

    return look_up


def _sign(node: f.Sign, names: Vocabulary) -> Meaning:
    operand = _numeric(node.operand, names)
    return operand if node.sign == "+" else _negative(operand)


def _negative(term: Meaning) -> Meaning:
    def evaluate(frame: Frame) -> Any:
        value = term(frame)
        return -value if type(value) is int else frame.arithmetic.product([-1, value], [])

    return evaluate


def _sum(node: f.Sum, names: Vocabulary) -> Meaning:
    terms = [_numeric(term, names) for term in node.terms]
    signs = ("+", *node.signs)
    signed = [term if sign == "+" else _negative(term) for sign, term in zip(signs, terms, strict=True)]
    return lambda frame: frame.arithmetic.total([term(frame) for term in signed])


def _product(node: f.Product, names: Vocabulary) -> Meaning:
    factors = [_numeric(factor, names) for factor in node.factors]
    if set(node.operators) == {"*"}:
        return lambda frame: frame.arithmetic.product([factor(frame) for factor in factors], [])
    first, *others = factors
    steps = list(zip(node.operators, others, (factor.span for factor in node.factors[1:]), strict=True))

    def evaluate(frame: Frame) -> Any:
        arithmetic = frame.arithmetic
        above: list[Any] = [first(frame)]
        below: list[Any] = []
        for operator, factor, span in steps:
            value = factor(frame)
            if operator == "*":
                above.append(value)
                continue
            if value == 0:
                raise SymcnnError("division by zero", span)
            if operator == "/":
                below.append(value)
            else:
                left = arithmetic.product(above, below)
                whole = arithmetic.floor(left, value)
                above = [whole if operator == "//" else arithmetic.modulo(left, value)]
                below = []
        return arithmetic.product(above, below)

    return evaluate


def _times(left: f.Formula, right: f.Formula, node: f.Formula, names: Vocabulary) -> Meaning:
    return meaning(f.Product((left, right), ("*",), span=node.span), names)


def _power(node: f.Power, names: Vocabulary) -> Meaning:
    base, exponent = _numeric(node.base, names), _numeric(node.exponent, names)

    def evaluate(frame: Frame) -> Any:
        try:
            return frame.arithmetic.power(base(frame), exponent(frame))
        except SymcnnError as error:
            raise SymcnnError(error.message, error.span or node.span, error.hint) from None

    if isinstance(node.base, f.Apply) and len(node.base.arguments) == 1 and _may_be_product(node.base):
        # In d(k − 1)^2 the power binds tighter than the product; in f(x)^2 the call does.
        head, argument = node.base.head, node.base.arguments[0]
        product = _times(head, f.Power(argument, node.exponent, span=node.span), node, names)
        called = meaning(head, names)
        return lambda frame: (evaluate if isinstance(called(frame), Function) else product)(frame)
    return evaluate


def _may_be_product(node: f.Apply) -> bool:
    return not (isinstance(node.head, f.Name) and node.head.name in BUILTINS)


def _apply(node: f.Apply, names: Vocabulary) -> Meaning:
    if isinstance(node.head, f.Name) and node.head.name in BUILTINS:
        return _builtin(node.head.name, node.arguments, node, names)
    head = meaning(node.head, names)
    arguments = [meaning(argument, names) for argument in node.arguments]
    head_span = node.head.span

    def evaluate(frame: Frame) -> Any:
        value = head(frame)
        values = [argument(frame) for argument in arguments]
        if isinstance(value, Function):
            return value.call(frame, values, node.span)
        if len(values) != 1:
            _no_function(node)
        return frame.arithmetic.product([number(value, head_span), number(values[0], node.span)], [])

    return evaluate


def _no_function(node: f.Apply) -> NoReturn:
    name = node.head.name if isinstance(node.head, f.Name) else node.head.span.text
    raise SymcnnError(f"'{name}' is no function", node.head.span, did_you_mean(name, BUILTINS))


def _builtin(name: str, arguments: tuple[f.Formula, ...], node: f.Formula, names: Vocabulary) -> Meaning:
    if name in FOLDS:
        return _fold(name, arguments, node, names)
    if name in ("before", "after"):
        return _side(name, arguments, node, names)
    least, most = BUILTINS[name]
    if not least <= len(arguments) <= most:
        wanted = counted(least, "argument") if least == most else "two or more arguments"
        raise SymcnnError(f"{name} takes {wanted}, not {len(arguments)}", node.span)
    if name in ("floor", "ceil"):
        return _rounding(arguments[0], name == "ceil", names)
    parts = [_numeric(argument, names) for argument in arguments]
    if name == "taps" and isinstance(node, f.Apply):
        return taps(parts, node)

    def evaluate(frame: Frame) -> Any:
        values = [part(frame) for part in parts]
        match name:
            case "abs":
                return frame.arithmetic.absolute(values[0])
            case "min":
                return frame.arithmetic.smallest(values)
            case _:
                return frame.arithmetic.largest(values)

    return evaluate


def _rounding(node: f.Formula, up: bool, names: Vocabulary) -> Meaning:
    """⌊x/m⌋ or, where `up`, ⌈x/m⌉, of which the fraction is not worked out before."""
    if isinstance(node, f.Group):
        return _rounding(node.inner, up, names)
    over: Meaning | None = None
    if isinstance(node, f.Product) and node.operators[-1] == "/":
        *factors, last = node.factors
        over, over_span = _numeric(last, names), last.span
        node = factors[0] if len(factors) == 1 else f.Product(tuple(factors), node.operators[:-1], span=node.span)
    value = _numeric(node, names)

    def evaluate(frame: Frame) -> Any:
        top, divisor = value(frame), 1 if over is None else over(frame)
        if divisor == 0:
            raise SymcnnError("division by zero", over_span)
        return frame.arithmetic.ceiling(top, divisor) if up else frame.arithmetic.floor(top, divisor)

    return evaluate


# What every formula may call, with the least and the largest number of arguments.
BUILTINS: dict[str, tuple[int, int]] = {
    "floor": (1, 1),
    "ceil": (1, 1),
    "abs": (1, 1),
    "min": (2, 1000),
    "max": (2, 1000),
    "prod": (1, 1),
    "first": (1, 1),
    "before": (1, 1),
    "after": (1, 1),
    "taps": (6, 6),
}
FOLDS = ("prod", "first")  # those that speak of all axes


def _fold(name: str, arguments: tuple[f.Formula, ...], node: f.Formula, names: Vocabulary) -> Meaning:
    """`prod(x)`: the product over the axes; `first(x)`: what it is on the first, 1 where there is none."""
    if names.known is None or len(arguments) != 1:
        does = "multiplies over the axes" if name == "prod" else "looks at the first axis"
        raise SymcnnError(f"{name}(x) {does}, inside the rule of a layer kind", node.span)
    part = _numeric(arguments[0], names.folded())
    only = arguments[0].name if isinstance(arguments[0], f.Name) else ""
    if name == "prod" and only in names.per_axis:
        span = arguments[0].span
        return lambda frame: frame.arithmetic.product([number(value, span) for value in frame.values[only]], [])

    def evaluate(frame: Frame) -> Any:
        axes = range(frame.values["axes"] if name == "prod" else min(1, frame.values["axes"]))
        factors = [part(Frame(frame.arithmetic, frame.values, axis)) for axis in axes]
        return frame.arithmetic.product(factors, [])

    return evaluate


def _side(name: str, arguments: tuple[f.Formula, ...], node: f.Formula, names: Vocabulary) -> Meaning:
    """`before(p)`, `after(p)`: one side of a padding."""
    if len(arguments) != 1 or not isinstance(arguments[0], f.Name):
        raise SymcnnError(f"{name}(p) takes the symbol of a padding", node.span)
    inner = meaning(arguments[0], names)

    def evaluate(frame: Frame) -> Any:
        value = inner(frame)
        return getattr(value, name) if isinstance(value, Sides) else value

    return evaluate


def _comparison(node: f.Comparison, names: Vocabulary) -> Meaning:
    pairs = zip(node.operands, node.operators, node.operands[1:], strict=False)
    links = [_link(left, operator, right, node, names) for left, operator, right in pairs]
    if len(links) == 1:
        return links[0]
    return lambda frame: frame.arithmetic.every([link(frame) for link in links])


def _link(left: f.Formula, operator: str, right: f.Formula, node: f.Comparison, names: Vocabulary) -> Meaning:
    if operator in _EQUALITIES:
        for remainder, other in ((left, right), (right, left)):
            if isinstance(remainder, f.Product) and remainder.operators[-1] == "%":
                return _congruence(remainder, operator, other, names)
    first, second = meaning(left, names), meaning(right, names)

    def evaluate(frame: Frame) -> Any:
        a, b = first(frame), second(frame)
        if operator in _EQUALITIES and (isinstance(a, str) or isinstance(b, str)):
            return (a == b) is _EQUALITIES[operator]
        return frame.arithmetic.compare(operator, number(a, left.span), number(b, right.span))

    return evaluate


def _congruence(left: f.Product, operator: str, right: f.Formula, names: Vocabulary) -> Meaning:
    """`x % m == r`, which is kept as what it says: (x − r)/m is an integer, and 0 ≤ r < m."""
    *factors, last = left.factors
    dividend = factors[0] if len(factors) == 1 else f.Product(tuple(factors), left.operators[:-1], span=left.span)
    top, modulus, residue = (_numeric(x, names) for x in (dividend, last, right))

    def evaluate(frame: Frame) -> Any:
        arithmetic, m, r = frame.arithmetic, modulus(frame), residue(frame)
        if m == 0:
            raise SymcnnError("division by zero", last.span)
        in_range = arithmetic.every([arithmetic.compare(">=", r, 0), arithmetic.compare("<", r, m)])
        claim = arithmetic.every([arithmetic.integral(arithmetic.divide(top(frame) - r, m)), in_range])
        return claim if _EQUALITIES[operator] else arithmetic.opposite(claim)

    return evaluate


def _logic(node: f.Logic | f.Not, names: Vocabulary) -> Meaning:
    if isinstance(node, f.Not):
        operand = _condition(node.operand, names)
        return lambda frame: frame.arithmetic.opposite(operand(frame))
    operands = [_condition(operand, names) for operand in node.operands]
    conjunction = node.operator == "and"

    def evaluate(frame: Frame) -> Any:
        claims = []
        for operand in operands:
            claim = operand(frame)
            if claim is not conjunction:  # decided: the rest is not looked at, as in Python
                claims.append(claim)
                if isinstance(claim, bool):
                    break
        return (frame.arithmetic.every if conjunction else frame.arithmetic.either)(claims)

    return evaluate


def _choice(node: f.Choice, names: Vocabulary) -> Meaning:
    test = _condition(node.condition, names)
    value, otherwise = meaning(node.value, names), meaning(node.otherwise, names)

    def evaluate(frame: Frame) -> Any:
        claim = test(frame)
        if not isinstance(claim, bool):
            raise undecided(claim, node.condition)
        return (value if claim else otherwise)(frame)

    return evaluate


# By the type of the node: formulas are compiled all the time, and a chain of cases would be long.
_COMPILERS: dict[type[f.Node], Callable[[Any, Vocabulary], Meaning]] = {
    f.Number: _constant,
    f.Truth: _constant,
    f.Text: _constant,
    f.Name: _name,
    f.Group: lambda node, names: meaning(node.inner, names),
    f.Sign: _sign,
    f.Sum: _sum,
    f.Product: _product,
    f.Coefficient: lambda node, names: _times(node.number, node.factor, node, names),
    f.Apply: _apply,
    f.Power: _power,
    f.Floor: lambda node, names: _rounding(node.inner, False, names),
    f.Ceiling: lambda node, names: _rounding(node.inner, True, names),
    f.Comparison: _comparison,
    f.Logic: _logic,
    f.Not: _logic,
    f.Choice: _choice,
    f.Tuple: _tuple,
    f.Shape: _tuple,
    f.Cases: _result,
    f.Iterated: _result,
}
