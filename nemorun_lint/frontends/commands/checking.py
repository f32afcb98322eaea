"""The course of `nemorun-lint check`: check, fix where asked, print, and choose the exit code."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TextIO

from nemorun_lint.diagnostic import Diagnostic, Severity
from nemorun_lint.environment import EnvironmentProblemError
from nemorun_lint.frontends.commands.choices import Choices, finder_of, request_of, stdin_source
from nemorun_lint.frontends.commands.terminal import Failure, progress, wants_color, width_of, write_lines
from nemorun_lint.outputs import FORMATS, Options, statistics, summary
from nemorun_lint.project import Report, Request, check_project
from nemorun_lint.settings import SettingsFinder
from nemorun_lint.text import DecodeError, SourceText

CLEAN, FINDINGS, FAILED = 0, 1, 2


class SourceReader:
    """From the path of a diagnostic to its text, read once; `given` (path -> text) wins over the disk."""

    def __init__(self, given: Mapping[str, SourceText]) -> None:
        self._known: dict[str, SourceText | None] = dict(given)

    def __call__(self, path: str) -> SourceText | None:
        """Return the text; None where the file cannot be read."""
        if path not in self._known:
            self._known[path] = self._read(path)
        return self._known[path]

    def _read(self, path: str) -> SourceText | None:
        try:
            data = Path(path).read_bytes()
            return SourceText.decode(path, data)
        except (OSError, ValueError) as error:
            return SourceText(path, data.decode("utf-8", "replace")) if isinstance(error, DecodeError) else None


@dataclass(frozen=True)
class Session:
    """One run: what was asked for, the request that it makes, and where its findings go."""

    choices: Choices
    request: Request
    stdin: SourceText | None
    stream: TextIO

    @property
    def finder(self) -> SettingsFinder:
        """The settings by directory."""
        return self.request.finder

    @cached_property
    def output_format(self) -> str:
        """The format that the option, then the settings of the first path name."""
        first = Path(self.request.paths[0])
        settings = self.finder.for_directory(first) if first.is_dir() else self.finder.for_file(first)
        return self.choices.output_format or settings.output_format

    @cached_property
    def options(self) -> Options:
        """How to print on the stream."""
        color = wants_color(self.stream, self.choices.color)
        return Options(color, width_of(self.stream), self.choices.unsafe_fixes)

    @property
    def talk(self) -> TextIO:
        """Where everything goes that is no finding: standard error where standard output is for a program."""
        return sys.stderr if self.output_format == "json" or self.stream is sys.stderr else sys.stdout

    def say(self, lines: Iterable[str]) -> None:
        """Print what is no finding, unless --quiet."""
        if not self.choices.quiet:
            write_lines(lines, self.talk)

    def sources(self) -> SourceReader:
        """Return a reader of the checked files as they are now."""
        return SourceReader({self.stdin.path: self.stdin} if self.stdin is not None else {})

    def check(self, request: Request | None = None, *, silently: bool = False) -> Report:
        """Check what was asked for, or `request`.

        Raises:
            Failure: there is no such environment.
        """
        try:
            with progress(wanted=not (silently or self.choices.quiet)) as tick:
                return check_project(request or self.request, tick)
        except EnvironmentProblemError as error:
            raise Failure(str(error)) from None


def run(choices: Choices) -> int:
    """Do what `choices` ask for and return the exit code."""
    stdin = stdin_source(choices)
    # The fixed text of standard input goes to standard output, as does a diff; so the findings go elsewhere.
    stream = sys.stderr if stdin is not None and choices.fix else sys.stdout
    session = Session(choices, request_of(choices, finder_of(choices), stdin), stdin, stream)
    report = session.check()
    if choices.fix or choices.diff or choices.add_noqa:
        from nemorun_lint.frontends.commands import fixing

        return fixing.run(session, report)
    return finish(session, report)


def finish(session: Session, report: Report, said: Sequence[str] = ()) -> int:
    """Print the findings, `said` and the summary; return the exit code."""
    write_lines(_findings(session, report.diagnostics), session.stream)
    for error in report.errors:
        print(f"error: {error}", file=sys.stderr)
    session.say([*said, *_summary(session, report)])
    return exit_code(session, report)


def exit_code(session: Session, report: Report) -> int:
    """Return 2 where something could not be read, 1 for findings that count, else 0."""
    if report.errors:
        return FAILED
    if session.choices.exit_zero:
        return CLEAN
    return FINDINGS if any(_counts(diagnostic, session.finder) for diagnostic in report.diagnostics) else CLEAN


def _counts(diagnostic: Diagnostic, finder: SettingsFinder) -> bool:
    if diagnostic.severity is Severity.WARNING:
        return finder.for_file(diagnostic.filename).error_on_warning
    return diagnostic.severity is Severity.ERROR


def _findings(session: Session, diagnostics: Sequence[Diagnostic]) -> Iterable[str]:
    render = FORMATS[session.output_format]
    if session.choices.statistics:
        render = statistics.render_json if session.output_format == "json" else statistics.render
    return render(diagnostics, session.sources(), session.options)


def _summary(session: Session, report: Report) -> Iterator[str]:
    if not report.files_seen:
        if not report.errors:
            yield from _nothing(session)
        return
    width = width_of(session.talk)
    options = Options(False, width, session.choices.unsafe_fixes)
    unknown = session.choices.show_unknown
    yield from summary.render(report.diagnostics, report.files_seen, report.coverage, options, show_unknown=unknown)


def _nothing(session: Session) -> Iterator[str]:
    yield f"Nothing to check: no Python files in {' '.join(session.request.paths)}"
    yield "that are neither excluded by the settings nor ignored by git."
