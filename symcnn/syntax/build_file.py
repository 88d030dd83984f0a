"""From lark's trees to files: one method for each rule of `network.lark`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from symcnn import tree
from symcnn.errors import SymcnnError
from symcnn.formula import nodes as f
from symcnn.source import Source, Span
from symcnn.syntax.build import FormulaBuilder, unquoted

_Named = TypeVar("_Named", tree.Net, tree.Layer, tree.Convention, tree.Let)


class FileBuilder(FormulaBuilder):
    """Builds definitions and statements; a rule with optional parts has None for those that are missing."""

    def file(self, span: Span, children: list[Any]) -> tree.File:
        if not children:
            raise SymcnnError(
                "there is nothing defined here", span, "write a network: net a { input 3×H×W; Conv(64, 3) }"
            )
        return file_of(self.source, children)

    def use(self, span: Span, children: list[Any]) -> tree.Use:
        return tree.Use(unquoted(children[0]), span)

    def let(self, span: Span, children: list[Any]) -> tree.Let:
        name, formals, value = children
        return tree.Let(str(name), formals, value, self.token_span(name))

    def formals(self, _: Span, children: list[Any]) -> tuple[str, ...]:
        return tuple(map(str, children))

    def assume(self, span: Span, children: list[Any]) -> tree.Assume:
        return tree.Assume(tuple(children), span)

    assumptions = assume

    def domain(self, span: Span, children: list[Any]) -> tree.Domain:
        return tree.Domain(str(children[0]), str(children[1]), span)

    # networks

    def net(self, _: Span, children: list[Any]) -> tree.Net:
        name, parameters, body = children
        first = next((s for s in body.statements if not isinstance(s, (tree.Let, tree.Assume))), None)
        for statement in body.statements:
            if isinstance(statement, tree.Input) and statement is not first:
                twice = isinstance(first, tree.Input)
                message = f"the net '{name}' has two inputs" if twice else "the input comes first"
                raise SymcnnError(message, statement.span, "an input stands once, before the first layer")
        return tree.Net(str(name), parameters or (), body, self.token_span(name))

    def parameters(self, _: Span, children: list[Any]) -> tuple[tree.Parameter, ...]:
        present = tuple(child for child in children if child is not None)
        _refuse_doubles((p.name, p.span) for p in present)
        return present

    def parameter(self, _: Span, children: list[Any]) -> tree.Parameter:
        name, default = children
        return tree.Parameter(str(name), default, self.token_span(name))

    def block(self, span: Span, children: list[Any]) -> tree.Block:
        return tree.Block(tuple(children), span)

    def step(self, span: Span, children: list[Any]) -> tree.Step:
        name, *arguments = children
        return tree.Step(str(name), tuple(a for a in arguments if a is not None), span, self.token_span(name))

    def argument(self, span: Span, children: list[Any]) -> tree.Argument:
        name = str(children[0]) if len(children) == 2 else None
        return tree.Argument(name, children[-1], span)

    def open_label(self, span: Span, children: list[Any]) -> tree.Labelled:
        return tree.Labelled(str(children[0]), children[1], span)

    closed_label = open_label

    def wired(self, span: Span, children: list[Any]) -> tree.Wired:
        return tree.Wired(children[0], tuple(children[1:]), span)

    def joint(self, _: Span, children: list[Any]) -> str:
        return str(children[0])

    def reference(self, span: Span, children: list[Any]) -> tree.Reference:
        return tree.Reference(str(children[0]), False, span)

    def cropped(self, span: Span, children: list[Any]) -> tree.Reference:
        return tree.Reference(str(children[0]), True, span)

    def go_on(self, span: Span, children: list[Any]) -> tree.From:
        return tree.From(str(children[0]), span)

    def join(self, span: Span, children: list[Any]) -> tree.Join:
        return tree.Join(children[0], tuple(children[1:]), span)

    def path(self, _: Span, children: list[Any]) -> tree.Block:
        return _inner(children[0])

    def skip(self, span: Span, _: list[Any]) -> tree.Block:
        return tree.Block((), span)

    def residual(self, span: Span, children: list[Any]) -> tree.Join:
        return tree.Join("add", (_inner(children[0]), tree.Block((), span)), span)

    def repeat(self, span: Span, children: list[Any]) -> tree.Repeat:
        count, index, body = children
        return tree.Repeat(count, str(index) if index else None, _inner(body), span)

    def conditional(self, span: Span, children: list[Any]) -> tree.Conditional:
        condition, then, otherwise = children
        if isinstance(otherwise, tree.Conditional):  # else if
            otherwise = tree.Block((otherwise,), otherwise.span)
        return tree.Conditional(condition, _inner(then), _inner(otherwise) if otherwise else None, span)

    def input(self, span: Span, children: list[Any]) -> tree.Input:
        *dimensions, batch = children
        return tree.Input(tuple(dimensions), batch, span)

    def batch(self, _: Span, children: list[Any]) -> Any:
        return children[0]

    def dimension(self, span: Span, children: list[Any]) -> f.Formula:
        parts: list[Any] = [
            self.name(self.token_span(t), [t]) if t.type.endswith("DIM_NAME") else self.number(self.token_span(t), [t])
            for t in children
        ]
        return parts[0] if len(parts) == 1 else f.Coefficient(parts[0], parts[1], span=span)

    # layer kinds

    def layer(self, _: Span, children: list[Any]) -> tree.Layer:
        name, parameters, *items = (child for child in children)
        rules = [item for item in items if isinstance(item, tuple)]
        _refuse_doubles((rule, value.span) for rule, value in rules)
        docs = [item for item in items if isinstance(item, dict)]
        words: dict[str, Any] = {key: text for doc in docs for key, text in doc.items()}
        return tree.Layer(
            name=str(name),
            parameters=parameters or (),
            doc=words.get("doc", ""),
            source=words.get("source", ""),
            called=tuple(item for item in items if isinstance(item, tree.Called)),
            elsewhere=words.get("elsewhere", ()),
            requirements=tuple(r for item in items if isinstance(item, list) for r in item),
            rules=tuple(rules),
            shown=tuple(item for item in items if isinstance(item, tree.Shown)),
            slips=tuple(item for item in items if isinstance(item, tree.Slip)),
            span=self.token_span(name),
        )

    def layer_parameters(self, _: Span, children: list[Any]) -> tuple[tree.LayerParameter, ...]:
        present = tuple(child for child in children if child is not None)
        _refuse_doubles((p.name, p.span) for p in present)
        _refuse_doubles((p.symbol, p.span) for p in present)
        return present

    def layer_parameter(self, _: Span, children: list[Any]) -> tree.LayerParameter:
        name, symbol, domain, per_axis, default = children
        return tree.LayerParameter(
            name=str(name),
            symbol=str(symbol or name),
            rational=domain is not None,
            per_axis=per_axis is not None,
            default=default,
            span=self.token_span(name),
        )

    def doc(self, _: Span, children: list[Any]) -> dict[str, str]:
        return {"doc": unquoted(children[0])} | (children[1] or {})

    def source_of(self, _: Span, children: list[Any]) -> dict[str, str]:
        return {"source": unquoted(children[0])}

    def called(self, _: Span, children: list[Any]) -> tree.Called:
        argument, text, zh, condition = children
        span = None if argument is None else self.token_span(argument)
        said = unquoted(text)
        return tree.Called(argument and str(argument), said, unquoted(zh) if zh else said, condition, span)

    def elsewhere(self, _: Span, children: list[Any]) -> dict[str, tuple[str, ...]]:
        return {"elsewhere": tuple(map(unquoted, children))}

    def require(self, _: Span, children: list[Any]) -> list[tree.Requirement]:
        return children

    def requirement(self, _: Span, children: list[Any]) -> tree.Requirement:
        condition, hint = children
        return tree.Requirement(condition, unquoted(hint) if hint else None)

    def rule(self, _: Span, children: list[Any]) -> tuple[str, f.Formula]:
        return str(children[0]), children[1]

    def shown(self, _: Span, children: list[Any]) -> tree.Shown:
        return tree.Shown(str(children[0]), children[1], children[2])

    def wrong(self, _: Span, children: list[Any]) -> tree.Slip:
        return self._slip(children[0], children[1:4], None, children[4])

    def seen(self, _: Span, children: list[Any]) -> tree.Slip:
        start = children[4]
        number = None if start is None else self.number(self.token_span(start), [start])
        return self._slip(children[0], children[1:4], number, children[5])

    def _slip(self, quantity: Any, said: list[Any], start: f.Formula | None, value: f.Formula) -> tree.Slip:
        id_, text, zh = said
        span = None if id_ is None else self.token_span(id_)
        chinese = unquoted(zh) if zh else ""
        return tree.Slip(str(quantity), unquoted(text), value, str(id_ or ""), chinese, start, span)

    # conventions

    def convention(self, _: Span, children: list[Any]) -> tree.Convention:
        name, doc, *rows = children
        return tree.Convention(str(name), unquoted(doc) if doc else "", tuple(rows), self.token_span(name))

    def row(self, _: Span, children: list[Any]) -> tree.Row:
        *kinds, value = children
        return tree.Row(tuple(map(str, kinds)), value, tuple(map(self.token_span, kinds)))

    def otherwise(self, _: Span, children: list[Any]) -> tree.Row:
        return tree.Row((), children[0])


def _inner(block: tree.Block) -> tree.Block:
    """Return a block inside a net, which has no input."""
    for statement in block.statements:
        if isinstance(statement, tree.Input):
            raise SymcnnError("an input belongs to a net", statement.span, "write it before the first layer")
    return block


def file_of(source: Source, definitions: Sequence[tree.Definition]) -> tree.File:
    """Return a file of some definitions, each name once; they come from `source` and from files it uses."""
    _refuse_two_kinds(definitions)
    _refuse_double_slips(definitions)
    return tree.File(
        source=source,
        nets=_by_name(definitions, tree.Net, "net"),
        layers=_by_name(definitions, tree.Layer, "layer"),
        conventions=_by_name(definitions, tree.Convention, "convention"),
        lets=_by_name(definitions, tree.Let, "let"),
        assumptions=tuple(d for d in definitions if isinstance(d, tree.Assume)),
        uses=tuple(d for d in definitions if isinstance(d, tree.Use)),
        slips=tuple(d for d in definitions if isinstance(d, tree.Slip)),
    )


def _refuse_two_kinds(definitions: Sequence[tree.Definition]) -> None:
    """Nets and layers are both used by their names alone, so no net has the name of a layer."""
    found: dict[str, tree.Net | tree.Layer] = {}
    for definition in definitions:
        if isinstance(definition, (tree.Net, tree.Layer)):
            first = found.setdefault(definition.name, definition)
            if type(first) is not type(definition):
                message = f"'{definition.name}' is defined twice, as a layer and as a net"
                raise SymcnnError(message, definition.span, _first(first.span, definition.span))


def _refuse_double_slips(definitions: Sequence[tree.Definition]) -> None:
    """Raise `SymcnnError` for an id that two mistakes have."""
    found: dict[str, Span] = {}
    for definition in definitions:
        slips = definition.slips if isinstance(definition, tree.Layer) else (definition,)
        for slip in slips:
            if isinstance(slip, tree.Slip) and slip.span is not None:
                first = found.setdefault(slip.id, slip.span)
                if first is not slip.span:
                    message = f"the mistake '{slip.id}' is there twice"
                    raise SymcnnError(message, slip.span, _first(first, slip.span))


def _by_name(definitions: Sequence[tree.Definition], kind: type[_Named], noun: str) -> dict[str, _Named]:
    found: dict[str, _Named] = {}
    for definition in definitions:
        if isinstance(definition, kind):
            if definition.name in found:
                hint = _first(found[definition.name].span, definition.span)
                raise SymcnnError(f"the {noun} '{definition.name}' is defined twice", definition.span, hint)
            found[definition.name] = definition
    return found


def _first(first: Span, second: Span) -> str:
    same = first.source == second.source
    return f"first in line {first.line}" if same else f"first in {first.source.name}:{first.line}"


def _refuse_doubles(named: Iterable[tuple[str, Span]]) -> None:
    seen: set[str] = set()
    for name, span in named:
        if name in seen:
            raise SymcnnError(f"'{name}' is there twice", span)
        seen.add(name)
