"""How formulas look to a reader: the notations, with what was asked for in place of their defaults."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import TypeAlias

from symcnn.errors import SymcnnError, did_you_mean
from symcnn.formula import nodes as f
from symcnn.formula.author import Notated, notated
from symcnn.formula.digits import LATEX_DIGITS, UNICODE_DIGITS, Digits, abbreviated, grouped, rounded
from symcnn.formula.notation import LATEX, UNICODE, Notation
from symcnn.source import Source

_Alone: TypeAlias = Callable[[int | Fraction, Digits], str]

_INTEGRAL = ((" is an integer", " is no integer"), (" 为整数", " 不为整数"))
_FLOOR, _CEILING = (r"\lfloor ", r" \rfloor"), (r"\lceil ", r" \rceil")


@dataclass(frozen=True)
class Style:
    r"""The choices of one rendering.

    `language` is that of the words: en or zh. With `standalone`, LaTeX is a whole document and not a part of one.
    `names` gives symbols the author's own notation, in LaTeX; `digits` is the locale of numbers: en, de, fr, ch, si or
    none; with `si`, a number that stands alone is given in M or G, rounded to three digits. Raises `SymcnnError` for a
    notation that is not harmless, and for a locale that is not there.

    >>> Style(names={"C_in": "N_{i-1}"}).latex.write(f.Name("C_in"))
    'N_{i-1}'
    >>> Style(digits="de").unicode.write(f.Number(1234567)), Style(si=True).unicode.show(f.Number(25557032))
    ('1.234.567', '≈ 25.6 M')
    """

    language: str = "en"
    names: Mapping[str, str] = field(default_factory=dict, hash=False)
    digits: str = "en"
    si: bool = False
    standalone: bool = False

    def __post_init__(self) -> None:
        if self.digits not in UNICODE_DIGITS:
            known = f"they are {', '.join(UNICODE_DIGITS)}"
            raise SymcnnError(f"unknown digits '{self.digits}'", hint=did_you_mean(self.digits, UNICODE_DIGITS, known))
        _ = self.notations

    @cached_property
    def notations(self) -> dict[str, Notated]:
        """The notations of symbols, read."""
        return {name: notated(Source(f"notation of {name}", code)) for name, code in self.names.items()}

    @cached_property
    def unicode(self) -> Notation:
        """The notation of text for terminals."""
        chosen = {name: notation.text for name, notation in self.notations.items()}
        adapted = self._adapted(UNICODE, chosen, UNICODE_DIGITS[self.digits], _alone("{} {}", "≈ ", "−"))
        return replace(adapted, integral=_INTEGRAL[self.language == "zh"])

    @cached_property
    def latex(self) -> Notation:
        """The notation of LaTeX, in math mode."""
        chosen = {name: notation.latex for name, notation in self.notations.items()}
        alone = _alone(r"{}\,\mathrm{{{}}}", r"\approx ", "-")
        return self._adapted(LATEX, chosen, LATEX_DIGITS[self.digits], alone)

    @cached_property
    def latex_inline(self) -> Notation:
        """The notation of LaTeX in tables and lines of text: no higher than a line, and TeX can break it."""
        return replace(
            self.latex,
            fraction=None,
            floor=_FLOOR,
            ceiling=_CEILING,
            tall_group=self.latex.group,
            functions={**self.latex.functions, "floor": _FLOOR, "ceil": _CEILING},
        )

    @cached_property
    def latex_written(self) -> Notation:
        """The notation of LaTeX for formulas as they were written, where a product has its dots."""
        return _with_dots(self.latex)

    @cached_property
    def latex_inline_written(self) -> Notation:
        """The same in tables and lines of text."""
        return _with_dots(self.latex_inline)

    def rounded(self, value: Fraction, places: int, latex: bool = False) -> str:
        """Return a number that is rounded to so many decimals, as text or as LaTeX in math mode."""
        if latex:
            return rounded(value, places, LATEX_DIGITS[self.digits])
        return rounded(value, places, UNICODE_DIGITS[self.digits]).replace("-", "−")

    def equation(self, sides: Sequence[f.Formula]) -> list[str]:
        """Return the sides of an equation in LaTeX: the last is a result, those before it are as they were written."""
        *written, result = sides
        return [*map(self.latex_written.write, written), self.latex.write(result)]

    def _adapted(self, notation: Notation, names: dict[str, str], digits: Digits, alone: _Alone) -> Notation:
        raised = {written for name, written in names.items() if self.notations[name].raised}

        def power(base: str, exponent: f.Formula, chosen: Notation) -> str:
            return notation.power(f"({base})" if base in raised else base, exponent, chosen)

        return replace(
            notation,
            name=lambda name: names.get(name) or notation.name(name),
            function=lambda name: names.get(name) or notation.function(name),
            number=lambda value: grouped(value, digits),
            power=power if raised else notation.power,
            alone=(lambda value: alone(value, digits)) if self.si else None,
        )

    def check_symbols(self, symbols: Collection[str], letters: Mapping[str, str] | None = None) -> None:
        """Raise `SymcnnError` where a notation is that of a symbol that is not there, or looks like another one.

        `letters` are those of formulas of layers, with what they stand for.
        """
        letters = {name: meaning for name, meaning in (letters or {}).items() if name not in symbols}
        known = {*symbols, *letters}
        for name in self.names:
            if name not in known:
                listed = f"symbols are {', '.join(sorted(known))}" if known else "there are no symbols"
                raise SymcnnError(f"there is no symbol '{name}' to notate", hint=did_you_mean(name, known, listed))
        taken = {_look(other): other for other in sorted(known) if other not in self.names}
        for name, code in self.names.items():
            other = taken.setdefault(self.notations[name].look, name)
            if other in letters and other != name:
                hint = f"it is the letter of the layers' formulas for: {letters[other]}"
                raise SymcnnError(f"the notation of '{name}' is '{other}' already", hint=f"{hint}; choose another one")
            if other != name:
                raise SymcnnError(f"the notations of '{name}' and '{other}' look the same", hint="choose another one")
            if not any(character.isalpha() for character in code):
                raise SymcnnError(f"the notation of '{name}' has no letter", hint="as in C_in=N_{i-1}")


def _look(name: str) -> tuple[object, ...]:
    """Return how a symbol looks that has no notation of its own."""
    try:
        return notated(Source("", LATEX.name(name))).look
    except SymcnnError:  # a name such as 变, which no notation has
        return (name, ())


def _with_dots(notation: Notation) -> Notation:
    return replace(notation, signs={**notation.signs, "*": notation.signs["number*"]})


def _alone(form: str, about: str, minus: str) -> _Alone:
    def written(value: int | Fraction, digits: Digits) -> str:
        short = abbreviated(value, digits)
        if short is None:
            return grouped(value, digits).replace("-", minus)
        return ("" if short.exact else about) + form.format(short.digits.replace("-", minus), short.unit)

    return written


PLAIN = Style()
