"""The architectures of the question sheet, `input 3x39x39; conv 10 k3; maxpool k2 s2`, in the language."""

from __future__ import annotations

import re
from collections.abc import Iterator

_STEP = re.compile(r"(?P<kind>[a-z]+)\s*(?P<first>\d+)?(?P<rest>(?:\s+[a-z][\dx]+)*)$")
_ARGUMENTS = {"k": "kernel_size", "s": "stride", "p": "padding", "d": "dilation", "g": "groups"}
_PLAIN = {"flatten": "Flatten", "relu": "ReLU", "bn": "BatchNorm"}


class UnsaidError(ValueError):
    """A text that is no chain of layers with an input."""


def program(text: str) -> str:
    """Return the net of an architecture; raises `UnsaidError`."""
    first, *steps = (part.strip() for part in text.split(";"))
    if not re.fullmatch(r"input [\dx]+", first) or not steps:
        raise UnsaidError(text)
    return f"net asked {{ {first}; {'; '.join(map(_step, steps))} }}"


def _step(text: str) -> str:
    found = _STEP.match(text)
    if found is None:
        raise UnsaidError(text)
    kind, first, rest = found["kind"], found["first"], list(_rest(found["rest"]))
    match kind:
        case "conv" if first:
            return f"Conv({', '.join((first, *rest))})"
        case "conv" if rest:  # the number of filters is not said and not asked
            return f"Conv(1, {', '.join(rest)})"
        case "linear" | "fc":
            return f"Linear({first})"
        case "zeropad":
            return f"Pad({first})"
        case "maxpool":
            return f"MaxPool({', '.join(rest or [f'kernel_size={first}'])})"
        case "pool":
            return f"MaxPool({first or 2})"
    if kind in _PLAIN and not first:
        return _PLAIN[kind]
    raise UnsaidError(text)


def _rest(text: str) -> Iterator[str]:
    for part in text.split():
        if part[0] not in _ARGUMENTS:
            raise UnsaidError(part)
        yield f"{_ARGUMENTS[part[0]]}={part[1:].replace('x', '×')}"
