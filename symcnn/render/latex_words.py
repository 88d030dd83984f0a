"""Words in LaTeX: special characters escaped, Greek letters and signs of mathematics in math mode."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from symcnn.formula.nodes import Name
from symcnn.formula.notation import latex

_SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "^": r"\textasciicircum{}", "~": r"$\sim$", "—": "---", "–": "--", "…": r"\dots{}",
    "→": r"$\to$", "∞": r"$\infty$", "≤": r"$\le$", "≥": r"$\ge$", "≠": r"$\ne$", "×": r"$\times$", "<": "$<$",
    ">": "$>$", "·": r"$\cdot$", "−": "$-$", "⌊": r"$\lfloor$", "⌋": r"$\rfloor$", "⌈": r"$\lceil$",
    "⌉": r"$\rceil$", "|": r"$|$", '"': "''", "≈": r"$\approx$", "µ": r"$\mu$",
}  # fmt: skip
_RAISED = {"<super>": "^", "<sub>": "_"}
_LONG = 16  # characters of a name that may be broken
_AFTER_CHINESE = re.compile(r"(?<=[\u2e80-\uffef]) ")  # a space that CJK would leave away
_SEAM = re.compile(r"(?<=[._/])(?=[^._/])")


def escaped(words: str) -> str:
    """Return words as LaTeX text."""
    written = "".join(_SPECIAL.get(c, c) if c.isascii() or c in _SPECIAL else _letter(c) for c in words)
    return _AFTER_CHINESE.sub(r"\\ ", written)


@lru_cache(maxsize=20_000)  # tables say the same many times
def flowing(words: str) -> str:
    """Return words as LaTeX text whose long names may be broken after a dot, a slash or an underscore."""
    written = " ".join("\\allowbreak ".join(map(escaped, seams(word))) for word in words.split(" "))
    return _AFTER_CHINESE.sub(r"\\ ", written)


def guarded(line: str) -> str:
    r"""Return what stands after a line break, of which a bracket or star at its beginning would be an option."""
    return f"{{}}{line}" if line.startswith(("[", "*")) else line


def program_latex(text: str) -> str:
    """Return a program in typewriter letters, line by line, indented as it is."""
    lines = (_typewritten(line) for line in text.split("\n"))
    written = " \\\\\n".join(lines)
    return f"\\begin{{quote}}\\raggedright\n{written}\n\\end{{quote}}\n"


def _typewritten(line: str) -> str:
    indent = len(line) - len(line.lstrip(" "))
    return f"\\mbox{{}}\\hspace*{{{0.5 * indent:g}em}}\\texttt{{{escaped(line.strip())}}}"


def seams(name: str) -> list[str]:
    """Return the parts of a name between which a line may end: a short one is one part.

    >>> seams("stage3.repeat1[1..2].conv1")
    ['stage3.', 'repeat1[1..', '2].', 'conv1']
    """
    return _SEAM.split(name) if len(name) >= _LONG else [name]


def _letter(character: str) -> str:
    """Greek letters and superscripts are signs of mathematics to LaTeX."""
    kind, *codes = unicodedata.decomposition(character).split() or [""]
    if kind in _RAISED:
        base = "".join(chr(int(code, 16)) for code in codes).replace("−", "-")
        return f"${_RAISED[kind]}{{{base}}}$"
    return f"${latex(Name(character))}$" if "Α" <= character <= "ω" else character
