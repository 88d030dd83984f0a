"""Formulas as text for people: one walk over the tree, and a table for each notation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from symcnn.formula import nodes as f
from symcnn.formula.digits import LATEX_DIGITS, grouped
from symcnn.formula.greek import GREEK, GREEK_LETTERS

# How tightly each kind of node binds, `or` looser than `and`; a looser one inside a tighter one needs brackets.
_CHOICE, _OR, _AND, _NOT, _COMPARISON, _SHAPE, _SUM, _PRODUCT, _SIGN, _COEFFICIENT, _POWER, _ATOM = range(12)
_TIGHTNESS: dict[type, int] = {
    f.Choice: _CHOICE,
    f.Cases: _CHOICE,
    f.Not: _NOT,
    f.Comparison: _COMPARISON,
    f.Shape: _SHAPE,
    f.Sum: _SUM,
    f.Iterated: _SUM,  # where it ends is clear only where nothing follows
    f.Product: _PRODUCT,
    f.Sign: _SIGN,
    f.Coefficient: _COEFFICIENT,
    f.Power: _POWER,
}

_UNGROUPED_SIZE = 10_000
_MOST_WRITTEN = 20_000  # formulas whose text is kept
_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_LATEX_NAMES = {"∞": r"\infty", "max": r"\max", "min": r"\min"}
_LATEX_FLOOR, _LATEX_CEILING = (r"\left\lfloor ", r" \right\rfloor"), (r"\left\lceil ", r" \right\rceil")
_TALL = (r"\frac", r"\left", r"\begin", r"\sum", r"\prod")
_LATEX_SPECIAL = {c: f"\\{c}" for c in "#$%&_{}"} | {"\\": r"\backslash ", "^": r"\hat{}", "~": r"\sim ", "'": "'"}


@dataclass(frozen=True)
class Notation:
    """The signs of a notation, and how it writes names, numbers, fractions, powers and brackets."""

    signs: Mapping[str, str]
    name: Callable[[str], str]
    function: Callable[[str], str]
    number: Callable[[int | Fraction], str]
    word: Callable[[str], str]
    fraction: Callable[[str, str], str] | None  # None: a/b in the line
    power: Callable[[str, f.Formula, Notation], str]
    floor: tuple[str, str]
    ceiling: tuple[str, str]
    cases: Callable[[list[tuple[str, str]], str], str]
    iterated: Callable[[str, str, str, str, str], str]
    group: tuple[str, str]
    tall_group: tuple[str, str]
    functions: Mapping[str, tuple[str, str]]  # calls of one argument that have their own brackets
    congruence: Callable[[str, str, str, bool], str] | None = None  # None: a % m == r, as it is written
    integral: tuple[str, str] | None = None  # behind what is an integer, or none; None: a % 1 == 0
    alone: Callable[[int | Fraction], str] | None = None  # of a number that stands for itself; None: as in formulas
    _written: dict[f.Formula, str] = field(default_factory=dict, init=False, repr=False, compare=False)

    def show(self, node: f.Formula) -> str:
        """Return a formula that stands alone, in a cell of its own say: there a number may be rounded."""
        if self.alone is not None and isinstance(node, f.Number):
            return self.alone(node.value)
        if self.alone is not None and isinstance(node, f.Sign) and isinstance(node.operand, f.Number):
            return self.alone(-node.operand.value if node.sign == "-" else node.operand.value)
        return self.write(node)

    def written(self, node: f.Formula, alone: bool) -> str:
        """Return a formula that stands `alone`, or among words."""
        return self.show(node) if alone else self.write(node)

    def write(self, node: f.Formula, around: int = 0) -> str:
        """Return the formula as text; `around` is how tightly it is held by what stands around it."""
        text = self._written.get(node)  # tables say the same many times
        if text is None:
            if len(self._written) > _MOST_WRITTEN:
                self._written.clear()
            text = self._written[node] = self._write(node)
        return self._bracketed(text) if _tightness(node) < around else text

    def _write(self, node: f.Formula) -> str:
        match node:
            case f.Number(value):
                return self.number(value)
            case f.Name(name):
                return self.name(name)
            case f.Text(word):
                return self.word(f'"{word}"')
            case f.Truth(truth):
                return self.word("true" if truth else "false")
            case f.Group(inner):
                return self._bracketed(self.write(inner))
            case f.Sign(sign, operand):
                return self.signs[f"unary{sign}"] + self.write(operand, _SIGN if _rounds(operand) else _PRODUCT)
            case f.Sum(terms, signs):
                return self._joined(terms, signs, _PRODUCT)
            case f.Product():
                return self._product(node)
            case f.Coefficient(number, factor):
                return self.write(number) + self.write(factor, _POWER)
            case f.Apply(f.Name(name), (inner,)) if name in self.functions:
                return self.write(inner).join(self.functions[name])
            case f.Apply(head, arguments):
                listed = ", ".join(self.write(argument) for argument in arguments)
                name = self.function(head.name) if isinstance(head, f.Name) else self.write(head, _ATOM)
                return name + self._bracketed(listed)
            case f.Power(base, exponent):
                return self.power(self.write(base, _ATOM), exponent, self)
            case f.Floor(inner):
                return self.write(inner).join(self.floor)
            case f.Ceiling(inner):
                return self.write(inner).join(self.ceiling)
            case f.Comparison((f.Product() as a, f.Number(rest)), ("==" | "!=" as sign,)) if self._divides(a, rest):
                return self._congruence(a, rest, sign == "==")
            case f.Not(f.Comparison((f.Product() as a, f.Number(rest)), ("==",))) if self._divides(a, rest):
                return self._congruence(a, rest, False)
            case f.Comparison(operands, operators):
                return self._joined(operands, operators, _SHAPE)
            case f.Logic(operator, operands):
                return self._joined(operands, (operator,) * (len(operands) - 1), _tightness(node) + 1)
            case f.Not(operand):
                return self.signs["not"] + self.write(operand, _NOT)
            case f.Choice():
                return self._choice(node)
            case f.Cases() | f.Iterated():
                return self._repeated(node)
            case f.Tuple(items):
                return self._bracketed(", ".join(self.write(item) for item in items))
            case f.Shape(items):
                return self.signs["cross"].join(self._size(item) for item in items)

    def _choice(self, node: f.Choice) -> str:
        parts = self.write(node.value, _OR), self.write(node.condition, _OR), self.write(node.otherwise)
        return f"{parts[0]}{self.signs['if']}{parts[1]}{self.signs['else']}{parts[2]}"

    def _repeated(self, node: f.Cases | f.Iterated) -> str:
        if isinstance(node, f.Cases):
            cases = [(self.write(value, _OR), self.write(condition, _OR)) for value, condition in node.cases]
            return self.cases(cases, self.write(node.otherwise, _OR))
        limits = self.write(node.index), self.write(node.start), self.write(node.end)
        return self.iterated(node.sign, *limits, self.write(node.body, _PRODUCT))

    def _divides(self, node: f.Product, rest: int | Fraction) -> bool:
        said = self.congruence is not None or (self.integral is not None and _is_integral(node, rest))
        return said and node.operators[-1] == "%"

    def _congruence(self, left: f.Product, rest: int | Fraction, holds: bool) -> str:
        divided, modulus = (self.write(part, _SUM) for part in _remainder(left))
        if self.integral is not None and _is_integral(left, rest):
            return divided + self.integral[not holds]
        assert self.congruence is not None
        return self.congruence(divided, modulus, self.number(rest), holds)

    def _joined(self, operands: tuple[f.Formula, ...], operators: tuple[str, ...], around: int) -> str:
        text = self.write(operands[0], around)
        for operator, operand in zip(operators, operands[1:], strict=True):
            text += self.signs[operator] + self.write(operand, around)
        return text

    def _product(self, node: f.Product) -> str:
        text = self.write(node.factors[0], _PRODUCT)
        stacked = self.fraction is not None and "/" in node.operators
        above = self.write(_bare(node.factors[0])) if stacked else ""  # as it stands over a fraction bar
        for operator, factor in zip(node.operators, node.factors[1:], strict=True):
            if operator == "/" and self.fraction is not None:
                text = self.fraction(above, self.write(_bare(factor)))
            else:
                right = self.write(factor, _COEFFICIENT)
                between_numbers = operator == "*" and right[0].isdigit()
                text += (self.signs["number*"] if between_numbers else self.signs[operator]) + right
            above = text
        return text

    def _size(self, node: f.Formula) -> str:
        """Write a size of a shape: 2048×7×7 as everybody does, and a division in the line in brackets, C×(H/2)."""
        if isinstance(node, f.Number) and 0 <= node.value < _UNGROUPED_SIZE:
            return str(node.value)
        divided = self.fraction is None and isinstance(node, f.Product) and set(node.operators) != {"*"}
        return self._bracketed(self.write(node)) if divided else self.write(node, _PRODUCT)

    def _bracketed(self, text: str) -> str:
        return text.join(self.tall_group if any(tall in text for tall in _TALL) else self.group)


def text(node: f.Formula) -> str:
    """Return a formula in Unicode, in the spelling of the language: `9C²·(H − 2)²`.

    >>> from symcnn.source import Source
    >>> from symcnn.syntax import parse_formula
    >>> text(parse_formula(Source("", "floor((H+2*p-k)/s)+1")))
    'floor((H + 2·p − k)/s) + 1'
    """
    return UNICODE.write(node)


def latex(node: f.Formula) -> str:
    r"""Return a formula in LaTeX, for math mode.

    >>> latex(f.Floor(f.Product((f.Name("H"), f.Name("C_in")), ("/",))))
    '\\left\\lfloor \\frac{H}{C_{\\mathrm{in}}} \\right\\rfloor'
    """
    return LATEX.write(node)


def _tightness(node: f.Formula) -> int:
    if isinstance(node, f.Logic):
        return _OR if node.operator == "or" else _AND
    return _TIGHTNESS.get(type(node), _ATOM)


def _rounds(node: f.Formula) -> bool:
    """Whether −node is something else than (−first factor)…: −(a % b) is not (−a) % b."""
    return isinstance(node, f.Product) and not {"//", "%"}.isdisjoint(node.operators)


def _remainder(node: f.Product) -> tuple[f.Formula, f.Formula]:
    """Return a and m of a % m."""
    *factors, modulus = node.factors
    divided = factors[0] if len(factors) == 1 else f.Product(tuple(factors), node.operators[:-1])
    return _bare(divided), _bare(modulus)


def _bare(node: f.Formula) -> f.Formula:
    return node.inner if isinstance(node, f.Group) else node


def _is_integral(node: f.Product, rest: int | Fraction) -> bool:
    """Whether a remainder says that something is an integer: that by 1."""
    return node.factors[-1] == f.Number(1) and rest == 0


def _unicode_power(base: str, exponent: f.Formula, notation: Notation) -> str:
    if isinstance(exponent, f.Number) and isinstance(exponent.value, int):
        return base + str(exponent.value).translate(_SUPERSCRIPT)
    return f"{base}^{notation.write(exponent, _POWER)}"


def _latex_power(base: str, exponent: f.Formula, notation: Notation) -> str:
    return f"{base}^{{{notation.write(_bare(exponent))}}}"


def _latex_congruence(divided: str, modulus: str, rest: str, holds: bool) -> str:
    """Write a divisibility as people do: 32 | H, H ≡ 12 (mod 16), and that something is an integer."""
    if modulus == "1" and rest == "0":
        return divided + (r" \in " if holds else r" \notin ") + r"\mathbb{Z}"
    if rest == "0":
        return modulus + (r" \mid " if holds else r" \nmid ") + divided
    return divided + (r" \equiv " if holds else r" \not\equiv ") + rf"{rest} \pmod{{{modulus}}}"


def _unicode_cases(cases: list[tuple[str, str]], otherwise: str) -> str:
    return "".join(f"{value} if {condition} else " for value, condition in cases) + otherwise


def _latex_cases(cases: list[tuple[str, str]], otherwise: str) -> str:
    """Write the cases below each other; the last condition is that none of the others is true."""
    rows = [rf"{value} & \text{{if }} {condition} \\ " for value, condition in cases]
    return rf"\begin{{cases}} {''.join(rows)}{otherwise} & \text{{else}} \end{{cases}}"


def _unicode_iterated(sign: str, index: str, start: str, end: str, body: str) -> str:
    start, end = (limit.replace(" ", "") for limit in (start, end))
    return f"{'Σ' if sign == 'sum' else '∏'}_{{{index}={start}}}^{{{end}}} {body}"


def _latex_iterated(sign: str, index: str, start: str, end: str, body: str) -> str:
    return rf"\{'sum' if sign == 'sum' else 'prod'}_{{{index}={start}}}^{{{end}}} {body}"


def _latex_text(words: str) -> str:
    quoted = f"``{words[1:-1]}''" if words.startswith('"') else words
    return rf"\text{{{''.join(_LATEX_SPECIAL.get(c, c) for c in quoted)}}}"


def _latex_name(name: str) -> str:
    if name in _LATEX_NAMES:
        return _LATEX_NAMES[name]
    bare = name.rstrip("'")
    primes = name[len(bare) :]
    head, *subscripts = bare.split("_")
    subscript = ",".join(_latex_word(part, "mathrm") for part in subscripts if part)
    return _latex_word(head, "mathit") + primes + (f"_{{{subscript}}}" if subscript else "")


def _latex_function(name: str) -> str:
    upright = len(name) > 1 and name.isalpha() and name.isascii() and name not in (*_LATEX_NAMES, *GREEK)
    return rf"\operatorname{{{name}}}" if upright else _latex_name(name)


def _latex_word(word: str, font: str) -> str:
    """Return a word; one of several letters is set in a font in which they do not read as factors."""
    if word in GREEK_LETTERS:
        return f"\\{GREEK_LETTERS[word]}"
    if word in GREEK:
        return f"\\{word}"
    escaped = "".join(_LATEX_SPECIAL.get(c, c) for c in word)
    return escaped if len(word) == 1 or word[1:].isdigit() or word.isdigit() else rf"\{font}{{{escaped}}}"


UNICODE = Notation(
    signs={
        "+": " + ", "-": " − ", "*": "·", "number*": "·", "/": "/", "//": " // ", "%": " % ", "unary-": "−",
        "unary+": "+", "cross": "×",
        "==": " == ", "!=": " ≠ ", "<=": " ≤ ", ">=": " ≥ ", "<": " < ", ">": " > ", "and": " and ", "or": " or ",
        "not": "not ", "if": " if ", "else": " else ",
    },
    name=str,
    function=str,
    number=grouped,
    word=str,
    fraction=None,
    power=_unicode_power,
    floor=("⌊", "⌋"),
    ceiling=("⌈", "⌉"),
    cases=_unicode_cases,
    iterated=_unicode_iterated,
    group=("(", ")"),
    tall_group=("(", ")"),
    functions={},
)  # fmt: skip

LATEX = Notation(
    signs={
        "+": " + ", "-": " - ", "*": " ", "number*": r" \cdot ", "/": "/", "//": r" \mathbin{/\!/} ",
        "%": r" \bmod ", "unary-": "-", "unary+": "+", "cross": r" \times ",
        "==": " = ", "!=": r" \ne ", "<=": r" \le ", ">=": r" \ge ", "<": " < ", ">": " > ",
        "and": r" \land ", "or": r" \lor ", "not": r"\lnot ",
        "if": r" \text{ if } ", "else": r" \text{ else } ",
    },
    name=_latex_name,
    function=_latex_function,
    number=lambda value: grouped(value, LATEX_DIGITS["en"]),
    word=_latex_text,
    fraction=lambda above, below: rf"\frac{{{above}}}{{{below}}}",
    power=_latex_power,
    floor=_LATEX_FLOOR,
    ceiling=_LATEX_CEILING,
    cases=_latex_cases,
    iterated=_latex_iterated,
    group=("(", ")"),
    tall_group=(r"\left(", r"\right)"),
    functions={"floor": _LATEX_FLOOR, "ceil": _LATEX_CEILING},
    congruence=_latex_congruence,
)  # fmt: skip
