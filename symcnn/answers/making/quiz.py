"""`quiz`: an exam drawn by a seed, from the templates or from given networks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

from symcnn.answers.making.drawing import from_template, has_symbols, shuffled
from symcnn.answers.making.networks import Asker, question_base
from symcnn.answers.making.problem import Paper, Problem
from symcnn.answers.making.templates import Template, chosen_templates, load_templates
from symcnn.answers.making.templates import templates as templates_of_symcnn
from symcnn.answers.making.wording import wording
from symcnn.answers.messages import LANGUAGES
from symcnn.answers.questions import Quiz
from symcnn.errors import SymcnnError, did_you_mean
from symcnn.syntax import load_file
from symcnn.tree import Network

MOST_QUESTIONS = 200
DEFAULT_COUNT = 10
TITLES = ("Sizes, parameters and operations of convolutional networks", "卷积网络的尺寸、参数量与运算量")


def quiz(
    source: str | Path | Network | Sequence[Network] | None = None,
    *,
    count: int | None = None,
    seed: int | str = 0,
    quantities: str | Sequence[str] = (),
    templates: str | Sequence[str] = (),
    level: int | None = None,
    formulas: bool = False,
    language: str = "en",
    title: str = "",
) -> Paper:
    """Return an exam of `count` questions with random sizes: the same for the same seed, on every machine.

    Without a `count` there are ten, or as many as networks have that are worth asking.

    Without a `source` it is drawn from the templates of symcnn, all of them or those named, or from those of a TOML
    file of your own; else from the networks of a file, or from networks that `parse` or `load` returned, whose symbols
    get random legal values. `quantities` are those that may be asked. With `formulas` symbols stay, and only formulas
    are asked for. Raises `SymcnnError` where there are not `count`
    questions worth asking.

    >>> found = quiz(count=1, seed=7, templates="conv.params", quantities="params")
    >>> found.problems[0].question.net, found.problems[0].value
    ('net q { input 3×36×36; conv1: Conv(20, 5) }', 1520)
    """
    _check(DEFAULT_COUNT if count is None else count, language)
    wanted, ids = _listed(quantities), _listed(templates)
    empty = Quiz((), title or TITLES[LANGUAGES.index(language)], lang=language)
    if source is None or is_toml(source):
        known = templates_of_symcnn() if source is None else load_templates(str(source))
        chosen = chosen_templates(known, wanted, ids, level)
        if formulas:
            chosen = tuple(one for one in chosen if has_symbols(one))
        if not chosen:
            raise SymcnnError("no template leaves a symbol", hint="leave a name out of 'draw', as C in M×H×H")
        return _with_texts(empty, _from_templates(DEFAULT_COUNT if count is None else count, seed, wanted, chosen))
    if ids or level is not None:
        raise SymcnnError("templates and levels are of quizzes without a network")
    folder = Path(source).resolve().parent if isinstance(source, (str, Path)) else None
    return _with_texts(replace(empty, folder=folder), _from_networks(source, count, seed, wanted, folder, formulas))


def is_toml(source: object) -> bool:
    """Tell whether a path is that of a TOML file."""
    return isinstance(source, (str, Path)) and Path(source).suffix == ".toml"


def _check(count: int, language: str) -> None:
    if language not in LANGUAGES:
        hint = did_you_mean(str(language), LANGUAGES, f"languages are {', '.join(LANGUAGES)}")
        raise SymcnnError(f"unknown language '{language}'", hint=hint)
    if not 1 <= count <= MOST_QUESTIONS:
        raise SymcnnError(f"a quiz has 1 to {MOST_QUESTIONS} questions, not {count}")


def _listed(names: str | Sequence[str]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names)


def _from_templates(
    count: int, seed: int | str, quantities: tuple[str, ...], templates: Sequence[Template]
) -> Iterator[Problem]:
    """Yield questions, from every template one before the second of any."""
    order = Random(f"{seed}/order")
    chosen: list[Template] = []
    while len(chosen) < count:
        chosen += shuffled(templates, order)
    for number, template in enumerate(chosen[:count], 1):
        asks = [ask for ask in template.ask if not quantities or ask.quantity in quantities]
        yield from_template(template, asks, f"q{number}", Random(f"{seed}/{number}"))


def _from_networks(
    source: str | Path | Network | Sequence[Network],
    count: int | None,
    seed: int | str,
    quantities: tuple[str, ...],
    folder: Path | None,
    formulas: bool,
) -> Iterator[Problem]:
    networks, where = _networks(source)
    place = Path(where).name if where and folder and not where.startswith("zoo/") else where
    askers = [Asker(x, question_base(x, place), Quiz((), folder=folder), quantities, formulas) for x in networks]
    for number in range(1, (count or DEFAULT_COUNT) + 1):
        random = Random(f"{seed}/{number}")
        order = shuffled(askers, random)
        found = next((x for x in (asker.problem(f"q{number}", random) for asker in order) if x is not None), None)
        if found is None and count is None and number > 1:
            return
        if found is None:
            names = ", ".join(network.name for network in networks)
            hint = "ask for fewer with count" if number > 1 else "ask for other quantities"
            raise SymcnnError(f"only {number - 1} questions about {names} are worth asking", hint=hint)
        yield found


def _networks(source: str | Path | Network | Sequence[Network]) -> tuple[list[Network], str | None]:
    """Return the networks that have an input, and the path of their file."""
    if isinstance(source, Network):
        return [source], None
    if not isinstance(source, (str, Path)):
        return list(source), None
    file = load_file(source)
    nets = [file.nets[file.asked]] if file.asked else [net for net in file.own_nets.values() if net.input is not None]
    if not nets:
        raise SymcnnError(f"{file.source.name} has no network with an input")
    return [Network(file, net) for net in nets], str(source)


def _with_texts(quiz_: Quiz, problems: Iterator[Problem]) -> Paper:
    """Return the paper; its questions say in words what is asked, so that their sheet can be read alone."""
    found = tuple(_spoken(one, quiz_.lang) for one in problems)
    return Paper(replace(quiz_, questions=tuple(one.question for one in found)), found)


def _spoken(problem: Problem, language: str) -> Problem:
    question = replace(problem.question, text=wording(problem.posed, language).ask)
    return replace(problem, posed=replace(problem.posed, question=question))
