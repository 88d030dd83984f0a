"""The commands of LaTeX that answers have, and what they stand for."""

from __future__ import annotations

from symcnn.answers.vocabulary import listed
from symcnn.formula.greek import GREEK_LETTERS

# What stands for one sign of plain text.
SIGNS = {
    "cdot": "·", "bullet": "·", "times": "×", "ast": "*", "star": "*", "div": "/", "bmod": "%", "mod": "%", "%": "%",
    "le": "<=", "leq": "<=", "leqslant": "<=", "ge": ">=", "geq": ">=", "geqslant": ">=", "lt": "<", "gt": ">",
    "ne": "!=", "neq": "!=", "approx": "≈", "simeq": "≈", "cong": "≈", "sim": "~", "equiv": "=", "in": "=", "to": "→",
    "rightarrow": "→", "longrightarrow": "→", "Rightarrow": "→", "implies": "→", "mapsto": "→", "colon": ":",
    "lbrack": "[", "rbrack": "]", "slash": "/",
}  # fmt: skip
BRACKETS = {"lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉", "{": "(", "}": ")", "lparen": "(", "rparen": ")"}
BARS = {"lvert": "left", "rvert": "right"}
LETTERS = {word: letter for letter, word in GREEK_LETTERS.items()} | {
    "varepsilon": "ε", "vartheta": "θ", "varphi": "φ", "varrho": "ρ", "varsigma": "σ", "ell": "l", "infty": "∞",
}  # fmt: skip
FUNCTIONS = listed(
    """
    max min log ln lg exp gcd lcm floor ceil
    """
)
BINOMIALS = listed(
    """
    binom dbinom tbinom
    """
)
FRACTIONS = listed(
    """
    frac dfrac tfrac cfrac nicefrac sfrac
    """
)
# Words and letters in a font: the braces around them are nothing but dress.
TEXTS = listed(
    """
    text mathrm mathit mathsf mathbf mathtt mathcal mathnormal boldsymbol mbox textrm textbf textit texttt
    textsf operatorname operatorname* rm bf it mathop mathord hbox ensuremath displaystyle bm
    """
)
BOXES = frozenset(("boxed", "fbox", "framebox"))
BRACED = frozenset(("underbrace", "overbrace", "underline", "overline"))
# What changes only how things look.
SKIPPED = listed(
    """
    left right big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr bigm middle limits nolimits
    textstyle quad qquad enspace thinspace thickspace medspace nonumber notag displaystyle hfill noindent # $
    & allowbreak nobreak scriptstyle relax newline strut hline therefore checkmark
    """
)
ENVIRONMENTS = listed(
    """
    aligned align alignat equation gather gathered split math displaymath eqnarray multline array flalign
    """
)
SERIES = {"sum": "sum", "prod": "prod", "∑": "sum", "Σ": "sum", "∏": "prod", "Π": "prod"}
