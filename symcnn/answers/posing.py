"""A question as it is posed: its network analysed, the right answer worked out, and what an answer may say."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path, PureWindowsPath
from typing import Any

from symcnn.algebra.symbols import Value
from symcnn.analysis import Analysis, analyse
from symcnn.analysis.paths import layers_at
from symcnn.answers.answered import Policy
from symcnn.answers.earlier import names_of_earlier, with_names
from symcnn.answers.given import rebuilt
from symcnn.answers.judge import judged, names_of, policy_of
from symcnn.answers.names import Names
from symcnn.answers.questions import Question, Quiz
from symcnn.answers.reference import Question as Asked
from symcnn.answers.reference import question as asked_for
from symcnn.answers.same import Same
from symcnn.answers.toml_places import string_start
from symcnn.answers.verdict import Verdict
from symcnn.errors import SymcnnError, did_you_mean
from symcnn.source import Source, Span
from symcnn.syntax import load_file, parse_alone
from symcnn.syntax.zoo import ZOO
from symcnn.tree import File, Network


@dataclass(frozen=True)
class Posed:
    """A question with what is right: `asked` has the value, `analysis` is None for a formula.

    `pattern` is a formula in which the names of earlier questions (`names_of_earlier`) stand for their answers,
    and `parts` are those questions by their ids.
    """

    question: Question
    asked: Asked
    names: Names
    policy: Policy
    analysis: Analysis | None
    locale: str | None
    pattern: Value | None = None
    parts: tuple[tuple[str, Posed], ...] = ()

    def judge(self, answer: Any, asked: Asked | None = None) -> Verdict:
        """Return the verdict on an answer, or on one to another question in the same terms."""
        return judged(answer, asked or self.asked, self.names, self.policy, self.locale)


def posed(question: Question, quiz: Quiz) -> Posed:
    """Return a question posed; raises `SymcnnError`, with the place in the quiz, for one that cannot be asked."""
    analysis = pattern = None
    parts: dict[str, Posed] = {}
    if question.reference is not None:
        asked, pattern, parts = _of_formula(question, quiz)
    else:
        analysis = analysis_of(question, quiz)
        asked = _of_network(question, analysis)
    with _at(question, "aliases"):
        names = names_of(asked, tuple(sorted(question.aliases.items())))
    locale = question.locale or quiz.locale
    return Posed(question, asked, names, policy_of(question.accept), analysis, locale, pattern, tuple(parts.items()))


def _of_formula(question: Question, quiz: Quiz) -> tuple[Asked, Value | None, dict[str, Posed]]:
    """Return a formula as it is asked, and as a pattern with the earlier questions that are named in it."""
    with _at(question, "reference"):
        about = (question.assume, question.kind, question.quantity)
        found = asked_for(with_names(question), question.symbols or None, *about)
        earlier = {name: id_ for name, id_ in names_of_earlier(question).items() if name in found.given.symbols}
        if not earlier or isinstance(found.value, tuple):
            return found, None, {}
        pattern: Value = found.value
        parts = {id_: posed(quiz[id_], quiz) for id_ in earlier.values()}
        right = {found.given.symbols[name]: parts[id_].asked.value for name, id_ in earlier.items()}
        for name, id_ in earlier.items():
            if isinstance(right[found.given.symbols[name]], tuple):
                raise SymcnnError(f"the answer to '{id_}' is a shape, and no part of a formula")
        declared = {name: domain for name, domain in question.symbols.items() if name not in earlier}
        return asked_for(rebuilt(pattern, found.given.arithmetic, right), declared or None, *about), pattern, parts


def _of_network(question: Question, analysis: Analysis) -> Asked:
    if question.layer is not None and not layers_at(analysis, question.layer):
        known = [layer.path for layer in analysis.layers]
        hint = did_you_mean(question.layer, known, f"the layers are {', '.join(known[:20])}")
        place = question.span("layer" if "layer" in question.spans else "layers")
        raise SymcnnError(f"there is no layer '{question.layer}' in {analysis.net}", place, hint)
    with _at(question, "quantity"):
        return asked_for(
            analysis, None, question.assume, question.kind, quantity=question.quantity, layer=question.layer
        )


def analysis_of(question: Question, quiz: Quiz) -> Analysis:
    """Return the analysis of a question's network; raises `SymcnnError` with the place in the quiz."""
    symbolic = _analysed(_network_of(question, quiz), question)
    if not question.at:
        return symbolic
    with _at(question, "at"):
        return _valued(Same(symbolic), tuple(question.at.items()))


def _analysed(network: Network, by: Question) -> Analysis:
    settings = tuple(by.settings.items())
    known = [parameter.name for parameter in network.definition.parameters]
    for name, _ in settings:
        if name not in known:
            hint = did_you_mean(name, known, f"its parameters are {', '.join(known)}" if known else "it has none")
            raise SymcnnError(f"{network.name} has no parameter '{name}'", by.span("set"), hint)
    with _at(by, "set" if settings else "assume" if by.assume else "net"):
        return _analysis(Same(network.file), network.name, settings, by.assume)


@lru_cache(maxsize=256)
def _analysis(file: Same[File], name: str, settings: tuple[tuple[str, str], ...], assume: tuple[str, ...]) -> Analysis:
    network = Network(file.it, file.it.nets[name])
    given: dict[str, Any] = dict(settings)
    return analyse(network, assume=assume, **given)


@lru_cache(maxsize=256)
def _valued(symbolic: Same[Analysis], at: tuple[tuple[str, str], ...]) -> Analysis:
    found: Analysis = symbolic.it.at(**dict(at))
    return found


