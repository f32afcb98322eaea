"""NR115: dotted names in patterns."""

from __future__ import annotations

from collections.abc import Iterator

from nemorun_lint.diagnostic import Diagnostic, Phase
from nemorun_lint.link.findings import DottedPattern
from nemorun_lint.rules.base import RuleContext, rule


@rule(DottedPattern, "NR115", phase=Phase.CALL, since="0.1.0")
def dotted_pattern(finding: DottedPattern, context: RuleContext) -> Iterator[Diagnostic]:
    """Report dotted names in the patterns of `match`."""
    yield context.report(
        finding,
        f"a dotted name in a pattern cannot be rewritten by {finding.application.converter.name}: it raises ValueError",
        help="import the name itself, or match outside of the function",
    )
