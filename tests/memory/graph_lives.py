"""What is alive at each step of the random networks of tests/graphs.py, by plain loops over the tensors of a run."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.graphs import Conv, ImpossibleError, Path, Pool, Run, Tensor, Up


@dataclass
class Recorded(Run):
    """A run that notes for every step which tensors it reads and which it makes; a crop is a view of its source."""

    steps: list[tuple[list[int], int | None]] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    storages: dict[int, int] = field(default_factory=dict)
    kept: list[Tensor] = field(default_factory=list)  # so that no two have the same id

    def storage(self, tensor: Tensor, same_as: int | None = None) -> int:
        if id(tensor) not in self.storages:
            self.kept.append(tensor)
            self.storages[id(tensor)] = len(self.sizes) if same_as is None else same_as
            if same_as is None:
                self.sizes.append(tensor.channels * tensor.size)
        return self.storages[id(tensor)]

    def _layer(self, layer: Conv | Pool | Up, tensor: Tensor) -> Tensor:
        read, made = self.storage(tensor), super()._layer(layer, tensor)
        self.steps.append(([read], self.storage(made)))
        return made

    def _join(self, joint: str, tensors: list[Tensor]) -> Tensor:
        read, made = list(map(self.storage, tensors)), super()._join(joint, tensors)
        self.steps.append((read, self.storage(made)))
        return made

    def _cropped(self, tensor: Tensor, size: int) -> Tensor:
        read, made = self.storage(tensor), super()._cropped(tensor, size)
        self.steps.append(([read], None))
        self.storage(made, same_as=read)
        return made


def lives_of(path: Path, size: int) -> list[int] | None:
    """Return how much is alive before the first step and at each; None where the network is not defined."""
    run = Recorded()
    start = Tensor(2, [frozenset((place,)) for place in range(size)])
    run.storage(start)
    try:
        end = run.storage(run.path(path, start))
    except ImpossibleError:
        return None
    found = [run.sizes[0]]
    for now in range(len(run.steps)):
        made = [m for _, m in run.steps[: now + 1] if m is not None]
        later = {s for read, _ in run.steps[now:] for s in read} | {end}
        alive = ({0, *made} & later) | {m for m in (run.steps[now][1],) if m is not None}
        found.append(sum(run.sizes[s] for s in alive))
    return found
