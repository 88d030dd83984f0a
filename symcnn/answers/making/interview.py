"""An interview: one question after the other, and hints in steps: the mistake, the formula, then the working."""

from __future__ import annotations

from dataclasses import dataclass, field

from symcnn.answers import verdict as v
from symcnn.answers.making.problem import Paper, Problem
from symcnn.answers.verdict import Verdict

MISTAKE, FORMULA, WORKING = 1, 2, 3  # how much is told after so many wrong answers


@dataclass
class Round:
    """One question of an interview; a wrong answer, or a call for a hint, is a step towards the working."""

    problem: Problem
    step: int = 0
    right: bool = False

    @property
    def is_over(self) -> bool:
        """Whether it is answered, or the working was shown."""
        return self.right or self.step >= WORKING

    @property
    def at_once(self) -> bool:
        """Whether it was answered without a hint."""
        return self.right and self.step == 0

    def answer(self, text: str) -> Verdict:
        """Judge an answer; what cannot be read, or is ambiguous, may be typed once more and costs nothing."""
        verdict = self.problem.posed.judge(text)
        self.right = verdict.right
        if not verdict.right and verdict.verdict not in (v.INVALID, v.AMBIGUOUS):
            self.step += 1
        return verdict

    def hint(self) -> None:
        """Go a step further without an answer."""
        self.step += 1


@dataclass
class Interview:
    """The questions of a paper, and how far they were answered."""

    paper: Paper
    rounds: list[Round] = field(default_factory=list)

    def next(self) -> Round | None:
        """Return the next question, or None after the last."""
        if len(self.rounds) == len(self.paper.problems):
            return None
        self.rounds.append(Round(self.paper.problems[len(self.rounds)]))
        return self.rounds[-1]

    @property
    def right(self) -> int:
        """How many questions were answered."""
        return sum(one.right for one in self.rounds)

    @property
    def at_once(self) -> int:
        """How many questions were answered without a hint."""
        return sum(one.at_once for one in self.rounds)
