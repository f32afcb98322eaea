"""`--fix`, `--diff` and `--add-noqa`: what changes files, and what shows how they would change."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import msgspec

from nemorun_lint.diagnostic import Diagnostic
from nemorun_lint.fixes.apply import Fixed, allowed, apply_edits, fix, in_newlines_of, with_text
from nemorun_lint.fixes.noqa import LastRow, can_be_suppressed, noqa_edits
from nemorun_lint.fixes.write import WriteError, write
from nemorun_lint.frontends.commands.checking import CLEAN, FAILED, FINDINGS, Session, finish
from nemorun_lint.frontends.commands.choices import overlay
from nemorun_lint.frontends.commands.terminal import write_lines
from nemorun_lint.outputs import diff
from nemorun_lint.outputs.style import counted
from nemorun_lint.project import Report
from nemorun_lint.text import SourceText

if TYPE_CHECKING:
    from nemorun_lint.frontends.commands.checking import SourceReader


def run(session: Session, report: Report) -> int:
    """Change the files of `report` as the options ask, and return the exit code."""
    if session.choices.add_noqa:
        return _add_noqa(session, report)
    reader = session.sources()
    fixed = _fixed(session, report, reader)
    if session.choices.diff:
        return _show(session, report, fixed, reader)
    if session.stdin is not None:
        return _to_stdout(session, report, fixed, session.stdin)
    errors = list(_written(fixed.changed, reader))
    # Once more as a whole: a changed file can change what is found in others.
    after = session.check(silently=True) if fixed.changed else report
    return finish(session, after._replace(errors=(*after.errors, *errors)), list(_told(fixed, "Fixed")))


def _fixed(session: Session, report: Report, reader: SourceReader) -> Fixed:
    unsafe = session.choices.unsafe_fixes
    names = dict.fromkeys(item.filename for item in report.diagnostics if allowed(item, unsafe=unsafe))
    sources = {name: source for name in names if (source := reader(name)) is not None}

    def check(current: Mapping[str, SourceText]) -> tuple[Diagnostic, ...]:
        overlays = {**session.request.overlays, **{name: overlay(source) for name, source in current.items()}}
        request = msgspec.structs.replace(session.request, paths=tuple(current), overlays=overlays)
        return session.check(request, silently=True).diagnostics

    return fix(sources, report.diagnostics, check, parses, unsafe=unsafe)


def parses(text: str) -> bool:
    """Say whether `text` is Python."""
    from nemorun_lint.syntax.module import SyntaxProblemError, parse

    try:
        parse(text)
    except SyntaxProblemError:
        return False
    return True


def _written(changed: Mapping[str, SourceText], reader: SourceReader) -> Iterator[str]:
    """Write the files and yield what kept us from it."""
    for name, source in changed.items():
        before = reader(name)
        try:
            if before is not None:
                write(before, source.text)
        except WriteError as error:
            yield str(error)


def _told(fixed: Fixed, verb: str) -> Iterator[str]:
    if fixed.applied:
        counts = Counter(f"{item.code} {item.rule}" for item in fixed.applied)
        rules = ", ".join(f"{rule} ({count})" if count > 1 else rule for rule, count in sorted(counts.items()))
        yield f"{verb} {counted(len(fixed.applied), 'problem')} in {counted(len(fixed.changed), 'file')}: {rules}."
    for item in fixed.refused:
        yield f"{item.filename}:{item.row}: not fixed: {item.code}: the result would not be Python."


def _show(session: Session, report: Report, fixed: Fixed, reader: SourceReader) -> int:
    for name, source in sorted(fixed.changed.items()):
        before = reader(name)
        if before is not None:
            write_lines(diff.render(name, before.text, source.text, session.options), session.stream)
    for error in report.errors:
        print(f"error: {error}", file=sys.stderr)
    if not session.choices.quiet:
        told = list(_told(fixed, "Would fix")) or [_nothing(report)]
        write_lines(told, sys.stderr)
    if report.errors:
        return FAILED
    return FINDINGS if fixed.changed and not session.choices.exit_zero else CLEAN


def _nothing(report: Report) -> str:
    unsafe = sum(allowed(item, unsafe=True) for item in report.diagnostics)
    return f"Nothing to fix; {counted(unsafe, 'problem')} with --unsafe-fixes." if unsafe else "Nothing to fix."


def _to_stdout(session: Session, report: Report, fixed: Fixed, stdin: SourceText) -> int:
    new = fixed.changed.get(stdin.path, stdin)
    sys.stdout.buffer.write(new.encode(new.text))
    sys.stdout.buffer.flush()
    if not fixed.changed:
        return finish(session, report)
    request = msgspec.structs.replace(session.request, overlays={stdin.path: overlay(new)})
    after = session.check(request, silently=True)
    return finish(Session(session.choices, request, new, session.stream), after, list(_told(fixed, "Fixed")))


def _add_noqa(session: Session, report: Report) -> int:
    reader = session.sources()
    changed: dict[str, SourceText] = {}
    errors = list(report.errors)
    wanted = [item for item in report.diagnostics if can_be_suppressed(item)]
    for name in dict.fromkeys(item.filename for item in wanted):
        source = reader(name)
        if source is not None:
            new = _with_noqa(source, [item for item in wanted if item.filename == name])
            changed.update({name: new} if parses(new.text) else {})
            errors += [] if parses(new.text) else [f"{name}: not changed: it would not be Python with the comments"]
    errors += _written(changed, reader)
    for error in errors:
        print(f"error: {error}", file=sys.stderr)
    left = session.check(silently=True).diagnostics if changed else report.diagnostics
    session.say(_suppressed(len(wanted), len(changed), left))
    return FAILED if errors else CLEAN


def _suppressed(wanted: int, files: int, left: tuple[Diagnostic, ...]) -> Iterator[str]:
    still = sum(map(can_be_suppressed, left))
    yield f"Suppressed {counted(wanted - still, 'finding')} in {counted(files, 'file')} with '# noqa' comments."
    if left:
        yield f"{counted(len(left), 'finding')} left: nemorun-lint check."


def _with_noqa(source: SourceText, diagnostics: Iterable[Diagnostic]) -> SourceText:
    from nemorun_lint.syntax.suppression import suppressions

    edits = noqa_edits(source, diagnostics, suppressions(source), _last_row(source))
    return with_text(source, apply_edits(source.text, [in_newlines_of(source, edit) for edit in edits]))


def _last_row(source: SourceText) -> LastRow:
    from nemorun_lint.syntax.suppression import groups

    last = {row: rows[1] for rows in groups(source) for row in range(rows[0], rows[1] + 1)}
    return lambda row: last.get(row, row)
