"""NR219: strings that lose their indentation."""

from __future__ import annotations

from collections.abc import Iterator

from nemorun_lint.diagnostic import Diagnostic, Phase
from nemorun_lint.link.findings import DedentedString
from nemorun_lint.rules.base import RuleContext, rule


@rule(DedentedString, "NR219", phase=Phase.SILENT, since="0.1.0")
def dedented_string(finding: DedentedString, context: RuleContext) -> Iterator[Diagnostic]:
    """Report strings that change when the source is dedented."""
    yield context.report(
        finding,
        f"the string loses spaces at the start of its lines: {finding.application.converter.name} dedents the source",
        help="move the string to the level of the module",
    )
