"""NR112: autoconvert on a function that returns a Config."""

from __future__ import annotations

from collections.abc import Iterator

from nemorun_lint.diagnostic import Applicability, Diagnostic, Fix, Phase, Severity
from nemorun_lint.fixes.edits import dropped_lines
from nemorun_lint.link.findings import RedundantAutoconvert
from nemorun_lint.rules.base import RuleContext, rule


@rule(RedundantAutoconvert, "NR112", severity=Severity.WARNING, phase=Phase.SILENT, since="0.1.0")
def redundant_autoconvert(finding: RedundantAutoconvert, context: RuleContext) -> Iterator[Diagnostic]:
    """Report autoconvert functions that return a run.Config anyway."""
    at = context.text.text.rindex("@", 0, finding.start)
    fix = Fix(Applicability.UNSAFE, "remove the decorator", (dropped_lines(context.text, at, finding.end),))
    yield context.report(
        finding,
        f"'{finding.application.function_name}' returns a run.Config without @run.autoconvert",
        help="remove the decorator",
        fix=fix,
    )
