"""Source lines with carets, when the mistake strikes, help and fix; meant for reading."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from nemorun_lint.diagnostic import Applicability, Diagnostic, Phase, Related
from nemorun_lint.outputs.base import Options, Sources
from nemorun_lint.outputs.concise import place
from nemorun_lint.outputs.snippet import Look, Region
from nemorun_lint.outputs.snippet import render as render_snippet
from nemorun_lint.outputs.style import clean, paint, wrap

PHASES: Mapping[Phase, str] = MappingProxyType(
    {
        Phase.IMPORT: "raises when the module is imported",
        Phase.CALL: "raises when the function is called",
        Phase.CONSTRUCT: "raises when the config is constructed",
        Phase.LAUNCH: "fails when the task is serialized for launch",
        Phase.BUILD: "fails on the cluster, when the config is built",
        Phase.SILENT: "nothing is raised: the job runs with the wrong thing",
    },
)
_HOW_TO_FIX: Mapping[Applicability, str] = MappingProxyType(
    {
        Applicability.SAFE: "(--fix)",
        Applicability.UNSAFE: "(may change what the code does: --fix --unsafe-fixes)",
        Applicability.DISPLAY: "(a suggestion, to be made by hand)",
    },
)


def render(diagnostics: Sequence[Diagnostic], sources: Sources, options: Options) -> Iterator[str]:
    """Yield for each diagnostic its message, source, phase, help, fix and related places, then an empty line."""
    for diagnostic in diagnostics:
        yield from _diagnostic(diagnostic, sources, options)
        yield ""


def _diagnostic(diagnostic: Diagnostic, sources: Sources, options: Options) -> Iterator[str]:
    gutter = max(len(str(number)) for number in (diagnostic.end_row + 1, *(other.row for other in diagnostic.related)))
    yield from _title(diagnostic, options)
    yield _arrow(gutter, "-->", diagnostic.filename, place(diagnostic), options)
    yield from _source(diagnostic, sources, _look(gutter, diagnostic.severity.value, "^", options))
    for other in diagnostic.related:
        yield from _related(other, sources, _look(gutter, "frame", "-", options), options)
    for label, text in _notes(diagnostic):
        yield from _note(gutter, label, text, options)


def _look(gutter: int, style: str, caret: str, options: Options) -> Look:
    return Look(gutter, max(options.width, 80), style, caret, options.color)


def _title(diagnostic: Diagnostic, options: Options) -> Iterator[str]:
    head = f"{diagnostic.severity.value}[{diagnostic.code}]"
    first, *rest = wrap(f"{head}: {diagnostic.message}", options.width, rest="  ")
    yield paint(head, diagnostic.severity, color=options.color) + paint(first[len(head) :], "bold", color=options.color)
    for line in rest:
        yield paint(line, "bold", color=options.color)


def _arrow(gutter: int, arrow: str, filename: str, where: str, options: Options) -> str:
    return f"{' ' * gutter}{paint(arrow, 'frame', color=options.color)} {clean(filename)}:{where}"


def _source(diagnostic: Diagnostic, sources: Sources, look: Look) -> Iterator[str]:
    source = sources(diagnostic.filename)
    if source is None or not source.text:
        return
    region = Region(diagnostic.row, diagnostic.column, diagnostic.end_row, diagnostic.end_column)
    yield from render_snippet(source, region, look)


def _related(other: Related, sources: Sources, look: Look, options: Options) -> Iterator[str]:
    yield _arrow(look.gutter, ":::", other.filename, f"{other.row}:{other.column}", options)
    source = sources(other.filename)
    if source is not None and other.row <= len(source.line_starts):
        end = _end_of_name(source.line(other.row), other.column)
        region = Region(other.row, other.column, other.row, end)
        yield from render_snippet(source, region, replace(look, context=0))
    yield from _note(look.gutter, "note", other.message, options)


def _end_of_name(line: str, column: int) -> int:
    """Return the 1-based column after the name that starts at `column`; the related place has no end of its own."""
    end = column - 1
    while end < len(line) and (line[end].isidentifier() or line[end].isdigit() or line[end] == "."):
        end += 1
    return max(end, column) + 1


def _notes(diagnostic: Diagnostic) -> Iterator[tuple[str, str]]:
    if diagnostic.phase in PHASES:
        yield "when", PHASES[diagnostic.phase]
    if diagnostic.help:
        yield "help", diagnostic.help
    if diagnostic.fix is not None:
        yield "fix", f"{diagnostic.fix.message} {_HOW_TO_FIX[diagnostic.fix.applicability]}"
    if diagnostic.rule:
        yield "rule", f"{diagnostic.rule} (nemorun-lint rule {diagnostic.code})"


def _note(gutter: int, label: str, text: str, options: Options) -> Iterator[str]:
    sign = " " * (gutter + 1) + "= "
    first, *rest = wrap(f"{label}: {text}", options.width, first=sign, rest=" " * (len(sign) + len(label) + 2))
    body = first[len(sign) :]
    mark = paint(sign.rstrip(), "frame", color=options.color)
    yield f"{mark} {paint(label, 'bold', color=options.color)}{body[len(label) :]}"
    yield from rest
