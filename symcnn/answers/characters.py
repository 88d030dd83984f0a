"""Which characters are read as which plain ones, and which are refused by name."""

from __future__ import annotations

import unicodedata
from functools import cache

# By shape: a keyboard in another script writes them for Latin letters.
LOOK_ALIKES = dict(zip("АВЕКМНОРСТХУЅІЈаеорсухѕіј", "ABEKMHOPCTXYSIJaeopcyxsij", strict=True)) | dict(
    zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧο", "ABEZHIKMNOPTYXo", strict=True)
)
TIMES = dict.fromkeys("·⋅∙•・･‧᛫", "·") | dict.fromkeys("×✕✖⨉⨯", "×") | dict.fromkeys("∗⁎⚹✱﹡", "*")
DIVIDED = dict.fromkeys("÷∕⁄➗", "/")
MINUS = dict.fromkeys("−–—‐‑‒―⁃﹣－➖﹘", "-")
SPACES = dict.fromkeys(
    "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000", " "
)
LINES = dict.fromkeys("\r\u2028\u2029\u0085\v\f", "\n")
INVISIBLE = frozenset("\u00ad\u200b\u200c\u200d\u2060\u2061\ufeff\u180e\ufe0e\ufe0f")
OPERATORS = {"\u2062": "·", "\u2063": ", ", "\u2064": "+"}  # that are meant and not seen
QUOTES = dict.fromkeys("’‘ʼ′＇ʹ`´", "'")
RELATIONS = {
    "≤": "<=",
    "≥": ">=",
    "≦": "<=",
    "≧": ">=",
    "⩽": "<=",
    "⩾": ">=",
    "≠": "!=",
    "∈": "=",  # of an order
    "≅": "≈",
    "≃": "≈",
    "≒": "≈",
    "∼": "~",
    "⟶": "→",
    "⇒": "→",
    "➔": "→",
    "➜": "→",
    "⟹": "→",
    "↦": "→",
    "≡": "=",
}
SUPERSCRIPTS = dict(
    zip(
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱᵃᵇᶜᵈᵉᶠᵍʰʲᵏˡᵐᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂ·",
        "0123456789+-=()niabcdefghjklmoprstuvwxyzABDEGHIJKLMNOPRTUVW·",
        strict=True,
    )
)
del SUPERSCRIPTS["·"], SUPERSCRIPTS["⁼"]
SUBSCRIPTS = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", "0123456789+-aehijklmnoprstuvx", strict=True))
SEPARATORS = {"٫": ".", "٬": ",", "､": ",", "、": ",", "〇": "0"}
FRACTIONS = {c: unicodedata.normalize("NFKC", c).replace("⁄", "/") for c in "½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅐⅛⅜⅝⅞⅑⅒"}
BRACKETS = dict(zip("（）［］｛｝【】〔〕⟮⟯", "()[]{}[]()()", strict=True))
_NAMED = {
    "\u061c": "bidirectional", "\u200e": "bidirectional", "\u200f": "bidirectional", "\x00": "NUL",
}  # fmt: skip
_COMPATIBLE = ((0xFF01, 0xFF5E), (0x1D400, 0x1D7FF), (0x2100, 0x214F), (0xFE50, 0xFE6B), (0xFFE0, 0xFFE6))


@cache
def refusal(character: str) -> str | None:
    """Return how a character is called that no answer may have, or None."""
    code = ord(character)
    if character in _NAMED:
        name = _NAMED[character]
        return "a NUL character" if name == "NUL" else "a bidirectional control"
    if 0x202A <= code <= 0x202E or 0x2066 <= code <= 0x2069:
        return "a bidirectional control"
    if 0xD800 <= code <= 0xDFFF:
        return "a lone surrogate"
    if 0xE0000 <= code <= 0xE007F:
        return "a tag character"
    if 0xE0100 <= code <= 0xE01EF:
        return "a variation selector"
    category = unicodedata.category(character)
    if category == "Cc" and character not in "\t\n\r\v\f\x85":
        return "a control character"
    if category in ("Mn", "Me", "Mc"):
        return "a combining mark"
    return {"Co": "a private-use character", "Cn": "an unassigned character", "Cf": "a format character"}.get(category)


@cache
def compatible(character: str) -> str | None:
    """Return the plain form of a full-width character, of a mathematical letter and of another script's digit."""
    code = ord(character)
    if any(first <= code <= last for first, last in _COMPATIBLE):
        plain = unicodedata.normalize("NFKC", character)
        return plain if plain != character else None
    digit = unicodedata.decimal(character, None)
    return None if digit is None else str(digit)