def _network_of(question: Question, quiz: Quiz) -> Network:
    """Return the network of a question: the one that is named, or the only one."""
    file = _file_of(question, quiz)
    name = question.name or file.asked
    if question.net is None and question.file is None:
        name = file.asked
    if name is not None:
        if name not in file.nets:
            hint = did_you_mean(name, file.nets, f"there are {', '.join(file.nets)}")
            raise SymcnnError(f"there is no net '{name}' in {file.source.name}", question.span("name"), hint)
        return Network(file, file.nets[name])
    found = [net for net in file.own_nets.values() if net.input is not None]
    key = "net" if question.net is not None else "file"
    if len(found) != 1:
        listed = ", ".join(net.name for net in found)
        what = f"several networks: {listed}" if found else "no network with an input"
        hint = 'choose with name = "…"' if found else "begin one as in net a { input 3×H×W; … }"
        raise SymcnnError(f"there is {what}", question.span(key), hint)
    return Network(file, found[0])


def _file_of(question: Question, quiz: Quiz) -> File:
    if question.net is not None:  # the same text is the same network, wherever it stands
        if question.net not in quiz.files:
            quiz.files[question.net] = _text(question.net, question.span("net"), quiz.source.name)
        return quiz.files[question.net]
    if question.file is not None:
        with _at(question, "file"):
            return _loaded(_path(question.file, quiz.folder), quiz)
    with _at(question, "name"):
        return _loaded(f"{ZOO}/{question.name}", quiz)


def _text(net: str, span: Span | None, name: str) -> File:
    """Parse a network that stands in the quiz; its errors are shown there if it has no escapes."""
    start = None if span is None else string_start(span, net)
    if span is None or start is None:
        with _inside(span):
            return _parsed(Source(f"{name}: net", net))
    blank = "".join(c if c == "\n" else " " for c in span.source.text[:start])
    return _parsed(_Shown(name, blank + net, whole=span.source.text))


@dataclass(frozen=True, slots=True)
class _Shown(Source):
    """A part of a text, at its place in it; the whole is shown around it."""

    whole: str = ""


def _parsed(source: Source) -> File:
    try:
        return parse_alone(source)
    except SymcnnError as error:
        error.span = _whole(error.span)
        raise


def _whole(span: Span | None) -> Span | None:
    """Return where something stands in the whole quiz."""
    if span is None or not isinstance(span.source, _Shown):
        return span
    return Source(span.source.name, span.source.whole).span(span.start, span.end)


def _loaded(path: str, quiz: Quiz) -> File:
    if path not in quiz.files:
        quiz.files[path] = load_file(path)
    return quiz.files[path]


def _path(file: str, folder: Path | None) -> str:
    """Return the path of a file, which lies in the folder of the quiz or further inside, or in the zoo."""
    if file.startswith(f"{ZOO}/") and (folder is None or not (folder / file).exists()):
        return file
    if folder is None:
        raise SymcnnError("a quiz that lies in no folder can use no file", hint='write net = "net a { … }"')
    if PureWindowsPath(file).anchor or "\\" in file:
        raise SymcnnError(f"'{file}' is no relative path", hint='folders are separated by "/", as in nets/lenet.cnn')
    try:
        path = (folder / file).resolve()
    except (OSError, RuntimeError, ValueError):
        raise SymcnnError(f"cannot read '{file}'") from None
    if not path.is_relative_to(folder):
        hint = "a network's file lies in the folder of the quiz, or further inside"
        raise SymcnnError(f"'{file}' lies outside the folder of the quiz", hint=hint)
    return str(path)


@contextmanager
def _at(question: Question, key: str) -> Iterator[None]:
    """Show an error that has no place of its own at a key of the question; one of a formula there too."""
    try:
        yield
    except SymcnnError as error:
        error.span = _whole(error.span)
        if error.span is None or error.span.source.name in ("reference", "assume"):
            place = question.span(key if key in question.spans else "")
            error.span = place or error.span
        elif question.spans:
            error.inside(f"question {question.id}", question.spans[""])
        raise


@contextmanager
def _inside(span: Span | None) -> Iterator[None]:
    try:
        yield
    except SymcnnError as error:
        if span is not None:
            error.inside("a network of the quiz", span)
        raise


def rows_of(question: Question, layers: tuple[str, ...] | None, quiz: Quiz) -> tuple[list[Question], list[str]]:
    """Return the rows of a table, one for each layer, and which layers have none, with the reason.

    Without `layers` these are all in which there is what is asked, and for which it is known; of layers that the
    question names itself it must be known: raises `SymcnnError` at the first of which it is not.
    """
    if "layers" not in question.spans and "table" not in question.spans:
        return [question], []
    chosen = layers if layers is not None else tuple(layer.path for layer in analysis_of(question, quiz).layers)
    rows = [replace(question, id=f"{question.id}.{name}", layer=name, table=question.id) for name in chosen]
    if layers is not None:
        for row in rows:
            with _in_row(row, analysis_of(row, quiz)):
                posed(row, quiz)
        return rows, []
    asked: list[Question] = []
    refused: dict[str, SymcnnError] = {}
    for row in rows:
        try:
            found = posed(row, quiz)
        except SymcnnError as error:
            refused[str(row.layer)] = error
            continue
        if found.asked.value != 0:
            asked.append(row)
    if refused and not asked:
        raise next(iter(refused.values()))
    return asked, [f"{question.id} has no row for {name}: {error.message}" for name, error in refused.items()]


@contextmanager
def _in_row(row: Question, analysis: Analysis) -> Iterator[None]:
    """Show what cannot be asked of one layer of several at the layers, and name it."""
    try:
        yield
    except SymcnnError as error:
        if not layers_at(analysis, str(row.layer)):
            raise
        hint = "leave it out, or ask for all layers of which it is known: table = true, without layers"
        raise SymcnnError(f"{row.layer}: {error.message}", row.span("layers"), hint) from None
