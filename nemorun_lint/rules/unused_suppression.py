"""NR997: suppressions of diagnostics that are not there."""

from __future__ import annotations

from collections.abc import Iterator

from nemorun_lint.diagnostic import Diagnostic, Phase, Severity
from nemorun_lint.rules.base import RuleContext, rule
from nemorun_lint.suppress import UnusedSuppression


@rule(UnusedSuppression, "NR997", severity=Severity.WARNING, phase=Phase.NONE, since="0.1.0")
def unused_suppression(unused: UnusedSuppression, context: RuleContext) -> Iterator[Diagnostic]:
    """Report codes in `# noqa` comments that suppress nothing."""
    yield context.report(unused, f"the suppression of {unused.code} is not needed: there is no such diagnostic here")
