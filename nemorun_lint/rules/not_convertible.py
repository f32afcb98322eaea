"""NR108: things that cannot be converted."""

from __future__ import annotations

from collections.abc import Iterator

from nemorun_lint.diagnostic import Diagnostic, Phase
from nemorun_lint.link.findings import NotConvertible
from nemorun_lint.rules.base import RuleContext, rule


@rule(NotConvertible, "NR108", phase=Phase.CALL, since="0.1.0")
def not_convertible(finding: NotConvertible, context: RuleContext) -> Iterator[Diagnostic]:
    """Report applications to what is no function with a source."""
    converter = finding.application.converter.name
    yield context.report(
        finding,
        f"{converter} cannot convert {finding.what}: it raises {finding.raises}",
        help="apply it to a function that is defined with `def`",
    )
