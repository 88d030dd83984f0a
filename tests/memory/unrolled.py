"""Random networks with labels, views and repetitions, unrolled step by step: what is alive, by plain loops."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from hypothesis import strategies as st

_VIEWS = ("Identity", "Dropout")


@dataclass(frozen=True)
class Layer:
    """A layer that keeps the size; a convolution where it has channels."""

    text: str
    channels: int | None = None

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Labelled:
    label: str
    layer: Layer

    def __str__(self) -> str:
        return f"{self.label}: {self.layer}"


@dataclass(frozen=True)
class From:
    label: str

    def __str__(self) -> str:
        return f"from {self.label}"


@dataclass(frozen=True)
class Wired:
    joint: str
    label: str

    def __str__(self) -> str:
        return f"{self.joint} {self.label}"


@dataclass(frozen=True)
class Branches:
    joint: str
    paths: tuple[Body, ...]

    def __str__(self) -> str:
        return f"{self.joint} {{ {'; '.join(f'path {{ {written(path)} }}' for path in self.paths)} }}"


@dataclass(frozen=True)
class Repeat:
    times: int
    body: Body

    def __str__(self) -> str:
        return f"repeat {self.times} {{ {written(self.body)} }}"


Statement: TypeAlias = Layer | Labelled | From | Wired | Branches | Repeat
Body: TypeAlias = tuple[Statement, ...]


def written(body: Body) -> str:
    return "; ".join(map(str, body))


@dataclass(frozen=True)
class Tensor:
    """A tensor: the number of its storage, and its channels."""

    storage: int
    channels: int


@dataclass
class Unrolled:
    """All steps in order: the storages that each reads, and the one it makes, if it makes one."""

    sizes: list[int]
    steps: list[tuple[tuple[int, ...], int | None]] = field(default_factory=list)

    def run(self, body: Body, tensor: Tensor, labels: dict[str, Tensor], length: int) -> Tensor:
        labels = dict(labels)
        for statement in body:
            match statement:
                case Layer():
                    tensor = self._layer(statement, tensor, length)
                case Labelled(label, layer):
                    tensor = labels[label] = self._layer(layer, tensor, length)
                case From(label):
                    tensor = labels[label]
                case Wired(joint, label):
                    tensor = self._joined(joint, [tensor, labels[label]], length)
                case Branches(joint, paths):
                    ends = [self.run(path, tensor, labels, length) for path in paths]
                    tensor = self._joined(joint, ends, length)
                case Repeat(times, inner):
                    for _ in range(times):
                        tensor = self.run(inner, tensor, labels, length)
        return tensor

    def _layer(self, layer: Layer, tensor: Tensor, length: int) -> Tensor:
        channels = layer.channels or tensor.channels
        if layer.text in _VIEWS:
            self.steps.append(((tensor.storage,), None))
            return tensor
        return self._made((tensor.storage,), channels, length)

    def _joined(self, joint: str, ends: list[Tensor], length: int) -> Tensor:
        channels = [end.channels for end in ends]
        return self._made(
            tuple(end.storage for end in ends), sum(channels) if joint == "concat" else channels[0], length
        )

    def _made(self, reads: tuple[int, ...], channels: int, length: int) -> Tensor:
        self.sizes.append(channels * length)
        self.steps.append((reads, len(self.sizes) - 1))
        return Tensor(len(self.sizes) - 1, channels)

    def lives(self, output: int) -> list[int]:
        """Return how much is alive before the first step and at each step."""
        found = [self.sizes[0]]
        for now, (_, made) in enumerate(self.steps):
            there = {0, *(m for _, m in self.steps[:now] if m is not None)}
            later = {s for reads, _ in self.steps[now:] for s in reads} | {output}
            new = set() if made is None else {made}
            found.append(sum(self.sizes[s] for s in (there & later) | new))
        return found


def unrolled(body: Body, length: int) -> list[int]:
    """Return how much is alive at each step of a network with an input 2×length."""
    run = Unrolled([2 * length])
    output = run.run(body, Tensor(0, 2), {}, length)
    return run.lives(output.storage)


_layers = st.sampled_from(
    [
        *(Layer(f"Conv({c}, 3, padding=1, bias=false)", c) for c in (1, 2, 2, 3, 5)),
        *(Layer(text) for text in ("ReLU", "BatchNorm", *_VIEWS)),
    ]
)


@st.composite
def bodies(draw: st.DrawFn, channels: int = 2, labels: tuple[tuple[str, int], ...] = (), depth: int = 3) -> Body:
    """Draw a body; `labels` are those around it with their channels."""
    return draw(_bodies(channels, labels, depth))[0]


@st.composite
def _bodies(draw: st.DrawFn, channels: int, labels: tuple[tuple[str, int], ...], depth: int) -> tuple[Body, int]:
    found: list[Statement] = []
    for _ in range(draw(st.integers(1, 4))):
        choice = draw(st.integers(0, 8 if depth else 4))
        if choice < 2 or (choice in (3, 4) and not labels):
            layer = draw(_layers)
            found.append(layer)
            channels = layer.channels or channels
        elif choice == 2:
            layer, label = draw(_layers), f"e{draw(st.integers(0, 10**9))}"
            found.append(Labelled(label, layer))
            channels = layer.channels or channels
            labels = (*labels, (label, channels))
        elif choice == 3:
            label, channels = draw(st.sampled_from(labels))
            found.append(From(label))
        elif choice == 4:
            label, other = draw(st.sampled_from(labels))
            joint = draw(st.sampled_from(["add", "concat"])) if other == channels else "concat"
            found.append(Wired(joint, label))
            channels += other if joint == "concat" else 0
        elif choice < 7:
            inner, ends = draw(_bodies(channels, labels, depth - 1))
            if draw(st.booleans()) and ends != channels:
                inner, ends = (*inner, Layer(f"Conv({channels}, 1, bias=false)", channels)), channels
            times = draw(st.sampled_from([1, 2, 3, 5])) if ends == channels else draw(st.sampled_from([1, 2, 3]))
            if all(not isinstance(s, (Wired, Branches)) or s.joint != "add" for s in inner) or ends == channels:
                found.append(Repeat(times, inner))
                channels = ends if ends == channels or times == 1 else _channels_after(inner, channels, labels, times)
        else:
            paths = [draw(_bodies(channels, labels, depth - 1)) for _ in range(2)]
            joint = draw(st.sampled_from(["add", "concat"])) if paths[0][1] == paths[1][1] else "concat"
            found.append(Branches(joint, tuple(path for path, _ in paths)))
            channels = sum(ends for _, ends in paths) if joint == "concat" else paths[0][1]
    return tuple(found), channels


def _channels_after(body: Body, channels: int, labels: tuple[tuple[str, int], ...], times: int) -> int:
    run = Unrolled([channels])
    known = {label: Tensor(0, count) for label, count in labels}
    return run.run((Repeat(times, body),), Tensor(0, channels), known, 1).channels
