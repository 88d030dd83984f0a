"""Several processes that mark: each gets the quiz and then learners, line by line, and answers line by line.

They are started as commands, and not by `multiprocessing`, which would run the caller's own program once more in each.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from threading import Lock, Thread, Timer
from typing import IO, Any

from symcnn.answers.grading.marking import Marker
from symcnn.answers.grading.row import Marked, failed
from symcnn.answers.questions import Quiz, parse_quiz, quiz_toml
from symcnn.errors import SymcnnError

_PROGRAM = "import sys, json; sys.path[:] = json.loads(sys.argv[1]); from {} import main; main()"
_LONGEST = 60.0  # seconds for one learner, who takes a hundredth of one: then the process is stuck
_STARTING = 300.0  # seconds more before a process has worked out the right answers
_CHUNK = 16  # learners that are sent at once

Given = Mapping[str, str]  # questions and answers of one learner
Done = Callable[[int, dict[str, Marked]], None]


class _StoppedError(Exception):
    """A process came to an end, or did not answer in time."""


def mark_all(quiz: Quiz, learners: Sequence[tuple[int, Given]], jobs: int, done: Done) -> None:
    """Mark learners, each with a number; `done` is told of every one, in whatever order, by one thread at a time.

    A learner on whom a process breaks down gets nothing but the message that it did; all others are marked.
    """
    if jobs < 2 or len(learners) < 2:
        marker = Marker(quiz)
        for number, given in learners:
            done(number, marker.marked(given))
        return
    queue = _Queue(list(learners))
    errors: list[BaseException] = []
    lock = Lock()

    def told(number: int, marked: dict[str, Marked]) -> None:
        with lock:
            done(number, marked)

    def run() -> None:
        try:
            _work(quiz, queue, told)
        except BaseException as error:
            errors.append(error)
            queue.close()

    threads = [Thread(target=run, daemon=True) for _ in range(min(jobs, len(learners)))]
    for thread in threads:
        thread.start()
    try:
        for thread in threads:
            thread.join()
    finally:  # also when the user interrupts
        queue.close()
    if errors:
        raise errors[0]


class _ClosedError(Exception):
    """Nothing more is to be marked."""


class _Queue:
    """The learners that are still to be marked, and the processes that mark them."""

    def __init__(self, learners: list[tuple[int, Given]]) -> None:
        self._learners, self._lock, self._workers = learners[::-1], Lock(), list[_Worker]()
        self._closed = False

    def chunk(self) -> list[tuple[int, Given]]:
        with self._lock:
            size = min(_CHUNK, max(1, len(self._learners) // 4))
            return [self._learners.pop() for _ in range(min(size, len(self._learners)))]

    def open(self, quiz: Quiz) -> _Worker:
        """Start a process; that it cannot even work out what is right is nobody's answer's fault."""
        with self._lock:
            if self._closed:
                raise _ClosedError
            worker = _Worker(quiz)
            self._workers.append(worker)
        try:
            worker.marked([])
        except _StoppedError:
            if self._closed:
                raise _ClosedError from None
            raise SymcnnError("a process that marks could not be started", hint="try it with --jobs 1") from None
        return worker

    def close(self) -> None:
        """Mark nothing more: end all processes."""
        with self._lock:
            self._closed = True
            self._learners.clear()
            for worker in self._workers:
                worker.stop()


def _work(quiz: Quiz, queue: _Queue, done: Done) -> None:
    worker = queue.open(quiz)
    while chunk := queue.chunk():
        try:
            found = worker.marked(chunk)
        except _StoppedError:
            worker.stop()
            worker = queue.open(quiz)
            found = _one_by_one(quiz, queue, chunk)
        for (number, _), marked in zip(chunk, found, strict=True):
            done(number, marked)
    worker.stop()


def _one_by_one(quiz: Quiz, queue: _Queue, chunk: list[tuple[int, Given]]) -> list[dict[str, Marked]]:
    """Mark learners, one of whom broke a process: that one's answers one by one."""
    found: list[dict[str, Marked]] = []
    worker = queue.open(quiz)
    for number, given in chunk:
        try:
            found += worker.marked([(number, given)])
        except _StoppedError:
            worker.stop()
            worker = queue.open(quiz)
            found.append(_answer_by_answer(quiz, queue, given))
    worker.stop()
    return found


def _answer_by_answer(quiz: Quiz, queue: _Queue, given: Given) -> dict[str, Marked]:
    """Mark the answers that are not the broken one: each alone, without follow-through."""
    found: dict[str, Marked] = {}
    worker = queue.open(quiz)
    for question in quiz.questions:
        alone = {question.id: given[question.id]} if question.id in given else {}
        try:
            found[question.id] = worker.marked([(0, alone)])[0][question.id]
        except _StoppedError:
            worker.stop()
            worker = queue.open(quiz)
            found[question.id] = failed("the process broke down")
    worker.stop()
    return found


@dataclass
class _Worker:
    """One process."""

    quiz: Quiz

    def __post_init__(self) -> None:
        program = _PROGRAM.format(__name__)
        path = json.dumps([str(Path(entry or ".").resolve()) for entry in sys.path])
        self._process = subprocess.Popen(
            [sys.executable, "-c", program, path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # an interrupt is for the one who waits
        )
        folder = None if self.quiz.folder is None else str(self.quiz.folder)
        self._head: Any = {"text": quiz_toml(self.quiz), "name": self.quiz.source.name, "folder": folder}

    def marked(self, learners: list[tuple[int, Given]]) -> list[dict[str, Marked]]:
        """Return what learners earn; raises `_StoppedError` where the process does not say it."""
        request = {"quiz": self._head, "learners": [given for _, given in learners]}
        starting = _STARTING if self._head is not None else 0
        self._head = None  # once is enough
        timer = Timer(starting + _LONGEST * len(learners), self._process.kill)
        timer.start()
        try:
            _send(self._process.stdin, request)
            line = self._process.stdout.readline() if self._process.stdout else b""
            if not line.endswith(b"\n"):
                raise _StoppedError
            return [{id_: Marked.of(m) for id_, m in one.items()} for one in json.loads(line)]
        except (OSError, ValueError):
            raise _StoppedError from None
        finally:
            timer.cancel()

    def stop(self) -> None:
        """End the process."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()


def _send(file: IO[bytes] | None, data: Any) -> None:
    assert file is not None
    file.write(json.dumps(data).encode() + b"\n")
    file.flush()


def main() -> None:
    """Mark what comes on standard input; when that ends, nobody waits any more, also for what is being marked."""
    lines: SimpleQueue[bytes] = SimpleQueue()
    Thread(target=_listen, args=(lines,), daemon=True).start()
    marker = None
    with contextlib.suppress(KeyboardInterrupt, BrokenPipeError):
        while True:
            request = json.loads(lines.get())
            if marker is None:
                head = request["quiz"]
                folder = None if head["folder"] is None else Path(head["folder"])
                marker = Marker(parse_quiz(head["text"], head["name"], folder))
            found = [marker.marked(given) for given in request["learners"]]
            _send(sys.stdout.buffer, [{id_: m.data() for id_, m in one.items()} for one in found])
    os._exit(0)  # what is still in a broken pipe cannot be written


def _listen(lines: SimpleQueue[bytes]) -> None:
    for line in sys.stdin.buffer:
        lines.put(line)
    os._exit(0)
