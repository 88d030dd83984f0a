"""From the arguments of a step to the values of a kind's parameters: positional, named, default, per axis."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from symcnn.errors import MisfitError, SymcnnError, did_you_mean, misfit
from symcnn.formula.express import shown
from symcnn.formula.meaning import meaning
from symcnn.formula.nodes import PLAIN, Formula, Text, Truth
from symcnn.formula.values import Frame, Sides, number
from symcnn.library.kind import Kind
from symcnn.source import Span
from symcnn.tree import Argument, LayerParameter, Step

SAME, VALID = "same", "valid"
# What PyTorch writes before the first argument.
_INFERRED = {
    "out_channels": " (in_channels, which PyTorch writes first, is inferred here)",
    "out_features": " (in_features, which PyTorch writes first, is inferred here)",
}


class Given:
    """Values by parameter name, as they were written, and where; defaults have no place. Equal ones have equal keys."""

    __slots__ = ("key", "spans", "values")

    def __init__(self, values: Mapping[str, Any], spans: Mapping[str, Span]) -> None:
        self.values, self.spans = values, spans
        self.key = tuple(values.items())


class Matched:
    """The arguments of a step by parameter name; their values are `constant`, or else `given` works them out."""

    __slots__ = ("_meanings", "_spans", "constant")

    def __init__(self, formulas: Mapping[str, Formula], spans: Mapping[str, Span]) -> None:
        self._meanings, self._spans = {name: meaning(formula) for name, formula in formulas.items()}, spans
        self.constant: Given | None = None
        written = {name: f.value for name, f in formulas.items() if isinstance(f, PLAIN)}
        if len(written) == len(formulas):
            self.constant = Given(written, spans)

    def given(self, frame: Frame) -> Given:
        """Return the values of formulas."""
        return Given({name: evaluate(frame) for name, evaluate in self._meanings.items()}, self._spans)


def match_arguments(step: Step, parameters: Sequence[str], positional: int) -> Matched:
    """Give every argument of a step its parameter; raises `SymcnnError` for what does not fit."""
    formulas: dict[str, Formula] = {}
    spans: dict[str, Span] = {}
    for place, argument in enumerate(step.arguments):
        name = argument.name or _positional_name(step, argument, place, parameters, positional)
        if name not in parameters:
            raise SymcnnError(
                f"unknown argument '{name}' of {step.kind}", _name_span(argument), _argument_hint(name, parameters)
            )
        if name in formulas:
            hint = _INFERRED.get(parameters[0], "").strip(" ()") or None
            raise SymcnnError(f"{step.kind} is given '{name}' twice", argument.span, hint)
        formulas[name], spans[name] = argument.value, argument.span
    return Matched(formulas, spans)


def at_step(error: SymcnnError, step: Step, given: Given) -> SymcnnError:
    """Return the error to show: one inside the library is shown at the argument of the same name, or at the step."""
    if error.span is None or not error.span.source.internal or step.span.source is error.span.source:
        return error
    word = error.span.text.partition("=")[0]
    found = SymcnnError(error.message, given.spans.get(word, step.span), error.hint)
    return misfit(found) if isinstance(error, MisfitError) else found


def _positional_name(step: Step, argument: Argument, place: int, parameters: Sequence[str], positional: int) -> str:
    if place and step.arguments[place - 1].name is not None:
        raise SymcnnError("an argument without a name stands before those with one", argument.span)
    if place < positional:
        return parameters[place]
    if not parameters:
        raise SymcnnError(f"{step.kind} takes no arguments", argument.span)
    allowed = " and ".join(parameters[:positional]) or "nothing"
    hint = f"only {allowed} may stand without a name; write {parameters[min(place, len(parameters) - 1)]}=…"
    if place == positional:
        hint += _INFERRED.get(parameters[0], "")
    raise SymcnnError(f"argument {place + 1} of {step.kind} needs a name", argument.span, hint)


def _name_span(argument: Argument) -> Span:
    assert argument.name is not None
    return Span(argument.span.source, argument.span.start, argument.span.start + len(argument.name))


def _argument_hint(name: str, parameters: Sequence[str]) -> str:
    if name in ("in_channels", "in_features", "num_features"):
        return f"{name} is inferred from the input: leave it out"
    known = f"it takes {', '.join(parameters)}" if parameters else "it takes no arguments"
    return did_you_mean(name, parameters, known) or known


def bind(kind: Kind, step: Step, given: Given, axes: int, frame: Frame) -> dict[str, Any]:
    """Return the value of every symbol of the kind's parameters, per axis where it has one per axis.

    The word "same" stays a word: what it means depends on the kind's window.
    """
    bound = {**frame.values, **kind.plain_defaults(axes)}
    for name, value in given.values.items():
        parameter = kind.parameters[name]
        if type(value) is int and not isinstance(parameter.default, (Text, Truth)):
            bound[parameter.symbol] = (value,) * axes if parameter.per_axis else value
        else:
            written = _Written(kind, parameter, step, given.spans.get(name, step.span), axes)
            bound[parameter.symbol] = written.spread(value)
    for name, parameter in kind.unsettled.items():
        if name in given.values:
            continue
        if parameter.default is None:
            required = [needed for needed in kind.parameters if needed not in kind.defaults]
            raise missing(step, name, required, kind.positional)
        bound[parameter.symbol] = default_value(kind, parameter, Frame(frame.arithmetic, bound), axes)
    return bound


def default_value(kind: Kind, parameter: LayerParameter, frame: Frame, axes: int) -> Any:
    """Return the default of a parameter, per axis where it has one value per axis."""
    if isinstance(parameter.default, PLAIN):
        return (parameter.default.value,) * axes if parameter.per_axis else parameter.default.value
    default = kind.defaults[parameter.name]
    if not parameter.per_axis:
        return default(frame)
    return tuple(default(Frame(frame.arithmetic, frame.values, axis)) for axis in range(axes))


def missing(step: Step, name: str, required: Sequence[str], positional: int) -> SymcnnError:
    """Return the error for an argument that is not given, with an example of those that are required."""
    sample = {"out_channels": "64", "out_features": "10", "kernel_size": "3"}
    values = [sample.get(name, "2") for name in required[:positional]]
    values += [f"{name}={sample.get(name, '2')}" for name in required[positional:]]
    hint = f"for example {step.kind}({', '.join(values)})"
    return SymcnnError(f"{step.kind} needs {name}", step.span, hint)


@dataclass(frozen=True, slots=True)
class _Written:
    """An argument of a step that was written, for a parameter of its kind."""

    kind: Kind
    parameter: LayerParameter
    step: Step
    span: Span
    axes: int

    def spread(self, value: Any) -> Any:
        """Return the value as the parameter takes it: a word, one number, or one for each axis."""
        name = self.parameter.name
        if isinstance(value, str) or isinstance(self.parameter.default, Text):
            return self._word(value)
        if isinstance(self.parameter.default, Truth):
            return value if isinstance(value, bool) else number(value, self.span)
        if not self.parameter.per_axis:
            return self._number(value)
        if not isinstance(value, tuple):
            return (self._number(value),) * self.axes
        pair = len(value) == 2 and not any(isinstance(part, tuple) for part in value)
        if name in self.kind.sided and self.axes == 1 and pair:
            value = (value,)  # of one axis, a pair can only be (before, after)
        if len(value) != self.axes:
            values = "1 value" if len(value) == 1 else f"{len(value)} values"
            message = f"{name} has {values}, the tensor has {axes_text(self.axes)}"
            raise SymcnnError(message, self.span, f"give one value, or one for each of {axes_text(self.axes)}")
        return tuple(map(self._on_axis, value))

    def _on_axis(self, item: Any) -> Any:
        if not isinstance(item, tuple):
            return self._number(item)
        sided = self.parameter.name in self.kind.sided
        if not sided or len(item) != 2:
            pair = ", or a pair (before, after)," if sided else ""
            raise SymcnnError(f"{self.parameter.name} takes one number{pair} for each axis", self.span)
        return Sides(self._number(item[0]), self._number(item[1]))

    def _number(self, value: Any) -> Any:
        """Return a number; true and false are none here, though in formulas they are 1 and 0."""
        if isinstance(value, bool):
            message = f"{self.parameter.name} of {self.step.kind} is a number, not {str(value).lower()}"
            raise SymcnnError(message, self.span)
        return number(value, self.span)

    def _word(self, value: Any) -> Any:
        """Return a word that the kind takes here; "valid" is the number 0."""
        words = self.kind.words.get(self.parameter.name, ())
        if not words:
            number(value, self.span)
        if not isinstance(value, str) or value not in words:
            raise self._no_word(value, words)
        if not self.parameter.per_axis or value == SAME:
            return value
        return (0 if value == VALID else value,) * self.axes

    def _no_word(self, value: Any, words: Sequence[str]) -> SymcnnError:
        name, quoted = self.parameter.name, [f'"{word}"' for word in words]
        choices = quoted if isinstance(self.parameter.default, Text) else ["a number", *quoted]
        hint = f"{name} is {', '.join(choices[:-1])} or {choices[-1]}" if choices[1:] else f"{name} is {choices[0]}"
        if isinstance(value, str):
            message = f'{name} of {self.step.kind} cannot be "{value}"'
            return SymcnnError(message, self.span, did_you_mean(value, words, hint))
        message = f"{name} of {self.step.kind} is a word, not {shown(value)}"
        return SymcnnError(message, self.span, f'write {name}="{value}"' if str(value) in words else hint)


def parts(value: Any) -> Iterator[Any]:
    """Yield the numbers of a value that may be per axis, and per side."""
    for item in value if isinstance(value, tuple) else (value,):
        if isinstance(item, Sides):
            yield from (item.before, item.after)
        else:
            yield item


def are_integers(value: Any) -> bool:
    """Tell whether a value is an integer, or integers per axis: nothing else has to be looked into."""
    return type(value) is int or (type(value) is tuple and {*map(type, value)} == {int})


def axes_text(axes: int) -> str:
    """Return the number of axes in words."""
    return "no axes" if axes == 0 else "1 axis" if axes == 1 else f"{axes} axes"
