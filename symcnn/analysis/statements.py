"""What stands in a block: its statements, inner blocks included, and the formulas and names in them."""

from __future__ import annotations

from collections.abc import Iterator

from symcnn.formula.nodes import Formula, names
from symcnn.tree import Assume, Block, Conditional, Domain, File, Input, Join, Labelled, Let, Repeat, Statement, Step


def statements(block: Block) -> Iterator[Statement]:
    """Yield every statement of a block, inner blocks included, without labels."""
    for statement in block.statements:
        inner = statement.statement if isinstance(statement, Labelled) else statement
        yield inner
        if isinstance(inner, Step):  # as most are
            continue
        match inner:
            case Join(_, paths):
                for path in paths:
                    yield from statements(path)
            case Repeat(_, _, body):
                yield from statements(body)
            case Conditional(_, then, otherwise):
                yield from statements(then)
                if otherwise:
                    yield from statements(otherwise)


def labels_in(block: Block) -> Iterator[str]:
    """Yield the labels that belong to a block: its own, and those inside `if`."""
    for statement in block.statements:
        match statement:
            case Labelled(label, _):
                yield label
            case Conditional(_, then, otherwise):
                yield from labels_in(then)
                if otherwise:
                    yield from labels_in(otherwise)


def names_in(block: Block) -> set[str]:
    """Return every name in the formulas of a block."""
    return {name.name for formula in formulas_in(block) for name in names(formula)}


def indices_in(block: Block) -> set[str]:
    """Return the names of the indices of the repetitions in a block."""
    found: set[str] = set()
    for statement in block.statements:
        match statement.statement if isinstance(statement, Labelled) else statement:
            case Join(_, paths):
                found |= set[str]().union(*map(indices_in, paths))
            case Repeat(_, index, body):
                found |= indices_in(body) | ({index} if index is not None else set())
            case Conditional(_, then, otherwise):
                found |= indices_in(then) | (indices_in(otherwise) if otherwise else set())
    return found


def unbound_names(file: File) -> set[str]:
    """Return the names in all formulas of a file's nets that are not the index of a repetition around them."""
    found = {name.name for let in file.lets.values() for name in names(let.value)}
    for net in file.nets.values():
        found |= {p.name for p in net.parameters} | _unbound(net.body)
    return found


def _unbound(block: Block) -> set[str]:
    found: set[str] = set()
    for statement in block.statements:
        inner = statement.statement if isinstance(statement, Labelled) else statement
        found |= {name.name for formula in _formulas(inner) for name in names(formula)}
        match inner:
            case Join(_, paths):
                found |= set[str]().union(*map(_unbound, paths))
            case Repeat(_, index, body):
                found |= _unbound(body) - {index}
            case Conditional(_, then, otherwise):
                found |= _unbound(then) | (_unbound(otherwise) if otherwise else set())
    return found


def formulas_in(block: Block) -> Iterator[Formula]:
    """Yield every formula of a block, inner blocks included."""
    for statement in statements(block):
        yield from _formulas(statement)


def _formulas(statement: Statement) -> list[Formula]:
    match statement:
        case Input(dimensions, batch):
            return [*dimensions, *([batch] if batch is not None else [])]
        case Step(_, arguments):
            return [argument.value for argument in arguments]
        case Let(_, _, value):
            return [value]
        case Repeat(count):
            return [count]
        case Conditional(test):
            return [test]
        case Assume(conditions):
            return [c for c in conditions if not isinstance(c, Domain)]
        case _:
            return []
