"""Random chains of layers, and what they cost by plain loops over integers: an oracle without formulas."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st


@dataclass(frozen=True)
class Window:
    """A convolution, or a pooling where it has no channels."""

    kernel: int
    stride: int
    padding: int
    channels: int | None = None
    bias: bool = False

    def __str__(self) -> str:
        shared = f"stride={self.stride}, padding={self.padding}"
        if self.channels is None:
            return f"MaxPool({self.kernel}, {shared})"
        return f"Conv({self.channels}, {self.kernel}, {shared}, bias={str(self.bias).lower()})"


@dataclass(frozen=True)
class Chain:
    """A chain of windows on one channel."""

    windows: tuple[Window, ...]

    def text(self, name: str, shape: str = "1×H×H") -> str:
        return f"net {name} {{ input {shape}; {self.body()} }}"

    def body(self) -> str:
        return "; ".join(map(str, self.windows))

    def costs(self, height: int, width: int | None = None) -> dict[str, int] | None:
        """Return the quantities for one size of the input, or None where a window does not fit."""
        sizes, channels = [height, height if width is None else width], 1
        found = dict.fromkeys(("macs", "params", "flops", "activations"), 0)
        for window in self.windows:
            sizes = [(size + 2 * window.padding - window.kernel) // window.stride + 1 for size in sizes]
            if min(sizes) < 1:
                return None
            before, channels = channels, window.channels or channels
            outputs = channels * sizes[0] * sizes[1]
            found["activations"] += outputs
            if window.channels is not None:
                taps = before * window.kernel**2
                found["params"] += channels * (taps + window.bias)
                found["macs"] += outputs * taps
                found["flops"] += outputs * (2 * taps + window.bias)
        return found


def _window(kernel: int, stride: int, padding: int, channels: int | None, bias: bool) -> Window:
    return Window(kernel, stride, min(padding, kernel // 2), channels, bias)


convolutions = st.builds(
    _window, st.integers(1, 7), st.integers(1, 3), st.integers(0, 3), st.integers(1, 3), st.booleans()
)
poolings = st.builds(_window, st.integers(1, 3), st.integers(1, 3), st.integers(0, 1), st.none(), st.just(False))
smooth_windows = st.builds(_window, st.integers(1, 7), st.just(1), st.integers(0, 3), st.integers(1, 3), st.booleans())
chains = st.lists(st.one_of(convolutions, poolings), min_size=1, max_size=3).map(lambda w: Chain(tuple(w)))
smooth_chains = st.lists(smooth_windows, min_size=1, max_size=4).map(lambda w: Chain(tuple(w)))
