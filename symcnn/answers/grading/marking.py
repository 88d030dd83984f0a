"""Marking: one learner's answers to all questions. Equal answers are judged once."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import prod

from symcnn.answers.answered import Answered
from symcnn.answers.grading.own import Own, Values, following, own_value, right_values
from symcnn.answers.grading.row import Marked, by_verdict, failed, followed, missing
from symcnn.answers.judge import values_of
from symcnn.answers.posing import Posed, posed
from symcnn.answers.questions import FOLLOW, Question, Quiz
from symcnn.answers.reference import Question as Asked
from symcnn.answers.verdict import EXACT, Verdict

_MOST_REMEMBERED = 50_000  # answers
_MOST_NAMED = 3  # earlier answers in a message
_SPELLINGS = ("channels_last", "sizes_only", "with_channels", "batch", "no_batch")  # conventions of writing shapes

_Earlier = tuple[tuple[str, str], ...]  # questions and the learner's own answers


class Marker:
    """The questions of a quiz, posed; answers that come again are not judged again."""

    def __init__(self, quiz: Quiz) -> None:
        self._posed = {question.id: posed(question, quiz) for question in quiz.questions}
        self._verdicts: dict[tuple[str, str], Verdict] = {}
        self._own: dict[tuple[str, str], Own | None] = {}
        self._follows: dict[tuple[str, tuple[tuple[str, Values], ...]], Asked | None] = {}
        self._marked: dict[tuple[str, str, _Earlier], Marked] = {}

    def marked(self, answers: Mapping[str, str]) -> dict[str, Marked]:
        """Return what each question earns; one that was not answered is missing. Nothing is raised for an answer."""
        given = {id_: answers[id_] for id_ in self._posed if answers.get(id_, "").strip()}
        return {id_: self._one(id_, given) if id_ in given else missing() for id_ in self._posed}

    def _one(self, id_: str, given: Mapping[str, str]) -> Marked:
        after = self._posed[id_].question.after
        earlier = tuple((name, given[name]) for name in after if name in given)
        key = (id_, given[id_], earlier)
        if key not in self._marked:
            if len(self._marked) > _MOST_REMEMBERED:
                for cache in (self._verdicts, self._own, self._follows, self._marked):
                    cache.clear()
            try:
                self._marked[key] = self._judged(id_, given[id_], earlier)
            except Exception as error:  # whatever it is, it costs this row and no other
                self._marked[key] = failed(type(error).__name__)
        return self._marked[key]

    def _judged(self, id_: str, answer: str, earlier: _Earlier) -> Marked:
        about = self._posed[id_]
        found = self._verdict(id_, answer)
        credit = credit_of(found, about.question)
        share = about.question.credit.get(FOLLOW, Fraction(1))
        if not earlier or found.right or credit >= share:
            return by_verdict(found, credit)
        own = tuple(o for name, text in earlier if (o := self._own_value(name, text)) is not None)
        if all(o.is_right for o in own):
            return by_verdict(found, credit)
        key = (id_, tuple((o.posed.question.id, o.values) for o in own))
        if key not in self._follows:
            self._follows[key] = following(about, own)
        asked = self._follows[key]
        again = None if asked is None else about.judge(answer, asked)
        if again is None or not again.right:
            return by_verdict(found, credit)
        named = 1 if about.question.layer is not None else _MOST_NAMED  # of a chain of layers the last one counts
        return followed(again, share, tuple(o.text for o in own if not o.is_right)[-named:])

    def _verdict(self, id_: str, answer: str) -> Verdict:
        key = (id_, answer)
        if key not in self._verdicts:
            self._verdicts[key] = self._posed[id_].judge(answer)
        return self._verdicts[key]

    def _own_value(self, id_: str, answer: str) -> Own | None:
        key = (id_, answer)
        if key not in self._own:
            self._own[key] = self._read(self._posed[id_], answer, self._verdict(id_, answer))
        return self._own[key]

    def _read(self, about: Posed, answer: str, found: Verdict) -> Own | None:
        """Return what others may follow from: what is right, a shape by another convention too, or their own value."""
        if found.verdict == EXACT or found.convention in _SPELLINGS:
            return Own(about, right_values(about))
        values: Answered | None = values_of(answer, about.asked, about.names, about.locale)
        return None if values is None or values.order else own_value(about, values.values)


def credit_of(found: Verdict, question: Question) -> Fraction:
    """Return the share of the marks: all for what is right, else by convention, mistake or verdict.

    Of several mistakes that give the same answer the one counts that earns most; of two made together the product.
    """
    if found.right:
        return Fraction(1)
    credit = question.credit
    if found.convention in credit:
        return credit[str(found.convention)]
    ways = [prod((credit.get(slip.id, Fraction(0)) for slip in way), start=Fraction(1)) for way in found.causes]
    if any(slip.id in credit for slip in found.slips):
        return max(ways)
    return credit.get(found.verdict, found.credit)
