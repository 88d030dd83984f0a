"""The reference of layer kinds, read from the library: arguments, rules, known mistakes."""

from __future__ import annotations

from collections.abc import Iterable

from symcnn.formula import nodes as f
from symcnn.library.kind import Kind
from symcnn.library.rules import RULES
from symcnn.report import Column, Document, Line, Listing, Math, Paragraph, Section, Table, Words
from symcnn.tree import LayerParameter, Net


def layers_document(kinds: Iterable[Kind], nets: Iterable[Net]) -> Document:
    """Return the table of all kinds and blocks with their arguments."""
    rows = [(_words(k.name), _words(_signature(k.definition.parameters)), _words(k.definition.doc)) for k in kinds]
    rows += [(_words(n.name), _words(_net_signature(n)), _words("A block, made of other kinds.")) for n in nets]
    return Document(
        (Section("Layer kinds", (Table((Column("kind"), Column("arguments"), Column("what it is")), tuple(rows)),)),)
    )


def kind_document(found: Kind | Net) -> Document:
    """Return the page of one kind or block."""
    if isinstance(found, Net):
        body = found.body.span.text.strip("{} \n")
        return Document((Section(f"{found.name}({_net_signature(found)})", (Paragraph(_words(f"A block: {body}")),)),))
    definition = found.definition
    items: list[tuple[str, tuple[Line, ...]]] = [("source", (_words(definition.source or "not given"),))]
    if definition.parameters:
        items.append(("arguments", tuple(_argument(p) for p in definition.parameters)))
    if definition.requirements:
        items.append(("requires", tuple((Math(r.condition),) for r in definition.requirements)))
    items.append(("rules", tuple(_rule(name, value) for name, value in definition.rules)))
    if definition.slips:
        slips = (_rule(s.quantity, s.value, f" — {s.text}") for s in definition.slips)
        items.append(("known mistakes", tuple(slips)))
    items.append(("example", (_words(example(found)),)))
    title = f"{found.name}({_signature(definition.parameters)})"
    return Document((Section(title, (Paragraph(_words(definition.doc)), Listing(tuple(items)))),))


def example(kind: Kind) -> str:
    """Return a step with this kind, the arguments it needs and no others; or the statement that makes it."""
    if kind.joint:
        return f"{kind.joint} {{ path {{ ReLU }} skip }}"
    needed = [p.name for p in kind.definition.parameters if p.default is None]
    sample = {"out_channels": "64", "out_features": "10", "kernel_size": "3"}
    values = [sample.get(n, "2") if i < kind.positional else f"{n}={sample.get(n, '2')}" for i, n in enumerate(needed)]
    return f"{kind.name}({', '.join(values)})" if values else kind.name


def _words(text: str) -> Line:
    return (Words(text),)


def _signature(parameters: Iterable[LayerParameter]) -> str:
    return ", ".join(p.name + (f"={p.default.span.text}" if p.default is not None else "") for p in parameters)


def _net_signature(net: Net) -> str:
    return ", ".join(p.name + (f"={p.default.span.text}" if p.default is not None else "") for p in net.parameters)


def _argument(parameter: LayerParameter) -> Line:
    notes = [parameter.name, "rational" * parameter.rational, "one value per axis" * parameter.per_axis]
    if parameter.default is not None:
        notes.append(f"default {parameter.default.span.text}")
    return (Math(f.Name(parameter.symbol)), Words(": " + ", ".join(note for note in notes if note)))


def _rule(name: str, value: f.Formula, more: str = "") -> Line:
    meaning = f" — {RULES[name].meaning}" if name in RULES and not more else more
    return (Words(f"{name} = "), Math(value), Words(meaning))


def reference_data(kinds: Iterable[Kind], nets: Iterable[Net]) -> dict[str, object]:
    """Return the reference as plain data, formulas as they are written in the library."""
    return {
        "layers": [
            {
                "name": kind.name,
                "doc": kind.definition.doc,
                "source": kind.definition.source,
                "arguments": [_argument_data(p) for p in kind.definition.parameters],
                "rules": {name: value.span.text for name, value in kind.definition.rules},
                "requires": [r.condition.span.text for r in kind.definition.requirements],
                "wrong": [
                    {"quantity": s.quantity, "text": s.text, "formula": s.value.span.text}
                    for s in kind.definition.slips
                ],
                "example": example(kind),
            }
            for kind in kinds
        ],
        "blocks": [{"name": net.name, "arguments": _net_signature(net)} for net in nets],
    }


def _argument_data(parameter: LayerParameter) -> dict[str, object]:
    return {
        "name": parameter.name,
        "symbol": parameter.symbol,
        "per_axis": parameter.per_axis,
        "default": None if parameter.default is None else parameter.default.span.text,
    }
