"""The parser of answers: their words were told apart before, by what the question declares.

Lark makes the tables from `answer.lark`. They are walked here, as a class of learners gives thousands of answers: what
a rule of one symbol passes on costs nothing, which makes it three times as quick as lark's own walk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, NamedTuple, Protocol

from lark import Lark

from symcnn.syntax.folders import grammar_folder, kept_path


class Word(Protocol):
    """What the parser looks at: the name of a terminal of the grammar."""

    @property
    def type(self) -> str:
        """The terminal."""


class NotParsedError(Exception):
    """A word that cannot stand where it stands; None is the end of the answer. `possible` are terminals."""

    def __init__(self, word: Any, possible: frozenset[str]) -> None:
        super().__init__()
        self.word = word
        self.possible = possible


class _Rule(NamedTuple):
    """A rule to reduce by: how many symbols it takes, what builds them (None: it passes its one symbol on)."""

    name: str
    size: int
    build: Callable[[list[Any]], Any] | None


class AnswerParser:
    """The tables of the grammar, with a builder that has a method for each rule."""

    def __init__(self, builder: object) -> None:
        inner = _lark(builder).parser.parser.parser
        tables, callbacks = inner.parse_table, inner.callbacks
        self._start, self._end = tables.start_states["answer"], tables.end_states["answer"]
        rules = {rule: _rule(rule, build) for rule, build in callbacks.items()}
        # A number is the state that a word leads to.
        self._actions: dict[Any, dict[str, Any]] = {
            state: {name: rules.get(then, then) for name, (_, then) in actions.items()}
            for state, actions in tables.states.items()
        }

        self._passed: dict[tuple[Any, Any, str], Any] = {}

    def parse(self, words: Iterable[Word]) -> Any:
        """Return what the builder makes of the words; raises `NotParsedError`."""
        states: list[Any] = [self._start]
        values: list[Any] = []
        for word in words:
            self._reduce(states, values, word.type, word)
            states.append(self._actions[states[-1]][word.type])
            values.append(word)
        self._reduce(states, values, "$END", None)
        return values[-1]

    def _reduce(self, states: list[Any], values: list[Any], type_: str, word: Any) -> None:
        """Apply rules until the word can be taken, or everything is read."""
        actions = self._actions
        while True:
            then = actions[states[-1]].get(type_)
            if then.__class__ is not _Rule:
                if then is None and states[-1] != self._end:
                    raise NotParsedError(word, frozenset(name for name in actions[states[-1]] if name.isupper()))
                return
            name, size, build = then
            if build is None:
                states[-1] = self._passed_on(states[-2], states[-1], type_)
                continue
            taken = values[-size:]
            del values[-size:], states[-size:]
            values.append(build(taken))
            states.append(actions[states[-1]][name])

    def _passed_on(self, below: Any, top: Any, type_: str) -> Any:
        """Return the state after all the rules that pass one symbol on; there are few such questions."""
        question = below, top, type_
        if question not in self._passed:
            then = self._actions[top].get(type_)
            while then.__class__ is _Rule and then.build is None:
                top = self._actions[below][then.name]
                then = self._actions[top].get(type_)
            self._passed[question] = top
        return self._passed[question]


@cache
def answer_parser(builder: object) -> AnswerParser:
    """Return the parser whose rules are built by `builder`."""
    return AnswerParser(builder)


def _rule(rule: Any, build: Callable[[list[Any]], Any]) -> _Rule:
    size = len(rule.expansion)
    passes_on = rule.options.expand1 and not rule.alias and size == 1
    return _Rule(rule.origin.name, size, None if passes_on else build)


def _lark(builder: object) -> Lark:
    text = (grammar_folder() / "answer.lark").read_text(encoding="utf-8")
    tables = kept_path("answer")
    options: dict[str, Any] = {"parser": "lalr", "lexer": "basic", "start": "answer", "maybe_placeholders": True}
    return Lark(text, cache=str(tables) if tables else False, transformer=builder, **options)
