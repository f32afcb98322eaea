"""NR113: attribute targets that crash the transformer."""

from __future__ import annotations

from collections.abc import Iterator

from nemorun_lint.diagnostic import Diagnostic, Phase
from nemorun_lint.link.findings import AttributeTarget
from nemorun_lint.rules.base import RuleContext, rule


@rule(AttributeTarget, "NR113", phase=Phase.CALL, since="0.1.0")
def attribute_target(finding: AttributeTarget, context: RuleContext) -> Iterator[Diagnostic]:
    """Report attributes in tuple targets and among several targets."""
    converter = finding.application.converter
    yield context.report(
        finding,
        f"an attribute among several targets crashes {converter.name}: it raises ValueError",
        help="assign each attribute in a statement of its own",
        phase=Phase.IMPORT if converter.name == "auto_config" else Phase.CALL,
    )
