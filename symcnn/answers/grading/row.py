"""A row of a mark sheet: one learner's answer to one question, and what it earns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from symcnn.answers.messages import LANGUAGES, Words
from symcnn.answers.verdict import EXACT, INVALID, UNDECIDED, VERDICTS, Verdict

FOLLOW, MISSING = "follow", "missing"  # verdicts of a sheet, beside those on an answer alone
OUTCOMES = (EXACT, FOLLOW, *VERDICTS[1:], MISSING)

_FOLLOWED = (
    "Right, given what you answered before ({}).",
    "按你前面的答案（{}）推算，结果正确。",
)
_MISSING = ("There is no answer.", "没有作答。")
_REFUSED = ("Not marked: {}.", "未评分：{}。")
_FAILED = (
    "This could not be judged ({}); please look at it yourself.",
    "无法判定（{}），请人工查看。",
)


@dataclass(frozen=True)
class Marked:
    """What is said of an answer: the verdict, the share of the marks, mistakes by their ids, the answer as read."""

    verdict: str
    credit: Fraction
    message: Mapping[str, str]
    slips: tuple[str, ...] = ()
    likely: tuple[str, ...] = ()  # of several explanations the first: one mistake, or two together
    reading: str = ""
    condition: str | None = None
    convention: str | None = None

    def data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "verdict": self.verdict,
            "credit": str(self.credit),
            "slips": list(self.slips),
            "likely": list(self.likely),
            "message": dict(self.message),
            "reading": self.reading,
            "condition": self.condition,
            "convention": self.convention,
        }

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Marked:
        """Return it from plain data."""
        return cls(
            **{
                **data,
                "credit": Fraction(data["credit"]),
                "slips": tuple(data["slips"]),
                "likely": tuple(data["likely"]),
            }
        )


@dataclass(frozen=True)
class Row:
    """One row: the raw answer is as it was typed, and None where there is none."""

    learner: str
    question: str
    answer: str | None
    marked: Marked
    marks: Fraction

    @property
    def verdict(self) -> str:
        """The verdict: one on an answer, `follow` or `missing`."""
        return self.marked.verdict

    @property
    def credit(self) -> Fraction:
        """The share of the marks, from 0 to 1."""
        return self.marked.credit

    @property
    def slips(self) -> tuple[str, ...]:
        """The ids of the mistakes that give exactly this answer."""
        return self.marked.slips

    def data(self) -> dict[str, Any]:
        """Return the row as plain data."""
        head = {"learner": self.learner, "question": self.question, "answer": self.answer}
        return {**head, **self.marked.data(), "marks": str(self.marks)}


def by_verdict(found: Verdict, credit: Fraction) -> Marked:
    """Return what is said where the verdict stands as it is."""
    return Marked(
        found.verdict,
        credit,
        found.message,
        tuple(dict.fromkeys(slip.id for slip in found.slips)),
        tuple(dict.fromkeys(slip.id for slip in found.causes[0])) if found.causes else (),
        found.reading,
        found.condition,
        found.convention,
    )


def followed(found: Verdict, credit: Fraction, before: tuple[str, ...]) -> Marked:
    """Return that an answer is right after the learner's own earlier ones."""
    said = ", ".join(before), "，".join(before)
    return Marked(FOLLOW, credit, _said(_FOLLOWED, said), reading=found.reading)


def missing() -> Marked:
    """Return that there is no answer."""
    return Marked(MISSING, Fraction(0), _said(_MISSING))


def failed(why: str) -> Marked:
    """Return that an answer could not be judged, which is no verdict on it."""
    return Marked(UNDECIDED, Fraction(0), _said(_FAILED, (why, why)))


def refused(why: Words) -> Marked:
    """Return that an answer is not marked, since the table of answers does not say whose or which it is."""
    return Marked(INVALID, Fraction(0), _said(_REFUSED, why))


def _said(texts: Words, words: Words | None = None) -> dict[str, str]:
    pairs = zip(LANGUAGES, texts, words or ("", ""), strict=True)
    return {language: text.format(word) for language, text, word in pairs}
