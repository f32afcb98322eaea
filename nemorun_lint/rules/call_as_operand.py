"""NR205: Configs as operands."""

from __future__ import annotations

from collections.abc import Iterator

from nemorun_lint.diagnostic import Diagnostic, Phase
from nemorun_lint.link.misuse import Operand
from nemorun_lint.rules.base import RuleContext, rule


@rule(Operand, "NR205", phase=Phase.CALL, since="0.1.0")
def call_as_operand(misuse: Operand, context: RuleContext) -> Iterator[Diagnostic]:
    """Report Configs that are operands of operators."""
    yield context.report(
        misuse,
        f"'{misuse.config.callee.name}(...)' {misuse.how}, but under {misuse.converter} it is a"
        f" Config: that raises TypeError",
        help="compute the value outside of the function, or in a function that you call here",
    )
