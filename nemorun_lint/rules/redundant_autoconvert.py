"""NR112: autoconvert on a function that returns a Config."""

from __future__ import annotations

from collections.abc import Iterator

from nemorun_lint.diagnostic import Applicability, Diagnostic, Edit, Fix, Phase, Severity
from nemorun_lint.link.structure import RedundantAutoconvert
from nemorun_lint.rules.base import RuleContext, rule


@rule(RedundantAutoconvert, "NR112", severity=Severity.WARNING, phase=Phase.SILENT, since="0.1.0")
def redundant_autoconvert(finding: RedundantAutoconvert, context: RuleContext) -> Iterator[Diagnostic]:
    """Report autoconvert functions that return a run.Config anyway."""
    start, end = _line(context, finding.start, finding.end)
    fix = Fix(Applicability.UNSAFE, "remove the decorator", (Edit(start, end, ""),))
    yield context.report(
        finding,
        f"'{finding.application.function_name}' returns a run.Config without @run.autoconvert",
        help="remove the decorator",
        fix=fix,
    )


def _line(context: RuleContext, start: int, end: int) -> tuple[int, int]:
    """Return the offsets of the lines of a decorator, from its indentation to the end of its last line."""
    text, source = context.text, context.text.text
    first = text.offset(text.position(start).row, 1)
    newline = source.find("\n", end)
    return first, len(source) if newline < 0 else newline + 1
