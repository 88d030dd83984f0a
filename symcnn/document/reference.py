"""The reference of layer kinds, read from the library: arguments, conditions, formulas, textbook forms, mistakes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from symcnn.document.example import example
from symcnn.formula import nodes as f
from symcnn.library.headings import comment, heading
from symcnn.library.kind import Kind
from symcnn.library.rules import ASKED, RULES
from symcnn.report import Column, Document, Line, Listing, Math, Paragraph, Section, Table, Words
from symcnn.tree import Called, LayerParameter, Net, Parameter, Requirement, Slip

_WITHOUT_GROUP = "Layer kinds"
_LETTERS = (
    "n, C: the input's size along an axis and its channels; n', C': the output's; axes: how many; inputs, elements: "
    "numbers in the input and in the output; prod multiplies over the axes, first takes the first; before, after: the "
    "sides of a padding; taps: the products along an axis that do not fall on padding"
)
_SEEN: tuple[str, tuple[Line, ...]] = (
    "letters",
    (
        (
            Words(
                "from layer to layer: r, what an output of the layers before sees, at first 1; j, how many inputs "
                "apart such outputs are; last, the jump of the last layer alone; right is r + reach·j"
            ),
        ),
    ),
)
_COLUMNS = (Column("kind"), Column("arguments"), Column("what it is"))


def layers_document(
    kinds: Iterable[Kind], nets: Iterable[Net], slips: Sequence[Slip] = (), language: str = "en"
) -> Document:
    """Return the tables of all kinds and blocks with their arguments, one for each group, and mistakes of networks."""
    groups: dict[str, list[tuple[Line, ...]]] = {}
    for found in _in_written_order([*kinds, *nets]):
        definition = found.definition if isinstance(found, Kind) else found
        words = (found.name, _signature(definition.parameters), _said(found))
        rows = groups.setdefault(heading(definition) or _WITHOUT_GROUP, [])
        rows.append(tuple(_words(text) for text in words))
    sections = [Section(title, (Table(_COLUMNS, tuple(rows)),)) for title, rows in groups.items()]
    if slips:
        sections.append(Section("Networks", (Listing((("known mistakes", _slips(slips, language)), _SEEN)),)))
    return Document(tuple(sections))


def kind_document(found: Kind | Net, language: str = "en") -> Document:
    """Return the page of one kind or block; in Chinese what to do instead of mistakes is said in Chinese."""
    definition = found.definition if isinstance(found, Kind) else found
    items = _kind_items(found, language) if isinstance(found, Kind) else _net_items(found)
    listing = Listing((*((label, lines) for label, lines in items if lines), ("example", (_words(example(found)),))))
    title = _called(found.name, _signature(definition.parameters))
    return Document((Section(title, (Paragraph(_words(_said(found))), listing)),))


def _in_written_order(found: Sequence[Kind | Net]) -> list[Kind | Net]:
    return sorted(found, key=lambda one: (one.definition if isinstance(one, Kind) else one).span.start)


def _said(found: Kind | Net) -> str:
    """Return what the library says that a kind or a block is."""
    if isinstance(found, Kind):
        return found.definition.doc
    return f"A block. {comment(found)}".strip()


def _kind_items(kind: Kind, language: str) -> Iterator[tuple[str, tuple[Line, ...]]]:
    definition = kind.definition
    yield "source", (_words(definition.source or "not given"),)
    yield "in words", tuple(_in_words(called, language) for called in definition.called)
    if definition.elsewhere:
        yield "elsewhere", (_words(", ".join(definition.elsewhere)),)
    yield "arguments", tuple(_argument(kind, p) for p in definition.parameters)
    yield "requires", tuple(_requirement(r) for r in definition.requirements if not _lists_words(r))
    yield "formulas", tuple(line for name, value in definition.rules for line in _rule(name, value, _meaning(name)))
    yield "in textbooks", tuple(_equal(s.quantity, s.value, _where(s.condition)) for s in definition.shown)
    yield "known mistakes", _slips(kind.slips, language)
    yield "letters", (_words(_LETTERS),)


def _in_words(called: Called, language: str) -> Line:
    about = f"{called.argument}: " if called.argument else ""
    return (Words(f"{about}{called.zh if language == 'zh' else called.text}"), *_where(called.condition))


def _slips(slips: Sequence[Slip], language: str) -> tuple[Line, ...]:
    """Return mistakes, each with its id and what to do instead."""
    said = ((s, s.zh if language == "zh" and s.zh else s.text) for s in slips)
    return tuple(line for s, words in said for line in _rule(s.quantity, s.value, f"{s.id}: {words}{_start(s)}"))


def _start(slip: Slip) -> str:
    return "" if slip.start is None else f" (r = {slip.start.span.text})"


def _net_items(net: Net) -> Iterator[tuple[str, tuple[Line, ...]]]:
    lines = (line.strip() for line in net.body.span.text.strip("{} \n").splitlines())
    yield "made of", tuple(_words(line) for line in lines if line)


def _words(text: str) -> Line:
    return (Words(text),)


def _signature(parameters: Sequence[LayerParameter] | Sequence[Parameter]) -> str:
    return ", ".join(p.name + (f"={_default(p, parameters)}" if p.default is not None else "") for p in parameters)


def _default(parameter: LayerParameter | Parameter, parameters: Sequence[LayerParameter] | Sequence[Parameter]) -> str:
    """Return a default as it is written, or the name of the argument that it is."""
    assert parameter.default is not None
    names = {p.symbol: p.name for p in parameters if isinstance(p, LayerParameter)}
    return names.get(parameter.default.span.text, parameter.default.span.text)


def _called(name: str, signature: str) -> str:
    return f"{name}({signature})" if signature else name


def _argument(kind: Kind, parameter: LayerParameter) -> Line:
    notes = [parameter.name, _values(kind, parameter)]
    if parameter.default is not None:
        notes.append(f"default {parameter.default.span.text}")
    return (Math(f.Name(parameter.symbol)), Words(": " + ", ".join(note for note in notes if note)))


def _values(kind: Kind, parameter: LayerParameter) -> str:
    """Say what an argument may be."""
    words = [f'"{word}"' for word in kind.words.get(parameter.name, ())]
    if isinstance(parameter.default, f.Truth):
        return "true or false"
    if isinstance(parameter.default, f.Text):
        return _either(words)
    number = "rational" if parameter.rational else "integer"
    if parameter.name in kind.sided:
        return _either([f"{number} or pair (before, after) per axis", *words])
    return _either([f"{number} per axis" if parameter.per_axis else number, *words])


def _either(choices: list[str]) -> str:
    return f"{', '.join(choices[:-1])} or {choices[-1]}" if choices[1:] else choices[0]


def _lists_words(requirement: Requirement) -> bool:
    """Whether a requirement only says which words an argument may be, which stand at the argument."""
    match requirement.condition:
        case f.Logic("or", parts):
            return all(isinstance(p, f.Comparison) and isinstance(p.operands[-1], f.Text) for p in parts)
    return False


def _requirement(requirement: Requirement) -> Line:
    hint = f" — {requirement.hint}" if requirement.hint else ""
    return (Math(requirement.condition), Words(hint))


def _meaning(name: str) -> str:
    return RULES[name].meaning if name in RULES else ASKED[name]


def _rule(name: str, value: f.Formula, note: str) -> Iterator[Line]:
    """Yield a rule with a note, a line for each of its cases."""
    cases = list(_cases(value))
    for place, (case, condition) in enumerate(cases):
        where = _where(condition) if condition else (Words(", otherwise"),) if place else ()
        yield _equal(name, case, (*where, Words(f" — {note}")) if place == 0 else where)


def _cases(value: f.Formula) -> Iterator[tuple[f.Formula, f.Formula | None]]:
    """Yield the cases of a formula, each with its condition; the last has none."""
    while isinstance(value, f.Group) and isinstance(value.inner, f.Choice):
        value = value.inner
    while isinstance(value, f.Choice):
        yield value.value, value.condition
        value = value.otherwise
    yield value, None


def _where(condition: f.Formula | None) -> Line:
    return () if condition is None else (Words(" if "), Math(condition))


def _equal(name: str, value: f.Formula, after: Line) -> Line:
    return (Words(f"{name} = "), Math(value), *after)


def reference_data(kinds: Iterable[Kind], nets: Iterable[Net], slips: Iterable[Slip] = ()) -> dict[str, object]:
    """Return the reference as plain data, formulas as they are written in the library."""
    return {
        "layers": [_kind_data(kind) for kind in kinds],
        "blocks": [_net_data(net) for net in nets],
        "wrong": [_slip_data(slip) for slip in slips],
    }


def _slip_data(slip: Slip) -> dict[str, object]:
    said: dict[str, object] = {"id": slip.id, "quantity": slip.quantity, "text": slip.text, "zh": slip.zh}
    if slip.start is not None:
        said["from"] = slip.start.span.text
    return said | {"formula": slip.value.span.text}


def _kind_data(kind: Kind) -> dict[str, object]:
    definition = kind.definition
    return {
        "name": kind.name,
        "group": heading(definition),
        "doc": definition.doc,
        "source": definition.source,
        "elsewhere": list(definition.elsewhere),
        "arguments": [_argument_data(kind, p) for p in definition.parameters],
        "rules": {name: value.span.text for name, value in definition.rules},
        "called": [
            {
                "argument": c.argument,
                "text": c.text,
                "zh": c.zh,
                "if": None if c.condition is None else c.condition.span.text,
            }
            for c in definition.called
        ],
        "requires": [{"condition": r.condition.span.text, "hint": r.hint} for r in definition.requirements],
        "textbooks": [
            {
                "quantity": s.quantity,
                "formula": s.value.span.text,
                "if": None if s.condition is None else s.condition.span.text,
            }
            for s in definition.shown
        ],
        "wrong": [_slip_data(slip) for slip in kind.slips],
        "example": example(kind),
    }


def _net_data(net: Net) -> dict[str, object]:
    return {
        "name": net.name,
        "group": heading(net),
        "doc": comment(net),
        "arguments": _signature(net.parameters),
        "body": net.body.span.text,
        "example": example(net),
    }


def _argument_data(kind: Kind, parameter: LayerParameter) -> dict[str, object]:
    return {
        "name": parameter.name,
        "symbol": parameter.symbol,
        "per_axis": parameter.per_axis,
        "values": _values(kind, parameter),
        "default": None if parameter.default is None else parameter.default.span.text,
    }
