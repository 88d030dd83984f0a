"""The rules that a kind leaves out."""

from __future__ import annotations

from functools import cache

from symcnn.formula.meaning import Vocabulary, meaning
from symcnn.formula.nodes import Formula
from symcnn.formula.values import Meaning
from symcnn.library.rules import INPUT_NAMES, OUTPUT_NAMES, PER_AXIS_NAMES, RULES
from symcnn.source import Source
from symcnn.syntax import parse_formula
from symcnn.syntax.cache import kept


def default_formula(name: str) -> Formula:
    """Return the formula of a rule that a kind leaves out."""
    return _default_formulas()[name]


@cache
def _default_formulas() -> dict[str, Formula]:
    texts = {name: rule.default for name, rule in RULES.items()}

    def parsed() -> dict[str, Formula]:
        sources = {name: Source(f"the default of {name}", text, internal=True) for name, text in texts.items()}
        return {name: parse_formula(source) for name, source in sources.items()}

    return kept("defaults", str(texts), parsed)


@cache
def default_rule(name: str) -> Meaning:
    """Return the meaning of a rule that a kind leaves out."""
    known = frozenset((*INPUT_NAMES, *OUTPUT_NAMES, *RULES))
    return meaning(default_formula(name), Vocabulary(known, frozenset(PER_AXIS_NAMES), RULES[name].per_axis))
