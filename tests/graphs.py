"""Random networks with branches on one axis, and what plain loops over integers make of them: no formulas."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from hypothesis import strategies as st


@dataclass(frozen=True)
class Conv:
    """A convolution without bias."""

    channels: int
    kernel: int
    stride: int
    padding: int

    def __str__(self) -> str:
        return f"Conv({self.channels}, {self.kernel}, stride={self.stride}, padding={self.padding}, bias=false)"


@dataclass(frozen=True)
class Pool:
    """A pooling whose windows do not overlap."""

    kernel: int

    def __str__(self) -> str:
        return f"MaxPool({self.kernel})"


@dataclass(frozen=True)
class Up:
    """An up-convolution without bias, or an upsampling where it has no channels."""

    factor: int
    channels: int | None = None

    def __str__(self) -> str:
        if self.channels is None:
            return f"Upsample({self.factor})"
        return f"ConvTranspose({self.channels}, {self.factor}, stride={self.factor}, bias=false)"


@dataclass(frozen=True)
class Labelled:
    """A layer with a label."""

    label: str
    layer: Conv | Pool | Up

    def __str__(self) -> str:
        return f"{self.label}: {self.layer}"


@dataclass(frozen=True)
class Branches:
    """A join of paths; an empty one is a skip."""

    joint: str
    paths: tuple[Path, ...]

    def __str__(self) -> str:
        written = (f"path {{ {'; '.join(map(str, path))} }}" if path else "skip" for path in self.paths)
        return f"{self.joint} {{ {'; '.join(written)} }}"


@dataclass(frozen=True)
class Wired:
    """A join with a labelled tensor."""

    joint: str
    label: str
    crop: bool

    def __str__(self) -> str:
        return f"{self.joint} {f'crop({self.label})' if self.crop else self.label}"


Node: TypeAlias = Conv | Pool | Up | Labelled | Branches | Wired
Path: TypeAlias = tuple[Node, ...]
Sets = list[frozenset[int]]  # for each position of a tensor, the positions of the input that it sees


class ImpossibleError(Exception):
    """The network is not defined for this size."""


@dataclass
class Tensor:
    """Channels, and what each position sees."""

    channels: int
    seen: Sets

    @property
    def size(self) -> int:
        return len(self.seen)


@dataclass
class Run:
    """One run of a network on an input of some size: what it costs so far, and the labelled tensors."""

    params: int = 0
    macs: int = 0
    activations: int = 0
    labels: dict[str, Tensor] = field(default_factory=dict)

    def path(self, path: Path, tensor: Tensor) -> Tensor:
        for node in path:
            tensor = self._node(node, tensor)
        return tensor

    def _node(self, node: Node, tensor: Tensor) -> Tensor:
        match node:
            case Labelled(label, layer):
                tensor = self.labels[label] = self._node(layer, tensor)
                return tensor
            case Branches(joint, paths):
                return self._join(joint, [self.path(path, tensor) for path in paths])
            case Wired(joint, label, crop):
                other = self.labels[label]
                return self._join(joint, [tensor, self._cropped(other, tensor.size) if crop else other])
            case _:
                return self._layer(node, tensor)

    def _layer(self, layer: Conv | Pool | Up, tensor: Tensor) -> Tensor:
        match layer:
            case Conv(channels, kernel, stride, padding):
                size = (tensor.size + 2 * padding - kernel) // stride + 1
                starts = [place * stride - padding for place in range(size)]
                taps = channels * tensor.channels * kernel
                self.params, self.macs = self.params + taps, self.macs + taps * max(size, 0)
                tensor = Tensor(channels, [_union(tensor.seen, range(s, s + kernel)) for s in starts])
            case Pool(kernel):
                starts = [place * kernel for place in range(tensor.size // kernel)]
                tensor = Tensor(tensor.channels, [_union(tensor.seen, range(s, s + kernel)) for s in starts])
            case Up(factor, channels):
                seen = [tensor.seen[place // factor] for place in range(tensor.size * factor)]
                taps = (channels or 0) * tensor.channels * factor
                self.params, self.macs = self.params + taps, self.macs + taps * tensor.size
                tensor = Tensor(channels or tensor.channels, seen)
        if tensor.size < 1:
            raise ImpossibleError
        self.activations += tensor.channels * tensor.size
        return tensor

    def _join(self, joint: str, tensors: list[Tensor]) -> Tensor:
        sizes = {tensor.size for tensor in tensors}
        channels = [tensor.channels for tensor in tensors]
        if len(sizes) > 1 or (joint == "add" and len(set(channels)) > 1):
            raise ImpossibleError
        seen = [frozenset().union(*(tensor.seen[place] for tensor in tensors)) for place in range(sizes.pop())]
        joined = Tensor(sum(channels) if joint == "concat" else channels[0], seen)
        self.activations += joined.channels * joined.size
        return joined

    def _cropped(self, tensor: Tensor, size: int) -> Tensor:
        margin, odd = divmod(tensor.size - size, 2)
        if odd or margin < 0:
            raise ImpossibleError
        return Tensor(tensor.channels, tensor.seen[margin : margin + size])


def _union(seen: Sets, places: range) -> frozenset[int]:
    return frozenset().union(*(seen[place] for place in places if 0 <= place < len(seen)))


def program(path: Path, size: str = "H") -> str:
    """Return the text of a network."""
    return f"net a {{ input 2×{size}; {'; '.join(map(str, path))} }}"


def run(path: Path, size: int) -> tuple[Tensor, Run] | None:
    """Return the output and the costs for an input of some size; None where the network is not defined."""
    costs = Run()
    try:
        return costs.path(path, Tensor(2, [frozenset((place,)) for place in range(size)])), costs
    except ImpossibleError:
        return None


_layers = st.one_of(
    st.builds(Conv, st.just(2), st.sampled_from([1, 3]), st.just(1), st.sampled_from([0, 1])),
    st.builds(Conv, st.just(2), st.integers(1, 4), st.integers(1, 3), st.integers(0, 2)),
    st.builds(Pool, st.sampled_from([2, 2, 3])),
    st.builds(Up, st.just(2), st.sampled_from([None, 2])),
)
_convolutions = st.builds(Conv, st.just(2), st.sampled_from([1, 3]), st.just(1), st.just(1))


@st.composite
def paths(draw: st.DrawFn, depth: int = 2) -> Path:
    """Draw a network: layers, branches inside branches, and joins with labelled tensors."""
    found: list[Node] = []
    labels: list[str] = []
    for _ in range(draw(st.integers(1, 3))):
        choice = draw(st.integers(0, 5))
        if choice < 2 or not depth:
            found.append(draw(_layers))
        elif choice == 2:
            label = f"e{depth}{len(labels)}{draw(st.integers(0, 10**6))}"
            labels.append(label)
            found += [Labelled(label, draw(_layers)), Pool(2), draw(_layers), Up(2, draw(st.sampled_from([None, 2])))]
            found.append(Wired(draw(st.sampled_from(["add", "concat"])), label, draw(st.booleans())))
        else:
            other: Path = draw(st.one_of(st.just(()), paths(depth - 1), st.tuples(_convolutions)))
            found.append(Branches(draw(st.sampled_from(["add", "concat"])), (draw(paths(depth - 1)), other)))
    return tuple(found)
