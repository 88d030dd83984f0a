"""The verdict on an answer: data that a program, a mark sheet and a notebook can use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from symcnn.errors import printable

if TYPE_CHECKING:
    from symcnn.answers.equality import Counterexample
    from symcnn.answers.slips import SlipMade

EXACT, ASSUME, CONVENTION, APPROX, ASYMP = "exact", "assume", "convention", "approx", "asymp"
INCONSISTENT, WRONG, AMBIGUOUS, INVALID, UNDECIDED = "inconsistent", "wrong", "ambiguous", "invalid", "undecided"
VERDICTS = (EXACT, ASSUME, CONVENTION, APPROX, ASYMP, INCONSISTENT, WRONG, AMBIGUOUS, INVALID, UNDECIDED)


@dataclass(frozen=True)
class Verdict:
    """What is to be said of an answer.

    `verdict` is one of exact, assume, convention, approx, asymp, inconsistent, wrong, ambiguous, invalid, undecided;
    `right` tells whether it counts as right, and `credit`, from 0 to 1, how much it earns where the question does not
    say otherwise. `reading` is the answer as it was read, in LaTeX (of an ambiguous one both readings), `reading_text`
    the same in plain text, `repairs` what was mended to read it. `condition` is in the language's spelling
    ("H % 2 == 0"), `convention` a name; `slips` are the known mistakes that give exactly this answer, and `causes` the
    ways they do: one of them, or two together.
    `message` has one or two sentences by language, en and zh; `repairs_chinese` are the repairs in Chinese.
    """

    verdict: str
    right: bool
    credit: Fraction
    reading: str = ""
    repairs: tuple[str, ...] = ()
    condition: str | None = None
    convention: str | None = None
    slips: tuple[SlipMade, ...] = ()
    causes: tuple[tuple[SlipMade, ...], ...] = ()
    counterexample: Counterexample | None = None
    message: Mapping[str, str] = field(default_factory=dict)
    repairs_chinese: tuple[str, ...] = ()
    reading_text: str = ""

    def data(self) -> dict[str, Any]:
        """Return the verdict as plain data: numbers that may be long, and fractions, are strings."""
        return {
            "verdict": self.verdict,
            "right": self.right,
            "credit": str(self.credit),
            "reading": printable(self.reading),
            "reading_text": printable(self.reading_text),
            "repairs": list(map(printable, self.repairs)),
            "repairs_zh": list(map(printable, self.repairs_chinese)),
            "condition": self.condition,
            "convention": self.convention,
            "slips": [{"id": s.id, "layers": list(s.layers), "text": {"en": s.text, "zh": s.zh}} for s in self.slips],
            "counterexample": None if self.counterexample is None else _example(self.counterexample),
            "message": {language: printable(text) for language, text in self.message.items()},
        }

    def to_json(self) -> str:
        """Return the verdict as JSON, on one line."""
        import json  # which a verdict in words does not need

        return json.dumps(self.data(), ensure_ascii=False)

    def __str__(self) -> str:
        return f"{self.verdict}: {printable(self.message.get('en', ''))}"

    def _repr_html_(self) -> str:
        from html import escape

        sign = "✓" if self.right else "✗"
        parts = [f"<strong>{sign} {escape(self.verdict)}</strong> {escape(printable(self.message.get('en', '')))}"]
        if self.reading:
            parts.append(f"<br><span>\\({escape(printable(self.reading))}\\)</span>")
        return f"<div>{''.join(parts)}</div>"


def _example(found: Counterexample) -> dict[str, Any]:
    values = {name: str(value) for name, value in found.values.items()}
    return {"values": values, "answer": _plain(found.answer), "expected": _plain(found.expected)}


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(map(_plain, value))
    return None if value is None else str(value)
