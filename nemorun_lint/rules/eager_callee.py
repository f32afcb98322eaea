"""NR210: calls in the callee of a call."""

from __future__ import annotations

from collections.abc import Iterator

from nemorun_lint.diagnostic import Diagnostic, Phase, Severity
from nemorun_lint.link.misuse import EagerCallee
from nemorun_lint.rules.base import RuleContext, rule


@rule(EagerCallee, "NR210", severity=Severity.WARNING, phase=Phase.SILENT, since="0.1.0")
def eager_callee(misuse: EagerCallee, context: RuleContext) -> Iterator[Diagnostic]:
    """Report calls that run when the config is made."""
    yield context.report(
        misuse,
        f"'{misuse.callee.name}(...)' is called when the config is made, because it stands where a callee is named",
        help="call a function that makes the object, or return `run.Config` without the decorator",
    )
