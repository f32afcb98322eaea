"""One line a diagnostic: `path:row:col: NR201 [*] message`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nemorun_lint.diagnostic import Diagnostic
from nemorun_lint.outputs.base import Options, Sources, is_fixable
from nemorun_lint.outputs.style import clean, paint


def render(diagnostics: Sequence[Diagnostic], sources: Sources, options: Options) -> Iterator[str]:
    """Yield a line for each diagnostic; `[*]` marks those that `--fix` would mend."""
    return (_line(diagnostic, options) for diagnostic in diagnostics)


def _line(diagnostic: Diagnostic, options: Options) -> str:
    path = paint(clean(diagnostic.filename), "bold", color=options.color)
    code = paint(diagnostic.code, diagnostic.severity, color=options.color)
    mark = paint("[*]", "fix", color=options.color) + " " if is_fixable(diagnostic, options) else ""
    return f"{path}:{place(diagnostic)}: {code} {mark}{clean(diagnostic.message)}"


def place(diagnostic: Diagnostic) -> str:
    """Return `row:column`, after `cell N:` in a notebook."""
    cell = f"cell {diagnostic.cell}:" if diagnostic.cell is not None else ""
    return f"{cell}{diagnostic.row}:{diagnostic.column}"
