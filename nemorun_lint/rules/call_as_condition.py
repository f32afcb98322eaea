"""NR206: Configs that are compared or tested."""

from __future__ import annotations

from collections.abc import Iterator

from nemorun_lint.diagnostic import Diagnostic, Phase
from nemorun_lint.link.misuse import Condition
from nemorun_lint.rules.base import RuleContext, rule


@rule(Condition, "NR206", phase=Phase.SILENT, since="0.1.0")
def call_as_condition(misuse: Condition, context: RuleContext) -> Iterator[Diagnostic]:
    """Report Configs in comparisons and conditions."""
    effect = "always true" if "tested" in misuse.how else "never what the comparison asks for"
    yield context.report(
        misuse,
        f"'{misuse.config.callee.name}(...)' {misuse.how}, but under {misuse.converter} it is a Config: {effect}",
        help="decide outside of the function, or in a function that you call here",
    )
