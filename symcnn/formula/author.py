"""An author's own notation: LaTeX code for a symbol, which must be harmless, and how it reads as plain text.

The code is read, not searched for what is forbidden: what is not known here is an error that shows its place.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import NoReturn

from symcnn.errors import SymcnnError, did_you_mean
from symcnn.formula.greek import GREEK_LETTERS
from symcnn.source import Source

_LONGEST = 80  # characters of a notation
_SYMBOLS = {name: letter for letter, name in GREEK_LETTERS.items() if name != "omicron"} | {
    "varepsilon": "ε", "vartheta": "ϑ", "varphi": "φ", "varrho": "ϱ", "varsigma": "ς", "ell": "ℓ", "infty": "∞",
    "prime": "′", "ast": "∗", "star": "⋆", "circ": "∘", "bullet": "•", "dagger": "†", "cdot": "·", "times": "×",
    "pm": "±", "to": "→", "dots": "…", "ldots": "…", "cdots": "⋯",
}  # fmt: skip
_ACCENTS = {
    "hat": "\u0302", "widehat": "\u0302", "tilde": "\u0303", "widetilde": "\u0303", "bar": "\u0304",
    "overline": "\u0304", "dot": "\u0307", "ddot": "\u0308", "vec": "\u20d7", "underline": "\u0331",
}  # fmt: skip
_BOLD = {ord(start) + i: bold + i for start, bold in (("A", 0x1D400), ("a", 0x1D41A)) for i in range(26)}
_FONTS = ("mathrm", "mathit", "mathbf", "boldsymbol", "mathsf", "mathtt", "mathcal")
_TELLING = re.compile(r"\\(mathsf|mathtt|mathcal)")  # fonts by which symbols are told apart
_WORD = re.compile(r"\{([A-Za-z0-9 .,-]*)\}")  # what \text may hold
_SPACES = {",": " ", ";": " ", ":": " ", "!": ""}
_SIGNS = "+-*/=.,:;|()[] "  # only inside braces: outside they would read as a calculation
_LOWERED = dict(zip("0123456789+−=()aehijklmnoprstuvxβγρφχ", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ", strict=True))
_RAISED = dict(zip("0123456789+−=()in", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁱⁿ", strict=True))
_MARKS = {"_": (_LOWERED, "subscripts"), "^": (_RAISED, "superscripts")}


@dataclass(frozen=True, slots=True)
class Notated:
    """How a symbol is written: in LaTeX and as text; `raised` where it has a superscript already."""

    latex: str
    text: str
    raised: bool

    @property
    def look(self) -> tuple[object, ...]:
        """What a reader tells symbols apart by: the same where two look alike."""
        return self.text, tuple(_TELLING.findall(self.latex))


def notated(source: Source, start: int = 0) -> Notated:
    r"""Read the LaTeX code of a symbol, from `start` on; raises `SymcnnError` with the place of what is not harmless.

    >>> notated(Source("notation", r"\hat N_{i-1}")).text
    'N̂ᵢ₋₁'
    """
    code = source.text[start:]
    if not code.strip() or len(code) > _LONGEST:
        message = "a notation is empty" if not code.strip() else f"a notation has more than {_LONGEST} characters"
        raise SymcnnError(message, source.span(start, len(source.text)), "as in N_{i-1}")
    reader = _Reader(source, start)
    text = reader.formula(inside=False).strip()
    raised = "^" in code or "'" in code
    return Notated(f"{{{code.strip()}}}" if raised else code.strip(), text, raised)


@dataclass(slots=True)
class _Reader:
    """Reads LaTeX code from a place on, and returns it as plain text."""

    source: Source
    place: int

    def formula(self, inside: bool, braced: bool = False) -> str:
        """Read to the end, or where `braced` to the closing brace; `inside` a script signs are no calculation."""
        text = ""
        while self._next() and not (braced and self._next() == "}"):
            start = self.place
            item = self._item(inside)
            if text and item and not (inside or item.isdigit()):
                hint = r"one symbol is a letter with its subscripts, or a word such as \mathrm{in}"
                raise SymcnnError("this would read as a product", self.source.span(start, self.place), hint)
            text += item
        return text

    def _next(self) -> str:
        return self.source.text[self.place : self.place + 1]

    def _item(self, inside: bool) -> str:
        """Read one thing with its subscript, superscript and primes: LaTeX takes one of each."""
        text = self._thing(inside)
        seen = set()
        while (sign := self._next()) and sign in "_^'":
            if sign in seen or (sign == "'" and "^" in seen):
                self._refuse(f"LaTeX cannot have two {_MARKS[sign if sign in _MARKS else '^'][1]} here", "use braces")
            self.place += 1
            if sign == "'":
                text += sign
                continue
            seen.add(sign)
            start = self.place
            script = self._argument()
            if sign == "^" and not inside and script.isdigit():
                raise SymcnnError("this would read as a power", self.source.span(start, self.place), f"^{{({script})}}")
            text += _marked(sign, script)
        return text

    def _thing(self, inside: bool) -> str:
        character = self._next()
        if character == "\\":
            return self._command()
        if character == "{":
            return self._braces(inside)
        if character in _SIGNS and not inside and character != " ":
            self._refuse(f"'{character}' would read as a calculation", "put it into braces, as in N_{i-1}")
        if not (character.isascii() and character.isalnum()) and character not in _SIGNS:
            self._refuse(f"'{character}' is not allowed in a notation", _advice(character))
        self.place += 1
        return "−" if character == "-" else character if inside or character != " " else ""

    def _braces(self, inside: bool) -> str:
        start = self.place
        self.place += 1
        text = self.formula(inside, braced=True)
        if not self._next():
            raise SymcnnError("this brace is not closed", self.source.span(start, start + 1))
        self.place += 1
        return text

    def _argument(self) -> str:
        while self._next() == " ":
            self.place += 1
        if not self._next() or self._next() in "}_^'":
            self._refuse("something is missing here", "as in N_{i-1}")
        start = self.place
        text = self._thing(inside=True)
        if self.source.text[start] == "\\" and self.source.text[start + 1 : self.place] not in _SYMBOLS:
            span = self.source.span(start, self.place)
            raise SymcnnError("LaTeX wants braces around this", span, f"{{{span.text}}}")
        return text

    def _command(self) -> str:
        start = self.place
        text = self.source.text
        self.place += 1
        while self._next().isascii() and self._next().isalpha():
            self.place += 1
        name = text[start + 1 : self.place]
        if not name and self._next() and self._next() in _SPACES:
            self.place += 1
            return _SPACES[text[self.place - 1]]
        if name in _SYMBOLS:
            return _SYMBOLS[name]
        if name in _ACCENTS:
            return _accented(self._argument(), _ACCENTS[name])
        if name in _FONTS:
            written = self._argument()
            return written.translate(_BOLD) if name in ("mathbf", "boldsymbol") else written
        if name == "text" and (word := _WORD.match(text, self.place)):
            self.place = word.end()
            return word[1]
        span = self.source.span(start, max(self.place, start + 2))
        raise SymcnnError(f"{span.text} is not allowed in a notation", span, _instead(name))

    def _refuse(self, message: str, hint: str | None) -> NoReturn:
        raise SymcnnError(message, self.source.span(self.place, self.place + 1), hint)


def _instead(command: str) -> str | None:
    if command == "text":
        return r"it takes letters, digits and spaces, as in \text{in}"
    if command in ("textrm", "operatorname", "rm"):
        return r"write \mathrm{…}"
    fonts, accents = (", ".join(f"\\{name}" for name in names) for names in (_FONTS, _ACCENTS))
    allowed = rf"allowed are Greek letters, \ell, \text, {fonts}, {accents}"
    return did_you_mean(command, (*_SYMBOLS, *_ACCENTS, *_FONTS), allowed)


def _accented(text: str, accent: str) -> str:
    return unicodedata.normalize("NFC", text[:1] + accent) + text[1:]


def _marked(sign: str, text: str) -> str:
    """Return small letters where Unicode has them all: Nᵢ₋₁, else N_in or N_(i,c)."""
    table = _MARKS[sign][0]
    if text and all(character in table for character in text):
        return "".join(table[character] for character in text)
    return f"{sign}{text}" if text.isalnum() or text[:1] + text[-1:] == "()" else f"{sign}({text})"


def _advice(character: str) -> str | None:
    if character == "$":
        return "a notation is in math mode already"
    if character in "{}":
        return "there is no brace that it closes"
    if character in GREEK_LETTERS:
        return f"write \\{GREEK_LETTERS[character]}"
    return r"letters, digits, subscripts, superscripts, and commands such as \alpha and \mathrm{in}"
