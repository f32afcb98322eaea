"""NR107: decorators in the wrong order."""

from __future__ import annotations

from collections.abc import Iterator

from nemorun_lint.diagnostic import Applicability, Diagnostic, Edit, Fix, Phase
from nemorun_lint.link.findings import DecoratorOrder
from nemorun_lint.rules.base import RuleContext, rule


@rule(DecoratorOrder, "NR107", phase=Phase.CALL, since="0.1.0")
def decorator_order(finding: DecoratorOrder, context: RuleContext) -> Iterator[Diagnostic]:
    """Report decorators in the wrong order."""
    converter = finding.application.converter.name
    is_above = finding.upper is finding.application.place
    order = f"@{converter} above @{finding.name}" if is_above else f"@{finding.name} above @{converter}"
    if finding.upper is finding.lower:
        order = f"{converter} on a function that is converted already"
    fix = None
    if finding.can_swap:
        text = context.text.text
        upper, lower = finding.upper, finding.lower
        edits = (
            Edit(upper.start, upper.end, text[lower.start : lower.end]),
            Edit(lower.start, lower.end, text[upper.start : upper.end]),
        )
        fix = Fix(Applicability.SAFE, "swap the decorators", edits)
    yield context.report(
        finding,
        f"{order} {finding.why}",
        help="swap the two decorators" if finding.upper is not finding.lower else "convert it once",
        fix=fix,
        phase=Phase.IMPORT if "imported" in finding.why else Phase.CALL,
    )
