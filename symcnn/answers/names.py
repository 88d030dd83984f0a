"""The names of a question: which letters of an answer are one symbol, which are a product, which are unknown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from symcnn.formula.greek import GREEK_LETTERS

_WORDS_OF_LETTERS = {word: letter for letter, word in GREEK_LETTERS.items()}
_SUBSCRIPT_DRESS = re.compile(r"\\(?:text|mathrm|mathit|mathsf|rm|mbox|textrm|operatorname)\b|[{}\\\s]")
_LONE = re.compile(r"[A-Za-zα-ωΑ-Ω]'*$|[A-Za-zα-ωΑ-Ω]_\w+'*$")  # one letter, perhaps with a subscript
TIMES = "×"  # the x of HxW, which nothing declares
_MOST_REMEMBERED = 5_000
_LONGEST_WORD = 60  # letters of a run of symbols
_LONGEST_FOLDED = 6


@dataclass(frozen=True, slots=True)
class Piece:
    """One symbol of a run of letters: its name, and where it stands in the run."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Resolved:
    """A run of letters as symbols. `assumed` are (as written, as read); `free` are names that nothing declares."""

    pieces: tuple[Piece, ...]
    assumed: tuple[tuple[str, str], ...] = ()
    free: tuple[str, ...] = ()
    word: bool = False  # it may as well be a word of a sentence
    mended: tuple[tuple[str, str], ...] = ()  # (as written, as read) where an underscore was left out


class Names:
    """The symbols that a question declares, and other spellings of them.

    >>> names = Names(["C_in", "C_out", "K", "H"], {"cin": "C_in"})
    >>> [piece.name for piece in names.resolve("KC_inC_out").pieces], names.resolve("k").assumed
    (['K', 'C_in', 'C_out'], (('k', 'K'),))
    """

    def __init__(self, symbols: Iterable[str], aliases: Mapping[str, str] | None = None) -> None:
        self.symbols = tuple(dict.fromkeys(symbols))
        self.aliases = dict(aliases or {})
        self._spelt: dict[str, str] = {}
        for written, name in [*((s, s) for s in self.symbols), *self.aliases.items()]:
            for spelling in _spellings(written):
                self._spelt.setdefault(spelling, name)
        self._by_length = sorted(self._spelt, key=len, reverse=True)
        self._folded: dict[str, set[str]] = {}
        for spelling, name in self._spelt.items():
            self._folded.setdefault(_folded(spelling), set()).add(name)
        self._remembered: dict[tuple[str, frozenset[str]], Resolved] = {}

    def __contains__(self, word: str) -> bool:
        return word in self._spelt

    def __bool__(self) -> bool:
        return bool(self._spelt)

    def splits(self, word: str, bound: frozenset[str] = frozenset()) -> bool:
        """Tell whether a run of letters is a product of declared symbols only."""
        found = self.resolve(word, bound)
        return not found.free and not found.assumed

    def resolve(self, word: str, bound: frozenset[str] = frozenset()) -> Resolved:
        """Return which symbols a run of letters is; `bound` are the indices of sums."""
        key = word, bound
        if key not in self._remembered:
            if len(self._remembered) > _MOST_REMEMBERED:
                self._remembered.clear()
            self._remembered[key] = self._resolve(word, bound)
        return self._remembered[key]

    def _resolve(self, word: str, bound: frozenset[str]) -> Resolved:
        if word in bound or word in self._spelt:
            name = word if word in bound else self._spelt[word]
            return Resolved((Piece(name, 0, len(word)),))
        if len(word) <= _LONGEST_WORD and (pieces := self._split(word, bound)) is not None:
            free = self._free(pieces, bound)
            return Resolved(tuple(pieces), (), free, len(free) > 1 and len(free) == len({p.name for p in pieces}))
        same = self._folded.get(_folded(word), set())
        if len(same) == 1:
            name = next(iter(same))
            other = any(
                _folded(s) == _folded(word) and s.replace("_", "") == word.replace("_", "") for s in self._spelt
            )
            difference = ((word, name),)
            return Resolved(
                (Piece(name, 0, len(word)),), () if other else difference, mended=difference if other else ()
            )
        if len(word) <= _LONGEST_FOLDED and (folded := self._split_folded(word)) is not None:
            return folded
        return Resolved((Piece(word, 0, len(word)),), (), (word,), not _LONE.match(word))

    def _free(self, pieces: list[Piece], bound: frozenset[str]) -> tuple[str, ...]:
        names = dict.fromkeys(piece.name for piece in pieces if piece.name != TIMES and piece.name not in bound)
        return tuple(name for name in names if not self._declares(name))

    def _declares(self, name: str) -> bool:
        return name in self._spelt or name in self.symbols

    def _split(self, word: str, bound: frozenset[str]) -> list[Piece] | None:
        """Cut a run into declared symbols, the longest first, and single capitals that nothing declares.

        At least one symbol must be declared, unless all are capitals. Failing cuts are remembered by their place.
        """
        keys = [*self._by_length, *bound]
        best: dict[int, list[Piece] | None] = {len(word): []}
        for start in range(len(word) - 1, -1, -1):
            best[start] = None
            for key in keys:
                rest = best.get(start + len(key))
                if rest is not None and word.startswith(key, start):
                    name = self._spelt.get(key, key)
                    best[start] = [Piece(name, start, start + len(key)), *rest]
                    break
            if best[start] is None and word[start] in "xX" and 0 < start < len(word) - 1 and best[start + 1]:
                best[start] = [Piece(TIMES, start, start + 1), *(best[start + 1] or [])]
            elif best[start] is None and _is_capital(word[start]):
                rest = best[start + 1]
                if rest is not None and word[start + 1 : start + 2] not in ("_", "'"):
                    best[start] = [Piece(word[start], start, start + 1), *rest]
        return best[0]

    def _split_folded(self, word: str) -> Resolved | None:
        """Read each letter as the symbol that differs only in case, where that is one symbol."""
        pieces, assumed = [], []
        for place, letter in enumerate(word):
            if letter in self._spelt:
                pieces.append(Piece(self._spelt[letter], place, place + 1))
                continue
            same = self._folded.get(_folded(letter), set())
            if len(same) != 1:
                return None
            name = next(iter(same))
            pieces.append(Piece(name, place, place + 1))
            assumed.append((letter, name))
        return Resolved(tuple(pieces), tuple(dict.fromkeys(assumed)), (), True)


def canonical(name: str) -> str:
    r"""Return a name without the dress of LaTeX: C_{\text{in}} and C_\mathrm{in} are C_in."""
    return _SUBSCRIPT_DRESS.sub("", name)


def _spellings(name: str) -> set[str]:
    """Return the forms in which the scanner delivers a name: Greek letters as letters, and as words."""
    plain = canonical(name)
    head, underscore, rest = plain.partition("_")
    primes = head[len(head.rstrip("'")) :]
    bare = head.rstrip("'")
    found = {plain}
    if bare in _WORDS_OF_LETTERS:
        found.add(_WORDS_OF_LETTERS[bare] + primes + underscore + rest)
    if bare in GREEK_LETTERS:
        found.add(GREEK_LETTERS[bare] + primes + underscore + rest)
    return found


def _folded(word: str) -> str:
    return word.casefold().replace("_", "")


def _is_capital(letter: str) -> bool:
    return letter.isalpha() and (letter.isupper() or not letter.isascii())
