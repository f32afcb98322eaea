"""Worker processes for a list of items: results as they come, a crash costs one item, Ctrl-C ends all at once."""

from __future__ import annotations

import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import BaseContext
from typing import Any, Generic, NamedTuple, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


class Crash(NamedTuple):
    """What is known of a worker that died over an item: its exit code, negative for a signal."""

    exit_code: int | None


def run(
    function: Callable[[Item], Result], items: Sequence[Item], jobs: int
) -> Generator[tuple[int, Result | Crash], None, None]:
    """Yield (index, result) for all `items`, in any order, from `jobs` processes.

    Each process works through neighbouring items, so that what `function` keeps for one serves the next. Where
    processes are not forked, `function` and the items must be picklable. Closing the iterator kills the workers.
    """
    crew = _Crew(function, items, jobs)
    try:
        yield from crew.results()
    finally:
        crew.end()


class _Worker(Generic[Item, Result]):
    """A process, this end of its pipe, the items that are to be its own, and the one that it is at."""

    def __init__(self, context: BaseContext, function: Callable[[Item], Result], queue: deque[int]) -> None:
        self.queue = queue
        self.current: int | None = None
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(  # type: ignore[attr-defined]
            target=_work, args=(theirs, self.pipe, function), daemon=True
        )
        with _interrupts_held():
            self.process.start()
        theirs.close()


class _Crew(Generic[Item, Result]):
    def __init__(self, function: Callable[[Item], Result], items: Sequence[Item], jobs: int) -> None:
        self._function = function
        self._items = items
        self._context = get_context(_start_method())
        bounds = [len(items) * number // jobs for number in range(jobs + 1)]
        queues = (deque(range(first, last)) for first, last in pairwise(bounds))
        self._workers: list[_Worker[Item, Result]] = []
        for queue in queues:
            self._hire(queue)

    def results(self) -> Iterator[tuple[int, Result | Crash]]:
        """Yield results until no worker has anything left."""
        while self._workers:
            ready = wait([worker.pipe for worker in self._workers])
            for worker in [worker for worker in self._workers if worker.pipe in ready]:
                answer = self._answer(worker)
                if answer is not None:
                    yield answer

    def end(self) -> None:
        """Kill what still runs."""
        for worker in self._workers:
            worker.process.kill()
            worker.process.join()
            worker.pipe.close()
        self._workers.clear()

    def _hire(self, queue: deque[int]) -> None:
        worker = _Worker(self._context, self._function, queue)
        self._workers.append(worker)
        self._give(worker)

    def _answer(self, worker: _Worker[Item, Result]) -> tuple[int, Result | Crash] | None:
        index = worker.current
        try:
            result = worker.pipe.recv()
        except (EOFError, OSError):
            return self._replace(worker)
        self._give(worker)
        return None if index is None else (index, result)

    def _replace(self, worker: _Worker[Item, Result]) -> tuple[int, Result | Crash] | None:
        self._dismiss(worker)
        if worker.current is None:
            return None
        self._hire(worker.queue)
        return worker.current, Crash(worker.process.exitcode)

    def _dismiss(self, worker: _Worker[Item, Result]) -> None:
        self._workers.remove(worker)
        worker.pipe.close()
        worker.process.join()

    def _give(self, worker: _Worker[Item, Result]) -> None:
        """Send the worker its next item, one from the end of the longest queue, or home."""
        longest = max((other.queue for other in self._workers), key=len)
        worker.current = worker.queue.popleft() if worker.queue else longest.pop() if longest else None
        try:
            worker.pipe.send(None if worker.current is None else (self._items[worker.current],))
        except OSError:
            return  # It died: the next `wait` finds its end of the pipe closed.
        if worker.current is None:
            self._dismiss(worker)


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Hold Ctrl-C back: the process that starts inherits that, and the one that goes on gets it afterwards."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    previous = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, previous)


def _start_method() -> str:
    # A fork is 20 times faster to start and keeps what is loaded, but is safe on Linux alone, and without threads.
    return "fork" if sys.platform == "linux" and threading.active_count() == 1 else "spawn"


def _work(pipe: Connection[Any, Any], parents: Connection[Any, Any], function: Callable[[Any], Any]) -> None:
    """Answer items until None comes or the parent is gone; it alone reacts to Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parents.close()
    try:
        while (item := pipe.recv()) is not None:
            pipe.send(function(item[0]))
    except (EOFError, OSError):
        return
