"""Questions drawn by a seed from templates: of several legal drawings the one that tells most mistakes apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from random import Random
from textwrap import indent
from typing import TypeVar

from symcnn.answers.making.filling import filled, holds
from symcnn.answers.making.problem import Problem, problem, single_mistakes
from symcnn.answers.making.templates import Ask, Template
from symcnn.answers.posing import Posed, analysis_of, posed
from symcnn.answers.questions import Question, Quiz
from symcnn.answers.slips import canonical
from symcnn.errors import SymcnnError

CANDIDATES = 6  # legal drawings, of which the one is taken that tells most mistakes apart
_MOST_DRAWINGS = 2_000  # for all of them
_NAME = "q"
_One = TypeVar("_One")


def one_of(items: Sequence[_One], random: Random) -> _One:
    """Return one of some things; by `random()` alone, which is the same in all versions of Python."""
    return items[int(random.random() * len(items))]


def shuffled(items: Sequence[_One], random: Random) -> list[_One]:
    """Return things in a random order, the same in all versions of Python."""
    return [item for _, item in sorted(((random.random(), place), item) for place, item in enumerate(items))]


@dataclass(frozen=True)
class Drawn:
    """A question with some numbers, and how many groups of known mistakes these tell apart."""

    posed: Posed
    told: int


def drawn(question: Question, quiz: Quiz) -> Drawn:
    """Return a question with what its numbers tell apart; raises `SymcnnError` for what cannot be asked."""
    found = posed(question, quiz)
    return Drawn(found, len({canonical(wrong.value) for wrong in single_mistakes(found)}))


def best(candidates: Iterable[Drawn]) -> Problem | None:
    """Return the first of the candidates that tell most mistakes apart, with its key; None if no numbers are legal."""
    found = list(candidates)
    return problem(max(found, key=lambda one: one.told).posed) if found else None


def from_template(template: Template, asks: Sequence[Ask], id_: str, random: Random) -> Problem:
    """Return a question drawn from a template; `asks` are those of its that may be chosen."""
    ask = one_of(asks, random)
    texts = dict.fromkeys(islice(_nets(template, random), CANDIDATES))
    found = best(drawn(Question(id_, ask.quantity, ask.layer, text), Quiz(())) for text in texts)
    if found is None:
        raise SymcnnError(f"the template {template.id} has no legal numbers")
    return found


def has_symbols(template: Template) -> bool:
    """Tell whether a template leaves symbols in its network, so that formulas are asked for."""
    ask = template.ask[0]
    found = next((Question("", ask.quantity, ask.layer, text) for text in _nets(template, Random(0))), None)
    return found is not None and bool(analysis_of(found, Quiz(())).symbols)


def _nets(template: Template, random: Random) -> Iterator[str]:
    """Yield the template's network with legal numbers."""
    inner = f"\n{indent(template.net, '    ')}\n" if "\n" in template.net else f" {template.net} "
    net = f"net {_NAME} {{{inner}}}"
    for _ in range(_MOST_DRAWINGS):
        numbers = {name: one_of(choices, random) for name, choices in template.draw.items()}
        if all(holds(condition, numbers) for condition in template.where):
            yield filled(net, numbers)
