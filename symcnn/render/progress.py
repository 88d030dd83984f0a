"""How far a long piece of work is: a bar on standard error, for who sits before it, and nothing anywhere else."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress

_WORTH_A_BAR = 200  # pieces of work; fewer are done at once


@contextmanager
def progress(title: str) -> Iterator[Callable[[int, int], None]]:
    """Give a function that is told how many pieces are done, and of how many; the bar goes away at the end."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield lambda done, of: None
        return
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, visible=False, total=None)

        def tick(done: int, of: int) -> None:
            bar.update(task, completed=done, total=of, visible=of >= _WORTH_A_BAR)

        yield tick
