"""Files, networks, layer kinds and conventions as they were written: frozen data only."""

from __future__ import annotations

from dataclasses import dataclass, field

from symcnn.formula.nodes import Formula
from symcnn.source import Source, Span


@dataclass(frozen=True, slots=True)
class Argument:
    """What stands in the brackets of a step: a value, with its name if one is given."""

    name: str | None
    value: Formula
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Input:
    """`input C×H×W, batch N`."""

    dimensions: tuple[Formula, ...]
    batch: Formula | None
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Let:
    """`let name = value`, or a function `let name(formals) = value`."""

    name: str
    formals: tuple[str, ...] | None
    value: Formula
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Domain:
    """The assumption that a symbol is a `rational` (not only an integer)."""

    name: str
    domain: str
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Assume:
    """`assume condition, …`."""

    conditions: tuple[Formula | Domain, ...]
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Step:
    """One layer, or a net used as a block: `Conv(64, 3)`."""

    kind: str
    arguments: tuple[Argument, ...]
    span: Span = field(compare=False, repr=False)
    kind_span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Reference:
    """An earlier label, centre-cropped or not: `e1`, `crop(e1)`."""

    label: str
    crop: bool
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Wired:
    """`concat e1, crop(e2)`: the current tensor joined with labelled ones."""

    joint: str
    references: tuple[Reference, ...]
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Join:
    """`add { path { … } skip }`; a skip is the empty path."""

    joint: str
    paths: tuple[Block, ...]
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class From:
    """`from e1`: go on from an earlier label."""

    label: str
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Repeat:
    """`repeat n as i { … }`."""

    count: Formula
    index: str | None
    body: Block
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Conditional:
    """`if condition { … } else { … }`."""

    condition: Formula
    then: Block
    otherwise: Block | None
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Labelled:
    """`label: statement`."""

    label: str
    statement: Step | Wired | Join | Repeat
    span: Span = field(compare=False, repr=False)


Statement = Input | Let | Assume | Step | Wired | Join | From | Repeat | Conditional | Labelled


@dataclass(frozen=True, slots=True)
class Block:
    """Statements in braces, in order."""

    statements: tuple[Statement, ...]
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A net's parameter, with its default if it has one."""

    name: str
    default: Formula | None
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Net:
    """A network, or a block where it has no `input`."""

    name: str
    parameters: tuple[Parameter, ...]
    body: Block
    span: Span = field(compare=False, repr=False)

    @property
    def input(self) -> Input | None:
        """The `input` statement, if the net has one."""
        return next((s for s in self.body.statements if isinstance(s, Input)), None)


@dataclass(frozen=True, slots=True)
class LayerParameter:
    """An argument of a layer kind: its name outside, its symbol in the rules; an integer unless it is `rational`."""

    name: str
    symbol: str
    rational: bool
    per_axis: bool
    default: Formula | None
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Requirement:
    """A condition on the arguments, with the hint for who breaks it."""

    condition: Formula
    hint: str | None


@dataclass(frozen=True, slots=True)
class Slip:
    """A known mistake: what a learner computes for `quantity`, and what to do instead, in English and Chinese.

    One that was written without an id has the empty one. A mistake of a whole network has the value that it begins
    with, or None for 1.
    """

    quantity: str
    text: str
    value: Formula
    id: str = ""
    zh: str = ""
    start: Formula | None = None
    span: Span | None = field(default=None, compare=False, repr=False)  # of the id


@dataclass(frozen=True, slots=True)
class Called:
    """What a kind is in words, or one of its arguments with `{}` for the value, in English and Chinese."""

    argument: str | None
    text: str
    zh: str
    condition: Formula | None
    span: Span | None = field(default=None, compare=False, repr=False)  # of the argument


@dataclass(frozen=True, slots=True)
class Shown:
    """How a textbook writes a quantity, where `condition` holds: equal to the rule, but nearer to what people know."""

    quantity: str
    condition: Formula | None
    value: Formula


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer kind: its words, arguments, rules, textbook forms, known mistakes, and where they come from.

    `elsewhere` are names of frameworks for it, or for what it replaces: without the number of axes and "Loss".
    """

    name: str
    parameters: tuple[LayerParameter, ...]
    doc: str
    source: str
    called: tuple[Called, ...]
    elsewhere: tuple[str, ...]
    requirements: tuple[Requirement, ...]
    rules: tuple[tuple[str, Formula], ...]
    shown: tuple[Shown, ...]
    slips: tuple[Slip, ...]
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a convention: some kinds (none means all others), and what is counted for each; where kinds stand."""

    kinds: tuple[str, ...]
    value: Formula
    spans: tuple[Span, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Convention:
    """A table of formulas over the quantities of layer kinds."""

    name: str
    doc: str
    rows: tuple[Row, ...]
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Use:
    """`use "file.cnn"`."""

    path: str
    span: Span = field(compare=False, repr=False)


Definition = Net | Layer | Convention | Let | Assume | Use | Slip


@dataclass(frozen=True)
class File:
    """Everything a source defines, by kind of definition, in the written order.

    After `load`, what it uses is among it, before its own, and no uses are left. `asked` is the one net that the path
    named, as zoo/resnet50 does.
    """

    source: Source
    nets: dict[str, Net]
    layers: dict[str, Layer]
    conventions: dict[str, Convention]
    lets: dict[str, Let]
    assumptions: tuple[Assume, ...]
    uses: tuple[Use, ...]
    asked: str | None = None
    slips: tuple[Slip, ...] = ()  # of whole networks

    @property
    def own_nets(self) -> dict[str, Net]:
        """The nets that the source itself defines, without those of files it uses."""
        return {name: net for name, net in self.nets.items() if net.span.source == self.source}


@dataclass(frozen=True)
class Network:
    """A net together with the file whose names it sees; what `parse` and `load` hand out."""

    file: File = field(repr=False)
    definition: Net

    @property
    def name(self) -> str:
        """The net's name."""
        return self.definition.name
