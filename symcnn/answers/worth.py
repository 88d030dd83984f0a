"""What an expression of an answer is worth, exactly, within bounds that no answer of a person reaches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction
from math import comb
from typing import Any

from sympy import Expr, Pow

from symcnn.algebra.arithmetic import Arithmetic
from symcnn.algebra.parity import alternating_power, with_parities
from symcnn.algebra.symbols import Value, exact, expression, is_number, symbol
from symcnn.answers import tree
from symcnn.answers.binomials import combinations
from symcnn.answers.factorials import FactorialLeftError, without_factorials
from symcnn.answers.lengths import MOST_TERMS, MOST_WORK, sums_in, work_of_term
from symcnn.answers.magnitude import MOST_BITS, bits_of, bits_together, largest_coefficient
from symcnn.answers.reading import Member
from symcnn.answers.roots import RootLeftError, has_root, has_sign, square_root, without_roots
from symcnn.answers.series import MOST_ADDED, repeated
from symcnn.answers.unreadable import Unreadable
from symcnn.errors import SymcnnError
from symcnn.formula import nodes as f

_MOST_TERMS = 3_000  # of an expression, were it multiplied out
_LARGEST_DEGREE = 1_000
_LARGEST_FACTORIAL = 1_000
_HIGHEST_TOWER = 3  # exponents in exponents
_MOST_COMPARED = 12  # arguments of max and min that are no numbers, all together
_DEEPEST_COMPARED = 4  # maxima in maxima, each of which doubles the cases
_OVER = 1.25  # what is foreseen of sums in sums may be a little too much
_OF_A_REST = 3  # times as many terms has a remainder as what is divided


def worth(
    expression_: tree.Expression,
    arithmetic: Arithmetic,
    symbols: Mapping[str, Value] | None = None,
    divisors: list[Expr] | None = None,
) -> Value:
    """Return the exact value of an expression; its names stand for `symbols`, others for positive integers.

    What it divides by is added to `divisors`, where that has symbols: in the value it may have been cancelled.

    Raises `Unreadable` for a division by zero, a root that is no rational number, and what is too large.
    """
    try:
        found = _Worth(arithmetic, symbols or {}, [] if divisors is None else divisors)
        try:
            value = found.value(expression_)
        except FactorialLeftError:
            value = found.value(without_factorials(expression_, found.difference))
        if found.rooted and has_root(value) and has_root(value := without_roots(value)):
            raise RootLeftError(expression_.span)
        return value
    except Unreadable:
        raise
    except ZeroDivisionError:
        raise Unreadable("undefined", "division by zero", expression_.span, chinese="除以零") from None
    except RecursionError:
        raise Unreadable("size", "the formula is nested too deeply", expression_.span) from None
    except SymcnnError as error:
        reason = "undefined" if error.message == "division by zero" else "size"
        raise Unreadable(reason, error.message, error.span or expression_.span) from None


def measured(
    member: Member, arithmetic: Arithmetic, symbols: Mapping[str, Value] | None = None
) -> tuple[Value, Fraction | None]:
    """Return what a formula with its unit is worth, and half a unit in its last place: 4.1 GMACs is 4100000000."""
    factor = member.unit.factor if member.unit else 1
    value = worth(member.items[0], arithmetic, symbols)
    half = None if member.half_unit is None else member.half_unit * factor
    return (value if factor == 1 else arithmetic.product([value, factor], [])), half


class _Worth:
    """One evaluation; every value comes with the number of terms it has when it is multiplied out."""

    def __init__(self, arithmetic: Arithmetic, symbols: Mapping[str, Value], divisors: list[Expr]) -> None:
        self.arithmetic = arithmetic
        self.divisors = divisors
        self.symbols = symbols
        self.bound: dict[str, Value] = {}
        self.steps = self.foreseen = 0  # terms of sums, and the work that they are told to be
        self.summing = False
        self.tower = 0
        self.compared = self.comparing = 0
        self.alternating = False  # a power of a negative number was met under a sum
        self.rooted = False  # a root of symbols was met that is no formula without one

    def difference(self, first: Any, second: Any) -> Value:
        """Return what one expression is worth more than another."""
        return self.arithmetic.total([self.value(first), self._negative(self.value(second))])

    def value(self, node: Any) -> Value:
        return self.sized(node)[0]

    def sized(self, node: Any) -> tuple[Value, int]:
        value, terms = self._sized(node)
        if terms > _MOST_TERMS:
            raise Unreadable("size", "the formula has too many terms when it is multiplied out", node.span)
        if bits_of(value) > MOST_BITS:
            raise Unreadable("size", "the number is too large", node.span)
        return value, terms

    def _sized(self, node: Any) -> tuple[Value, int]:
        match node:
            case f.Number(value):
                return exact(value), 1
            case f.Name(name):
                return self._named(name), 1
            case f.Group(inner):
                return self.sized(inner)
            case f.Sign(sign, operand):
                value, terms = self.sized(operand)
                return (value if sign == "+" else self._negative(value)), terms
            case f.Sum(parts, signs):
                return self._sum(parts, signs)
            case f.Product(factors, operators):
                return self._product(factors, operators)
            case f.Power(base, exponent):
                return self._power(node, base, exponent)
            case tree.Fraction(above, below):
                return self._product((above, below), ("/",))
            case tree.Binomial(above, below):
                return self._binomial(node, above, below)
            case tree.Percent(inner):
                value, terms = self.sized(inner)
                return self.arithmetic.divide(value, 100), terms
            case tree.Repeated():
                return self._repeated(node), 1
            case f.Apply(f.Name(name), arguments):
                return self._extreme(node, name, arguments), 1
        return self._function(node), 1

    def _named(self, name: str) -> Value:
        if name in self.bound:
            return self.bound[name]
        return self.symbols[name] if name in self.symbols else symbol(name)

    def _negative(self, value: Value) -> Value:
        return self.arithmetic.product([-1, value], [])

    def _sum(self, parts: tuple[Any, ...], signs: tuple[str, ...]) -> tuple[Value, int]:
        values, count = [], 0
        for sign, part in zip(("+", *signs), parts, strict=True):
            value, terms = self.sized(part)
            values.append(value if sign == "+" else self._negative(value))
            count += terms
        if bits_together(values, multiplied=False) > 2 * MOST_BITS:
            raise Unreadable("size", "the denominators are too large together", parts[0].span)
        return self.arithmetic.total(values), count

    def _product(self, factors: tuple[Any, ...], operators: tuple[str, ...]) -> tuple[Value, int]:
        above: list[Value] = []
        below: list[Value] = []
        count, bits = 1, 0
        for operator, factor in zip(("*", *operators), factors, strict=True):
            value, terms = self.sized(factor)
            count *= terms
            bits += bits_of(value)
            if count > _MOST_TERMS or bits > 2 * MOST_BITS:
                raise Unreadable("size", "this product is too large", factor.span)
            if operator == "*":
                above.append(value)
                continue
            if is_number(value) and value == 0:
                raise Unreadable("undefined", "division by zero", factor.span, chinese="除以零")
            self._divides(value)
            if operator == "/":
                below.append(value)
            else:
                if operator == "%":  # a − m·⌊a/m⌋ has what is divided twice
                    count *= _OF_A_REST
                left = self.arithmetic.product(above, below)
                whole = self.arithmetic.floor(self.arithmetic.divide(left, value))
                above, below = [whole if operator == "//" else self._rest(left, value, whole)], []
        return self.arithmetic.product(above, below), count

    def _binomial(self, node: Any, above: Any, below: Any) -> tuple[Value, int]:
        (value, terms), chosen = self.sized(above), self.value(below)
        count = terms ** min(int(chosen), _LARGEST_DEGREE) if is_number(chosen) and chosen > 0 else terms**2
        if count > _MOST_TERMS:
            raise Unreadable("size", "the formula has too many terms when it is multiplied out", node.span)
        return combinations(value, chosen, self.arithmetic, node), count

    def _divides(self, value: Value) -> None:
        if isinstance(value, Expr):
            self.divisors.append(value)

    def _rest(self, left: Value, modulus: Value, whole: Value) -> Value:
        return self.arithmetic.total([left, self.arithmetic.product([-1, modulus, whole], [])])

    def _power(self, node: f.Power, base: Any, exponent: Any) -> tuple[Value, int]:
        self.tower += 1
        if self.tower > _HIGHEST_TOWER:
            raise Unreadable("size", "the powers are nested too deeply", node.span)
        (value, terms), power = self.sized(base), self.value(exponent)
        self.tower -= 1
        if not is_number(power):
            return self._symbolic_power(node, value, power), terms
        if power <= 0:  # 0^0 is not defined either
            self._divides(value)
        if power.denominator != 1:
            return self._root_power(node, value, power), terms
        times = abs(int(power))
        if times * bits_of(value) > 2 * MOST_BITS and value not in (0, 1, -1):
            raise Unreadable("size", "the number is too large", node.span)
        if not is_number(value) and times > _LARGEST_DEGREE:
            raise Unreadable("size", "the exponent is too large", exponent.span)
        if times == 0 and is_number(value) and value == 0:
            raise Unreadable("undefined", "0^0 is not defined", node.span)
        count = comb(min(times, _LARGEST_DEGREE) + terms - 1, terms - 1) if terms > 1 else 1
        if count > _MOST_TERMS:
            raise Unreadable("size", "the formula has too many terms when it is multiplied out", node.span)
        return self.arithmetic.power(value, int(power)), count

    def _symbolic_power(self, node: Any, value: Value, power: Expr) -> Value:
        if is_number(value) and value == 0:
            raise Unreadable("undefined", "a power of this base is not understood", node.span)
        if value not in (1, -1) and bits_of(value) * largest_coefficient(power) > MOST_BITS:
            raise Unreadable("size", "the power is too large", node.span)
        if not is_number(value) or value > 0:
            return self.arithmetic.power(value, power)
        if self.bound:  # sums of such powers have closed forms, and sums of floors have not
            self.alternating = True
            return self.arithmetic.power(value, power)
        found = alternating_power(value, power, self.arithmetic.facts)
        return self.arithmetic.power(value, power) if found is None else found

    def _root_power(self, node: Any, value: Value, power: Fraction | int) -> Value:
        if power.denominator > 9 or abs(power.numerator) > 9:
            raise Unreadable("undefined", "this power is no rational number", node.span)
        root = self._rooted(node, value, power.denominator)
        return self.arithmetic.power(root, power.numerator)

    def _rooted(self, node: Any, value: Value, degree: int) -> Value:
        """Return a root: a rational number, a formula without a root, or one of symbols that may yet go away."""
        if is_number(value):
            above, below = _whole_root(value.numerator, degree), _whole_root(value.denominator, degree)
            if above is None or below is None:
                raise Unreadable("undefined", "this root is no rational number", node.span)
            return exact(Fraction(above, below))
        root = exact(expression(value) ** (expression(1) / degree))
        if not (has_root(root) or has_sign(root)):
            return root
        found = square_root(value) if degree == 2 else None
        if found is not None:
            return self.arithmetic.absolute(found)
        if has_sign(root) or not all(power.base.is_Symbol for power in expression(root).atoms(Pow)):
            raise RootLeftError(node.span)
        self.rooted = True
        return root

    def _function(self, node: Any) -> Value:
        match node:
            case f.Floor(inner):
                return self.arithmetic.floor(self.value(inner))
            case f.Ceiling(inner):
                return self.arithmetic.ceiling(self.value(inner))
            case tree.Truncated(inner):
                return self._truncated(self.value(inner))
            case tree.Absolute(inner):
                (value,) = self._compared(node, (inner,))
                return self.arithmetic.absolute(value)
            case tree.Root(inner, degree):
                return self._rooted(node, self.value(inner), degree)
            case tree.Factorial(inner):
                return self._factorial(node, self.value(inner))
        raise Unreadable("unknown", "this is not understood in a formula", node.span)

    def _truncated(self, value: Value) -> Value:
        """Round towards zero: the floor of what is not negative, and the ceiling of what is."""
        arithmetic = self.arithmetic
        if arithmetic.compare(">=", value, 0) is True:
            return arithmetic.floor(value)
        return arithmetic.total(
            [arithmetic.largest([arithmetic.floor(value), 0]), arithmetic.smallest([arithmetic.ceiling(value), 0])]
        )

    def _extreme(self, node: Any, name: str, arguments: tuple[Any, ...]) -> Value:
        choose = {"max": self.arithmetic.largest, "min": self.arithmetic.smallest}.get(name)
        if choose is None:
            raise Unreadable("unknown", f"the function '{name}' is not understood", arguments[0].span)
        return choose(self._compared(node, arguments))

    def _compared(self, node: Any, arguments: tuple[Any, ...]) -> list[Value]:
        """Return what is compared with each other, or an absolute value with 0."""
        self.comparing += 1
        if self.comparing > _DEEPEST_COMPARED:
            raise Unreadable("size", "maxima and absolute values are nested too deeply", node.span)
        values = [self.value(argument) for argument in arguments]
        self.comparing -= 1
        if not all(map(is_number, values)):
            self.compared += len(values)
        if self.compared > _MOST_COMPARED:
            raise Unreadable("size", "too many values are compared with each other", node.span)
        return values

    def _factorial(self, node: Any, value: Value) -> Value:
        if not is_number(value):
            raise FactorialLeftError(node.span)
        if value.denominator != 1 or not 0 <= value <= _LARGEST_FACTORIAL:
            raise Unreadable("size", "this factorial is not worked out", node.span)
        result = 1
        for factor in range(2, int(value) + 1):
            result *= factor
        return result

    def _repeated(self, node: tree.Repeated) -> Value:
        first, last = self.value(node.first), self.value(node.last)
        if not self.summing:
            terms, work = self._foreseen(node, first, last)
            self.foreseen += work
            if self.foreseen > MOST_WORK or terms > _OVER * MOST_TERMS:
                raise Unreadable("size", "the sums have too many terms", node.span)

        def term(index: Value) -> Value:
            self.steps += 1
            if self.steps > MOST_TERMS:
                raise Unreadable("size", "the sums have too many terms", node.span)
            with self._at(node.index, index):
                return self.value(node.term)

        value = repeated(node, first, last, term, self.arithmetic)
        return with_parities(value, self.arithmetic.facts) if self.alternating and not self.bound else value
        outside, self.summing = self.summing, True
        value = repeated(node, first, last, term, self.arithmetic)
        self.summing = outside
        return value

    def _foreseen(self, node: tree.Repeated, first: Value, last: Value) -> tuple[int, int]:
        """Return how many terms a sum has, those of sums in it as many as at its middle, and how much work they are."""
        if not (is_number(first) and is_number(last)) or last - first >= MOST_ADDED:
            return 1, 0
        count, terms = max(0, int(last - first) + 1), 1
        with self._at(node.index, (first + last) // 2):
            numbers = [name for name, value in {**self.symbols, **self.bound}.items() if is_number(value)]
            work = work_of_term(node.term, numbers)
            for inner in sums_in(node.term) if count else ():
                more, work_inside = self._foreseen(inner, self.value(inner.first), self.value(inner.last))
                terms, work = terms + more, work + work_inside
        return count * terms, count * work

    @contextmanager
    def _at(self, name: str, value: Value) -> Iterator[None]:
        """Let an index stand for a value."""
        before = self.bound.get(name)
        self.bound[name] = value
        try:
            yield
        finally:
            if before is None:
                del self.bound[name]
            else:
                self.bound[name] = before


def _whole_root(value: int, degree: int) -> int | None:
    """Return the integer root of an integer, or None; by bisection, as floats are not exact."""
    if value < 0:
        root = _whole_root(-value, degree) if degree % 2 else None
        return None if root is None else -root
    low, high = 0, 1 << (value.bit_length() // degree + 1)
    while low < high:
        middle = (low + high) // 2
        if middle**degree < value:
            low = middle + 1
        else:
            high = middle
    return low if low**degree == value else None
