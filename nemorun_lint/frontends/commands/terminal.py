"""What the command line knows of its streams: colour, width, encoding, progress."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TextIO

import click

Progress = Callable[[int, int], None]
_PROGRESS_AFTER_SECONDS = 1.0
_NARROWEST = 80


class Failure(click.ClickException):
    """Something that keeps us from doing what was asked: exit code 2."""

    exit_code = 2

    def show(self, file: object = None) -> None:
        """Print the message on standard error."""
        prefix = "\x1b[1;31merror\x1b[0m" if wants_color(sys.stderr) else "error"
        print(f"{prefix}: {self.format_message()}", file=sys.stderr)


def prepare_streams() -> None:
    """Let no character end the program: what a stream cannot encode is escaped; a closed stream is the null device."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 - for the whole run
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def wants_color(stream: TextIO, choice: str = "auto") -> bool:
    """Say whether to colour `stream`: the choice, then NO_COLOR, FORCE_COLOR, then whether it is a terminal."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR", "") not in {"", "0"}:
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def width_of(stream: TextIO) -> int:
    """Return the display columns of a terminal, 80 for a pipe."""
    if not stream.isatty():
        return _NARROWEST
    return shutil.get_terminal_size((_NARROWEST, 24)).columns


def write_lines(lines: Iterable[str], stream: TextIO | None = None) -> None:
    """Print `lines`; in few large writes, for there can be many."""
    stream = stream or sys.stdout
    batch: list[str] = []
    for line in lines:
        batch.append(line)
        if len(batch) >= 500:
            stream.write("\n".join(batch) + "\n")
            batch.clear()
    if batch:
        stream.write("\n".join(batch) + "\n")
    stream.flush()


@contextmanager
def progress(*, wanted: bool = True) -> Iterator[Progress | None]:
    """Give a function (done, total) that draws a bar on a terminal once a run takes more than a second."""
    if not wanted or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield None
        return
    bar = _Bar()
    try:
        yield bar
    finally:
        bar.close()


class _Bar:
    """A bar of rich, which is imported when it is first drawn."""

    def __init__(self) -> None:
        self._begin = time.monotonic()
        self._draw: Callable[[int, int], None] | None = None
        self._close: Callable[[], None] = lambda: None

    def __call__(self, done: int, total: int) -> None:
        if self._draw is None:
            if time.monotonic() - self._begin < _PROGRESS_AFTER_SECONDS:
                return
            self._open()
        if self._draw is not None:
            self._draw(done, total)

    def _open(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        texts = TextColumn("Checking"), TextColumn("files")
        columns = (texts[0], BarColumn(), MofNCompleteColumn(), texts[1], TimeRemainingColumn())
        bar = Progress(*columns, console=Console(stderr=True), transient=True)
        task = bar.add_task("check", total=None)
        bar.start()
        self._draw = lambda done, total: bar.update(task, completed=done, total=total)
        self._close = bar.stop

    def close(self) -> None:
        """Take the bar off the screen."""
        self._close()
