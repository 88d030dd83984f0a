"""From the arguments of a step to the values of a kind's parameters: positional, named, default, per axis."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from symcnn.errors import SymcnnError, did_you_mean
from symcnn.formula.nodes import Formula
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


@dataclass(frozen=True, slots=True)
class Given:
    """Values by parameter name, as they were written."""

    values: Mapping[str, Any]
    spans: Mapping[str, Span]  # of what was written; defaults have none


def match_arguments(
    step: Step, parameters: Sequence[str], positional: int, evaluate: Callable[[Formula], Any]
) -> Given:
    """Give every argument of a step its parameter; raises `SymcnnError` for what does not fit."""
    values: dict[str, Any] = {}
    spans: dict[str, Span] = {}
    for place, argument in enumerate(step.arguments):
        name = argument.name or _positional_name(step, argument, place, parameters, positional)
        if name not in parameters:
            raise SymcnnError(
                f"unknown argument '{name}' of {step.kind}", _name_span(argument), _argument_hint(name, parameters)
            )
        if name in values:
            hint = _INFERRED.get(parameters[0], "").strip(" ()") or None
            raise SymcnnError(f"{step.kind} is given '{name}' twice", argument.span, hint)
        values[name], spans[name] = evaluate(argument.value), argument.span
    return Given(values, spans)


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
    bound = dict(frame.values)
    for parameter in kind.definition.parameters:
        span = given.spans.get(parameter.name, step.span)
        if parameter.name in given.values:
            value = given.values[parameter.name]
            bound[parameter.symbol] = _spread(value, parameter, step, span, axes)
        elif parameter.name in kind.defaults:
            bound[parameter.symbol] = default_value(kind, parameter, Frame(frame.arithmetic, bound), axes)
        else:
            required = [name for name in kind.parameters if name not in kind.defaults]
            raise missing(step, parameter.name, required, kind.positional)
    return bound


def default_value(kind: Kind, parameter: LayerParameter, frame: Frame, axes: int) -> Any:
    """Return the default of a parameter, per axis where it has one value per axis."""
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


def _spread(value: Any, parameter: LayerParameter, step: Step, span: Span, axes: int) -> Any:
    if isinstance(value, str):
        return _word(value, parameter, step, span, axes)
    if not parameter.per_axis:
        return value if isinstance(value, bool) else number(value, span)
    if not isinstance(value, tuple):
        return (number(value, span),) * axes
    if parameter.name == "padding" and axes == 1 and len(value) == 2 and not any(isinstance(v, tuple) for v in value):
        value = (value,)  # of one axis, a pair can only be (before, after)
    if len(value) != axes:
        values = "1 value" if len(value) == 1 else f"{len(value)} values"
        message = f"{parameter.name} has {values}, the tensor has {axes_text(axes)}"
        raise SymcnnError(message, span, f"give one value, or one for each of {axes_text(axes)}")
    return tuple(_side_pair(item, parameter, span) for item in value)


def _side_pair(item: Any, parameter: LayerParameter, span: Span) -> Any:
    if not isinstance(item, tuple):
        return number(item, span)
    if parameter.name != "padding" or len(item) != 2:
        pair = ", or a pair (before, after)," if parameter.name == "padding" else ""
        raise SymcnnError(f"{parameter.name} takes one number{pair} for each axis", span)
    return Sides(number(item[0], span), number(item[1], span))


def _word(value: str, parameter: LayerParameter, step: Step, span: Span, axes: int) -> Any:
    if parameter.name != "padding":
        number(value, span)
    if value not in (SAME, VALID):
        hint = did_you_mean(value, (SAME, VALID), 'a padding is a number, "same" or "valid"')
        raise SymcnnError(f'{parameter.name} of {step.kind} cannot be "{value}"', span, hint)
    return SAME if value == SAME else (0,) * axes


def axes_text(axes: int) -> str:
    """Return the number of axes in words."""
    return "no axes" if axes == 0 else "1 axis" if axes == 1 else f"{axes} axes"
